// Keys, themes, density, fonts, own styles and languages.

import { expect, test } from './window';

test('a key is changed, what it collides with is said, and it can go back', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-keys').click();
  const row = page.locator('[data-action="view.sidebar"]');
  await row.getByTestId('key-change').click();
  await page.keyboard.press('Control+n');
  await expect(row.getByTestId('key-conflict')).toContainText('New note');
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('sidebar')).toBeVisible();
  await page.keyboard.press('Control+n');
  await expect(page.getByTestId('sidebar')).toBeHidden();
  await page.keyboard.press('Control+n');
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('key-reset').click();
  await expect(row.getByTestId('key-conflict')).toHaveCount(0);
});

test('keys go out as JSON and come in again, mistakes are named', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-keys').click();
  await page.getByTestId('keys-json').click();
  await page.getByTestId('keys-json-text').fill('{ "keys": { "note.fly": "Mod-j" } }');
  await page.getByTestId('keys-json-use').click();
  await expect(page.getByRole('alert')).toContainText('There is no action “note.fly”.');
  await page.getByTestId('keys-json-text').fill('{ "preset": "inkdrop", "keys": { "note.new": "Mod-j" } }');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('keys-json-use').click();
  await expect(page.getByTestId('preset-inkdrop')).toHaveAttribute('aria-checked', 'true');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+j');
  await expect(sheaf.title()).toBeFocused();
});

for (const theme of ['paper', 'midnight'] as const) {
  test(`the theme ${theme} stands in nobody's way`, async ({ sheaf, page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await sheaf.open('sync=idle');
    await page.getByTestId('open-preferences').click();
    await page.getByTestId('prefs-appearance').click();
    await page.getByTestId(`theme-${theme}`).click();
    expect(await sheaf.violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await sheaf.row('Back-off with jitter').click();
    await page.getByTestId('view-split').click();
    await expect(page.getByTestId('preview').locator('.hl-keyword').first()).toBeVisible();
    expect(await sheaf.violations()).toEqual([]);
    await page.getByTestId('search').fill('checkpoint');
    await expect(page.locator('mark').first()).toBeVisible();
    expect(await sheaf.violations()).toEqual([]);
  });
}

test('compact rows are lower, and own styles win', async ({ sheaf, page }) => {
  await sheaf.open();
  const height = async (): Promise<number> => (await sheaf.rows().first().boundingBox())?.height ?? 0;
  expect(await height()).toBe(101);
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-appearance').click();
  await page.getByTestId('density-compact').click();
  await page.evaluate(() => { window.sheafFake.styles = ':root { --bg-editor: #123456; }\n[data-theme] { --bg-editor: #123456; }'; });
  await page.getByTestId('reload-styles').click();
  await page.keyboard.press('Escape');
  expect(await height()).toBe(79);
  await expect(page.locator('main')).toHaveCSS('background-color', 'rgb(18, 52, 86)');
});

test('everything is drawn larger by key and in preferences, and stays usable at 200 %', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  const title = async (): Promise<number> => (await sheaf.title().boundingBox())?.height ?? 0;
  const before = await title();
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('Control+Shift+Equal');
  await expect.poll(title).toBeGreaterThan(1.8 * before);
  await page.keyboard.press('Control+,');
  await page.getByTestId('prefs-appearance').click();
  await expect(page.getByTestId('zoom')).toHaveText('200 %');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('zoom-out').click();
  await expect(page.getByTestId('zoom')).toHaveText('175 %');
  await page.keyboard.press('Control+Shift+Digit0');
  await expect(page.getByTestId('zoom')).toHaveText('100 %');
});

for (const [language, all, note] of [['de', 'Alle Notizen', 'Neue Notiz'], ['ja', 'すべてのノート', '新しいノート']] as const) {
  test.describe(language, () => {
    test.use({ locale: language });
    test('the window speaks the language of the computer', async ({ sheaf, page }) => {
      await page.goto('/?sync=idle');
      await expect(sheaf.text()).toBeVisible();
      await expect(page.getByTestId('sidebar')).toContainText(all);
      await expect(page.getByTestId('new-note')).toHaveAttribute('aria-label', note);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      expect(await sheaf.violations()).toEqual([]);
      await page.getByTestId('open-preferences').click();
      for (const section of ['appearance', 'editor', 'keys', 'sync'] as const) {
        await page.getByTestId(`prefs-${section}`).click();
        expect(await sheaf.violations()).toEqual([]);
      }
    });
  });
}
