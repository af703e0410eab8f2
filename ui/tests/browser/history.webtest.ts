// Versions of a note: differences of words, restoring in place and as a copy, deleted notes.

import { expect, test } from './window';

const id = 'note:checkpoint';

test('versions are listed with what each changed, and compared word by word', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-history').click();
  await expect(page.getByTestId('version')).toHaveCount(5);
  await expect(page.getByTestId('version').first()).toContainText('Current');
  await expect(page.getByTestId('version').nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByTestId('history-summary')).toContainText('compared with');
  const diff = page.getByTestId('history-diff');
  await expect(diff.locator('ins', { hasText: 'in the same transaction' })).toBeVisible();
  await expect(diff.locator('.removed', { hasText: 'Ask Kenji about fsync on his NAS' })).toBeVisible();
  // Title and tags too.
  await expect(diff.locator('.titled del')).toContainText('crashes');
  await expect(diff.locator('.chip ins', { hasText: 'sqlite' })).toBeVisible();
  await page.getByTestId('history-text').click();
  await expect(diff.locator('ins')).toHaveCount(0);
});

test('a version is restored in place, and that is taken back', async ({ sheaf, page }) => {
  await sheaf.open();
  const before = await sheaf.body(id);
  await page.getByTestId('open-history').click();
  await page.getByTestId('version').nth(2).click();
  await page.getByTestId('history-restore').click();
  await expect(page.getByTestId('history')).toBeHidden();
  await expect(sheaf.text()).toContainText('Ask Kenji');
  await expect(sheaf.title()).toHaveValue('Checkpoint and crashes');
  await page.getByTestId('toast-undo').click();
  await expect(sheaf.text()).not.toContainText('Ask Kenji');
  expect(await sheaf.body(id)).toBe(before);
});

test('a version is restored as a copy and the note stays as it is', async ({ sheaf, page }) => {
  await sheaf.open();
  const before = await sheaf.body(id);
  await page.getByTestId('open-history').click();
  await page.getByTestId('version').last().click();
  await page.getByTestId('history-copy').click();
  await expect(sheaf.title()).toHaveValue('Checkpoint');
  expect(await sheaf.body(id)).toBe(before);
});

test('keys alone: open, walk, restore, leave', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+Alt+h');
  await expect(page.getByRole('listbox', { name: 'Versions' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('version').nth(2)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('[');
  await expect(page.getByTestId('version').nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press(']');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('history')).toBeHidden();
  await page.keyboard.press('Control+Alt+h');
  await expect(page.getByTestId('version').nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+Enter');
  await expect(sheaf.text()).toContainText('Ask Kenji');
});

test('unsaved words are part of what the history calls current', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.text().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('typed a moment ago');
  await page.getByTestId('open-history').click();
  await page.getByTestId('version').first().click();
  await expect(page.getByTestId('history-diff').getByText('typed a moment ago')).toBeVisible();
});

test('a note that another computer deleted is found in the trash and brought back', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.place('Trash').click();
  await page.getByTestId('deleted-strip').click();
  await expect(page.getByTestId('deleted-notes')).toContainText('Packing list, winter');
  await page.getByTestId('bring-back').click();
  await expect(sheaf.title()).toHaveValue('Packing list, winter');
  await expect(sheaf.text()).toContainText('Wool socks');
});

test('a note in the trash comes back to its notebook, its versions with it', async ({ sheaf, page }) => {
  const title = 'Shopping, last week';
  await sheaf.open();
  await sheaf.place('Trash').click();
  await expect(sheaf.title()).toHaveValue(title);
  await page.getByTestId('restore-note').click();
  await expect(sheaf.row(title)).toBeHidden();
  await sheaf.place('All notes').click();
  await page.getByTestId('search').fill('shopping');
  await page.getByTestId('note-row').first().click();
  await expect(sheaf.title()).toHaveValue(title);
  await page.getByTestId('open-history').click();
  await expect(page.getByTestId('version').first()).toContainText('Current');
});

test('how long versions are kept is a preference', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('history-days').click();
  await page.getByRole('menuitemradio', { name: 'One year' }).click();
  await expect(page.getByTestId('history-days')).toContainText('One year');
});
