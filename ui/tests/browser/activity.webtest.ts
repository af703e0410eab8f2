// What sync did, told session by session; and what does not travel, tried again or passed over.

import { expect, test, type Sheaf } from './window';

async function activity(sheaf: Sheaf, query = 'sync=idle'): Promise<void> {
  await sheaf.open(query);
  await sheaf.page.getByTestId('open-preferences').click();
  await sheaf.page.getByTestId('prefs-activity').click();
}

test('sessions stand newest first, with what became of each note', async ({ sheaf, page }) => {
  await activity(sheaf);
  const sessions = page.getByTestId('activity-session');
  await expect(sessions.first()).toContainText('2 received, 6 sent');
  await expect(sessions.nth(1)).toContainText('1 sent, 1 merged, 1 conflict');
  await expect(sessions.nth(2)).toContainText('tried 41 times');
  await expect(page.getByTestId('activity-entry').first()).toContainText('6 times');
  await expect(page.getByText('Received a deletion')).toBeVisible();
  await expect(page.getByText('and 482 more documents')).toBeVisible();
});

test('the log is filtered by what happened and searched by title, and the note opened', async ({ sheaf, page }) => {
  await activity(sheaf);
  await page.getByTestId('activity-merged').click();
  await expect(page.getByTestId('activity-entry')).toHaveCount(1);
  const title = (await page.getByTestId('activity-entry').getByRole('button').innerText()).trim();
  await page.getByTestId('activity-all').click();
  await page.getByTestId('activity-search').fill(title.toUpperCase());
  // Sent after it was merged.
  await expect(page.getByTestId('activity-entry')).toHaveCount(2);
  await page.getByTestId('activity-entry').first().getByRole('button').click();
  await expect(sheaf.title()).toHaveValue(title);
});

test('nothing found says so, and one step leads back', async ({ sheaf, page }) => {
  await activity(sheaf);
  await page.getByTestId('activity-search').fill('no such title');
  await expect(page.getByTestId('activity-empty')).toContainText('Nothing in the log answers to this');
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(page.getByTestId('activity-session').first()).toBeVisible();
});

test('what happens while the page is open appears on it', async ({ sheaf, page }) => {
  await activity(sheaf);
  await expect(page.getByTestId('activity-session').first()).toContainText('2 received, 6 sent');
  await page.evaluate(() => { window.sheafFake.activity.happen('pulled', 'note:pull', 'couch.example.org:6984/notes-anna'); });
  await expect(page.getByTestId('activity-session').first()).toContainText('3 received, 6 sent');
});

test('a document that was refused is tried again from the log', async ({ sheaf, page }) => {
  await activity(sheaf, 'sync=attention');
  const stuck = page.getByTestId('stuck');
  await expect(stuck).toContainText('Heizung entlüften');
  await expect(stuck).toContainText('The server refused it');
  await page.getByTestId('retry-item').click();
  await expect(stuck).toHaveCount(0);
  await expect(page.getByTestId('activity-entry').filter({ hasText: 'Sent' }).first()).toContainText('Heizung entlüften');
});

test('a skipped document is told no more, and can be tried after all', async ({ sheaf, page }) => {
  await activity(sheaf, 'sync=attention');
  await page.getByTestId('skip-item').click();
  await expect(page.getByTestId('stuck')).toContainText('Skipped; told again when the reason changes');
  await expect(page.getByTestId('skip-item')).toHaveCount(0);
  await expect(page.getByTestId('activity-entry').first()).toContainText('Skipped');
  await page.getByTestId('retry-item').click();
  await expect(page.getByTestId('stuck')).toHaveCount(0);
});

test('months of it scroll, and only what is in sight exists', async ({ sheaf, page }) => {
  await activity(sheaf, 'sync=idle&activity=long');
  await expect(page.getByTestId('activity-session').first()).toBeVisible();
  expect(await page.getByTestId('activity-session').count()).toBeLessThan(40);
  const list = page.getByRole('region', { name: 'Sessions, newest first' });
  await list.focus();
  await expect(async () => {
    await page.keyboard.press('End');
    await expect(page.getByText('and 482 more documents')).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test('the log is handed on without titles', async ({ sheaf, page }) => {
  await activity(sheaf, 'sync=attention');
  await page.getByTestId('activity-copy').click();
  await expect(page.getByText('Copied without titles')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('note:heating');
  expect(copied).not.toContain('Heizung');
  await page.getByTestId('activity-save').click();
  await expect(page.getByText('sheaf-activity-2026-11-21.txt')).toBeVisible();
});

test('it is reached from the footer, the palette and the sync page', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  await page.getByTestId('sync-footer').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Sync activity' }).click();
  await expect(page.getByTestId('activity')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+p');
  await page.keyboard.type('sync activity');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('activity')).toBeVisible();
  await page.getByTestId('prefs-sync').click();
  await page.getByTestId('open-activity').click();
  await expect(page.getByTestId('activity')).toBeVisible();
});

test('before anything was synced it says so', async ({ sheaf, page }) => {
  await activity(sheaf, '');
  await expect(page.getByTestId('activity-empty')).toContainText('Nothing was synced yet');
  await expect(page.getByTestId('activity-copy')).toBeDisabled();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`nothing axe can find wrong, ${scheme}`, async ({ sheaf, page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await activity(sheaf, 'sync=attention');
    await expect(page.getByTestId('activity-session').first()).toBeVisible();
    expect(await sheaf.violations()).toEqual([]);
  });
}
