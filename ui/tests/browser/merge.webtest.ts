// Notes with several versions: what a person sees, decides, takes back; by pointer and by keys alone.

import { expect, test, type Sheaf } from './window';

const title = 'Ablauf eines Abrufs';
const id = 'note:pull';

async function open(sheaf: Sheaf): Promise<void> {
  await sheaf.row(title).click();
  await sheaf.page.getByTestId('conflicted').click();
  await expect(sheaf.page.getByTestId('merge-place')).toHaveCount(2);
}

test('a conflicted note says so in the list, in the sidebar with a number, and in its own place', async ({ sheaf, page }) => {
  await sheaf.open();
  await expect(sheaf.row(title)).toContainText('Conflicted');
  await expect(sheaf.place('Conflicts')).toContainText('1');
  await sheaf.place('Conflicts').click();
  await expect(sheaf.rows()).toHaveCount(1);
  await page.getByTestId('decide-conflicts').click();
  await expect(page.getByTestId('merge-note')).toHaveCount(1);
  await expect(page.getByTestId('merge-note')).toContainText('Text, 2 places');
});

test('what fits together is merged by itself, the rest is decided place by place', async ({ sheaf, page }) => {
  await sheaf.open();
  await open(sheaf);
  await expect(page.getByTestId('merge-progress')).toHaveText('0 of 2 decided');
  await expect(page.getByTestId('merge-finish')).toBeDisabled();
  // One side changed these alone: taken, with the words marked.
  await expect(page.getByText('Changed there only, taken').first()).toBeVisible();
  await expect(page.getByText('Changed here only, taken').first()).toBeVisible();
  await expect(page.locator('ins', { hasText: 'Checkpoint' }).first()).toBeVisible();
  // Words, not letters.
  await expect(page.getByTestId('merge-place').first().locator('del').first()).toHaveText('100');

  await page.getByTestId('merge-place').nth(0).getByTestId('keep-mine').click();
  await expect(page.getByTestId('merge-progress')).toHaveText('1 of 2 decided');
  await page.getByTestId('merge-place').nth(1).getByTestId('keep-theirs').click();
  await page.getByTestId('merge-finish').click();
  await expect(page.getByTestId('merge')).toBeHidden();
  const body = await sheaf.body(id);
  expect(body).toContain('letzten Checkpoint');
  expect(body).toContain('limit=200, dann');
  expect(body).not.toContain('limit=500');
  expect(body).toContain('rückt in derselben Transaktion vor');
  expect(body).toContain('- [x] Abbruch');
  await expect(sheaf.text()).toContainText('in derselben Transaktion');
  await expect(sheaf.place('Conflicts')).toBeHidden();
});

test('a decision is taken back with one click: both versions and the merge view are there again', async ({ sheaf, page }) => {
  await sheaf.open();
  await open(sheaf);
  const before = await sheaf.body(id);
  await page.getByTestId('all-theirs').click();
  await expect(page.getByTestId('merge-progress')).toHaveText('2 of 2 decided');
  await page.getByTestId('merge-finish').click();
  await expect(page.getByTestId('merge')).toBeHidden();
  expect(await sheaf.body(id)).not.toBe(before);
  await page.getByTestId('toast-undo').click();
  await expect(page.getByTestId('merge-place')).toHaveCount(2);
  expect(await sheaf.body(id)).toBe(before);
  await page.getByTestId('merge-later').click();
  await expect(sheaf.place('Conflicts')).toContainText('1');
  await expect(page.getByTestId('conflicted')).toBeVisible();
});

test('keys alone: from the list to a finished decision, with both, an edit, an undo', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+Shift+p');
  await page.keyboard.type('decide conflicts');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('merge-place').first()).toBeFocused();
  await page.keyboard.press('2');
  await expect(page.getByTestId('merge-progress')).toHaveText('1 of 2 decided');
  await expect(page.getByTestId('merge-place').nth(1)).toBeFocused();
  await page.keyboard.press('3');
  await expect(page.getByTestId('merge-progress')).toHaveText('2 of 2 decided');
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('merge-progress')).toHaveText('1 of 2 decided');
  await page.keyboard.press(']');
  await page.keyboard.press('e');
  await expect(page.getByTestId('edit-place')).toBeFocused();
  await page.keyboard.press('Control+a');
  // Letters, digits and brackets are text here.
  await page.keyboard.type('3. Beides [1] zugleich');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('merge-progress')).toHaveText('2 of 2 decided');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('merge')).toBeHidden();
  const body = await sheaf.body(id);
  expect(body).toContain('limit=200, dann `_revs_diff`.\n1. Erst `_changes` mit limit=500');
  expect(body).toContain('\n3. Beides [1] zugleich\n');
});

test('Esc leaves an edit first, then the view; what was decided waits', async ({ sheaf, page }) => {
  await sheaf.open();
  await open(sheaf);
  await page.keyboard.press('1');
  await page.keyboard.press('e');
  await expect(page.getByTestId('edit-place')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('edit-place')).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('merge')).toBeHidden();
  await expect(page.getByTestId('note-list')).toBeFocused();
  await page.getByTestId('conflicted').click();
  await expect(page.getByTestId('merge-progress')).toHaveText('1 of 2 decided');
});

test('metadata that differs is decided by the rules and can be decided otherwise', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.evaluate(() => window.sheafFake.remoteConflict('note:backoff', { body: 'Other words altogether\n', base: 'Words\n', title: 'Back-off', baseTitle: 'Back-off with jitter', status: 'completed', tags: ['tag:sync'], baseTags: [], book: 'book:home', earlier: 1 }));
  await expect(sheaf.place('Conflicts')).toContainText('2');
  await expect(sheaf.rows().first()).toContainText('Back-off with jitter');
  await sheaf.row('Back-off with jitter').click();
  await expect(sheaf.title()).toHaveValue('Back-off with jitter');
  await page.getByTestId('conflicted').click();
  await expect(page.getByTestId('merge-field-status')).toContainText('Completed');
  await expect(page.getByTestId('merge-field-notebook')).toBeVisible();
  const theirs = page.getByTestId('merge-field-status').getByText('Keep mine').or(page.getByTestId('merge-field-status').getByText('Keep theirs'));
  await theirs.first().click();
  await page.getByTestId('all-theirs').click();
  await page.getByTestId('merge-finish').click();
  const row = await page.evaluate(() => { const r = window.sheafFake.store.row('note:backoff'); return [r.title, r.status, r.body, r.place]; });
  expect(row).toEqual(['Back-off', 'completed', 'Other words altogether\n', { kind: 'notebook', id: 'book:home' }]);
});

test('another version that arrives meanwhile is said, and decisions on what stayed the same are kept', async ({ sheaf, page }) => {
  await sheaf.open();
  await open(sheaf);
  await page.getByTestId('keep-mine').first().click();
  await page.evaluate((note) => window.sheafFake.remoteConflict(note, { body: 'A third version\n', base: 'A third version of old\n' }), id);
  await expect(page.getByTestId('merge-stale')).toBeVisible();
  await expect(page.getByTestId('merge-progress')).toHaveText('1 of 2 decided');
  await expect(page.getByTestId('merge-version')).toHaveText('Version 1 of 2');
  await page.getByTestId('keep-theirs').last().click();
  await page.getByTestId('merge-finish').click();
  // The third stays open and is next.
  await expect(page.getByText('A third version').first()).toBeVisible();
  expect(await page.evaluate((note) => window.sheafFake.store.row(note).others.length, id)).toBe(1);
});

test('many conflicts are decided at once by a rule, and taken back in one step', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.evaluate(() => { for (const note of ['note:backoff', 'note:checkpoint']) window.sheafFake.remoteConflict(note, { body: 'Something else\n' }); });
  await expect(sheaf.place('Conflicts')).toContainText('3');
  await sheaf.place('Conflicts').click();
  await page.getByTestId('decide-conflicts').click();
  await expect(page.getByTestId('merge-note')).toHaveCount(3);
  await page.getByTestId('merge-many').click();
  await page.getByRole('menuitem', { name: 'Keep mine' }).click();
  await page.getByRole('button', { name: 'Decide 3 notes' }).click();
  await expect(page.getByText('Every note has one version.')).toBeVisible();
  expect(await sheaf.body('note:backoff')).toContain('One curve for every remote');
  await page.getByTestId('toast-undo').click();
  await expect(page.getByTestId('merge-note')).toHaveCount(3);
});

test('only the selected notes are decided from the list', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.evaluate(() => { for (const note of ['note:backoff', 'note:checkpoint']) window.sheafFake.remoteConflict(note, { body: 'Something else\n' }); });
  await sheaf.place('Conflicts').click();
  await expect(sheaf.rows()).toHaveCount(3);
  await sheaf.rows().nth(0).click();
  await sheaf.rows().nth(1).click({ modifiers: ['Control'] });
  await page.getByTestId('bulk-conflicts').click();
  await page.getByRole('menuitem', { name: 'Keep the newest' }).click();
  await page.getByRole('button', { name: 'Decide 2 notes' }).click();
  await expect(sheaf.place('Conflicts')).toContainText('1');
});
