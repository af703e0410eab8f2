// Finding by keyboard: qualifiers that complete themselves, the switcher, links between notes that stay true.

import { expect, test } from './window';

test('a qualifier completes itself and narrows the list', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.type('ta');
  const offers = page.locator('#search-offers');
  await expect(offers).toBeVisible();
  await expect(offers.getByRole('option').first()).toContainText('tag:');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('search')).toHaveValue('tag:');
  await expect(offers.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.type('sq');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('search')).toHaveValue('tag:sqlite ');
  await expect(sheaf.rows()).toHaveCount(1);
  await page.keyboard.type('has:tod');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('search')).toHaveValue('tag:sqlite has:todo ');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('search')).toHaveValue('');
});

// The bare name of a qualifier was looked for as a word: the list emptied itself in the middle of typing.
test('a qualifier without a value asks for nothing yet', async ({ sheaf, page }) => {
  await sheaf.open();
  const all = await sheaf.rows().count();
  await page.getByTestId('search').fill('tag:');
  await expect(page.locator('#search-offers').getByRole('option').first()).toBeVisible();
  await expect(page.getByTestId('note-list')).toHaveAttribute('data-answers', 'tag:');
  await expect(sheaf.rows()).toHaveCount(all);
  await page.getByTestId('search').fill('herons tag:');
  await expect(sheaf.rows()).toHaveCount(1);
});

test('days narrow the list, as words, as dates and as spans', async ({ sheaf, page }) => {
  await sheaf.open();
  const all = await sheaf.rows().count();
  await page.getByTestId('search').fill('updated:to');
  const offers = page.locator('#search-offers');
  await expect(offers.getByRole('option').first()).toContainText('Today');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('search')).toHaveValue('updated:today ');
  await expect(sheaf.row('Checkpoint and crash safety')).toBeVisible();
  await expect(sheaf.row('Along the river')).toBeHidden();
  const today = await sheaf.rows().count();
  expect(today).toBeLessThan(all);
  await page.getByTestId('search').fill('updated:2026-11-21');
  await expect(sheaf.rows()).toHaveCount(today);
  await page.getByTestId('search').fill('updated:<today herons');
  await expect(sheaf.row('Along the river')).toBeVisible();
  // What is no day matches nothing, and says so.
  await page.getByTestId('search').fill('updated:soon');
  await expect(page.getByText('No note has “updated:soon”')).toBeVisible();
});

test('what was searched for is marked in the note', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('search').fill('herons');
  await page.keyboard.press('Enter');
  await expect(sheaf.title()).toHaveValue('Along the river');
  await expect(sheaf.text().locator('.cm-found')).toHaveText('herons');
  await page.getByTestId('search').press('Escape');
  await expect(sheaf.text().locator('.cm-found')).toHaveCount(0);
});

test('a search is best first, and remembers another order', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('search').fill('checkpoint');
  await expect(page.getByTestId('sort')).toHaveText('Best match');
  await expect(sheaf.rows().first()).toContainText('Checkpoint and crash safety');
  await page.getByTestId('sort').click();
  await page.getByRole('menuitemradio', { name: 'Title' }).or(page.getByRole('menuitem', { name: 'Title' })).first().click();
  await expect(page.getByTestId('sort')).toHaveText('Title');
  await page.getByTestId('search').press('Escape');
  await expect(page.getByTestId('sort')).toHaveText('Updated');
});

test('the switcher finds a title by some of its letters, and makes the note there is none of', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+o');
  await page.keyboard.type('crsaf');
  await expect(page.getByTestId('choice').first()).toContainText('Checkpoint and crash safety');
  await expect(page.getByTestId('choice').first().locator('em').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(sheaf.title()).toHaveValue('Checkpoint and crash safety');
  await page.keyboard.press('Control+o');
  await page.keyboard.type('A title nobody has');
  await expect(page.getByTestId('choice').last()).toContainText('New note “A title nobody has”');
  await page.keyboard.press('Enter');
  await expect(sheaf.title()).toHaveValue('A title nobody has');
  await expect(sheaf.text()).toBeFocused();
});

test('the switcher answers in a hundred thousand titles', async ({ sheaf, page }) => {
  await sheaf.open('notes=100000');
  await page.keyboard.press('Control+o');
  await page.keyboard.type('99998');
  await expect(page.getByTestId('choice').first()).toContainText('Note 99998:');
});

test('a link is completed after two brackets, follows the title, and is listed where it leads', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+n');
  await page.keyboard.type('Walks');
  await page.keyboard.press('Enter');
  await page.keyboard.type('See [[alri');
  const option = page.locator('.cm-tooltip-autocomplete').getByRole('option').first();
  await expect(option).toContainText('Along the river');
  await page.keyboard.press('Enter');
  await page.keyboard.type(' soon');
  await sheaf.saved();
  const linking = await sheaf.openId();
  expect(await sheaf.body(linking)).toBe('See [Along the river](inkdrop://note/walk) soon');

  await sheaf.row('Along the river').click();
  await page.keyboard.press('Control+Alt+l');
  const mentions = page.getByTestId('mentions');
  await expect(mentions.getByTestId('linked').getByRole('button')).toContainText('Walks');
  expect(await sheaf.violations()).toEqual([]);

  await sheaf.title().fill('Along the stream');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('toast')).toContainText('1 link now says “Along the stream”');
  await expect.poll(() => sheaf.body(linking)).toBe('See [Along the stream](inkdrop://note/walk) soon');
  await page.getByTestId('toast').getByRole('button').click();
  await expect.poll(() => sheaf.body(linking)).toBe('See [Along the river](inkdrop://note/walk) soon');
});

test('a link to a note that nobody has written yet makes it, after asking', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.row('Along the river').click();
  const notebook = await page.getByTestId('note-notebook').innerText();
  await sheaf.text().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\n\n[[Birds of the lower river]]');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+e');
  await page.getByTestId('preview').getByRole('link', { name: 'Birds of the lower river' }).click();
  await expect(page.getByRole('dialog')).toContainText('No note is called “Birds of the lower river”');
  await page.getByTestId('confirm').click();
  await expect(sheaf.title()).toHaveValue('Birds of the lower river');
  await expect(sheaf.text()).toBeFocused();
  await expect(page.getByTestId('note-notebook')).toHaveText(notebook);
});

test('a part of a note becomes a note, and a link stays', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+n');
  await page.keyboard.type('Plan');
  await page.keyboard.press('Enter');
  await page.keyboard.type('## The [second] half ##\n\nfirst line\nlast line');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Alt+x');
  await expect(page.getByTestId('toast')).toContainText('“The [second] half” is a note of its own now');
  await sheaf.saved();
  const body = await sheaf.body(await sheaf.openId());
  expect(body).toMatch(/^\[The \\\[second\\\] half\]\(inkdrop:\/\/note\/[^)]+\)$/);
  await sheaf.row('The [second] half').click();
  await expect(sheaf.text()).toHaveText('first linelast line');
});

test('a mention without a link becomes one', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.evaluate(() => { window.sheafFake.remoteEdit('note:rain', (row) => { row.body = 'Thought of along the river, and `along the river`.'; }); });
  await sheaf.row('Along the river').click();
  await page.keyboard.press('Control+Alt+l');
  await page.getByTestId('unlinked').getByRole('button', { name: /Turn the mention/ }).click();
  await expect.poll(() => sheaf.body('note:rain')).toBe('Thought of [along the river](inkdrop://note/walk), and `along the river`.');
  await expect(page.getByTestId('linked')).toContainText('Rain all day');
});

test('the switcher shows where a note is and what it says, and opens one in a window of its own', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+o');
  await page.keyboard.type('along');
  const first = page.getByTestId('choice').first();
  await expect(first).toContainText('Two herons');
  await expect(first).toContainText('Journal');
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.press('Shift+Enter');
  await expect.poll(() => page.evaluate(() => window.sheafFake.windows)).toEqual(['note:walk']);
});
