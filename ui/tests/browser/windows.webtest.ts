// Closing, windows with one note, and notes that are asked for from outside.

import { expect, test } from './window';

test('a note opens in a window of its own after its words are saved', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.row('Along the river').click();
  await sheaf.text().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' last words');
  await page.keyboard.press('Control+Alt+w');
  await expect.poll(() => page.evaluate(() => window.sheafFake.windows.length)).toBe(1);
  await sheaf.saved();
});

test('the window of one note shows that note and nothing else', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.row('Along the river').click();
  const id = await sheaf.openId();
  await sheaf.open(`window=note&note=${encodeURIComponent(id)}`);
  await expect(sheaf.title()).toHaveValue('Along the river');
  await expect(page).toHaveTitle('Along the river – Sheaf');
  await expect(page.getByTestId('sidebar')).toBeHidden();
  await expect(page.getByTestId('note-list')).toBeHidden();
  expect(await sheaf.violations()).toEqual([]);
});

test('a quick note is written at once, and an empty one leaves nothing behind', async ({ sheaf, page }) => {
  await sheaf.open('window=note');
  await expect(sheaf.text()).toBeFocused();
  const notes = () => page.evaluate(() => window.sheafFake.store.notes.size);
  const before = await notes();
  await page.keyboard.press('Control+w');
  await expect.poll(notes).toBe(before - 1);

  await sheaf.open('window=note');
  await page.keyboard.type('Call Ida');
  await page.keyboard.press('Control+w');
  await expect.poll(() => page.evaluate(() => window.sheafFake.closed)).toBe(true);
  expect(await notes()).toBe(before);
});

// The shell used to close the window two seconds after it had asked, while this question was on the screen.
test('a window whose words cannot be saved says so and asks to stay', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.row('Along the river').click();
  await page.evaluate(() => { window.sheafFake.failSaves = { code: 'diskFull' }; });
  await sheaf.text().click();
  await page.keyboard.type('words');
  await page.keyboard.press('Control+w');
  await expect(page.getByRole('dialog')).toBeVisible();
  const host = () => page.evaluate(() => { const { stayed, closed } = window.sheafFake; return { stayed, closed }; });
  expect(await host()).toEqual({ stayed: 1, closed: false });
});

test('a note asked for from outside is opened, and one that is not here is told', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.row('Rain all day').click();
  const id = await sheaf.openId();
  await sheaf.row('Along the river').click();
  await page.getByTestId('open-preferences').click();
  await page.evaluate((wanted) => window.sheafFake.shell({ type: 'openNote', id: wanted }), id);
  await expect(sheaf.title()).toHaveValue('Rain all day');
  await page.evaluate(() => window.sheafFake.shell({ type: 'openNote', id: 'note:nowhere' }));
  await expect(page.getByTestId('toast')).toContainText('not on this computer');
});

test('a key for quick notes from anywhere is kept when the system hands it over, and the refusal of one is told', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-keys').click();
  const key = page.getByTestId('anywhere-key');
  await key.click();
  await page.keyboard.press('n');
  await expect(page.locator('#hint-anywhere')).toContainText('needs Ctrl, Alt or Cmd');
  await page.keyboard.press('Control+Alt+Shift+KeyN');
  await expect(key).toContainText('Shift');
  expect(await page.evaluate(() => window.sheafFake.quickNoteKey)).toBe('Mod-Alt-Shift-n');
  expect(await sheaf.violations()).toEqual([]);
  await key.click();
  await page.keyboard.press('Control+Alt+Delete');
  await expect(page.locator('#hint-anywhere')).toContainText('another program has it');
  // The one before goes on.
  await expect.poll(() => page.evaluate(() => window.sheafFake.quickNoteKey)).toBe('Mod-Alt-Shift-n');
  await page.getByTestId('anywhere-remove').click();
  await expect.poll(() => page.evaluate(() => window.sheafFake.quickNoteKey)).toBe('');
});

test('what waits for a person is said through the system once, and only to somebody who looks elsewhere', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  const said = () => page.evaluate(() => window.sheafFake.called);
  const blocked = () => page.evaluate(() => window.sheafFake.setSync({ kind: 'blocked', code: 'unauthorised', question: null }));
  await blocked();
  await expect(page.getByTestId('sync-footer')).toHaveAttribute('data-state', 'blocked');
  expect(await said()).toEqual([]);
  await page.evaluate(() => { document.hasFocus = () => false; window.sheafFake.setSync({ kind: 'idle' }); });
  await expect(page.getByTestId('sync-footer')).toHaveAttribute('data-state', 'attention');
  // Neither being offline nor an error that is tried again is anybody's business.
  await page.evaluate(() => window.sheafFake.setSync({ kind: 'offline', retryAt: Date.now() + 40_000 }));
  await page.clock.fastForward(6_000);
  await expect(page.getByTestId('sync-footer')).toHaveAttribute('data-state', 'offline');
  await blocked();
  await blocked();
  await expect.poll(said).toEqual(['Sync waits for you: Sign in again to sync']);
});
