// Nothing axe can find wrong, in both themes, on every screen.

import { expect, test, type Sheaf } from './window';

const screens: [string, string, (sheaf: Sheaf) => Promise<void>][] = [
  ['the three panes', 'sync=idle', async () => undefined],
  ['a search', '', async ({ page }) => { await page.getByTestId('search').fill('checkpoint'); await expect(page.locator('mark').first()).toBeVisible(); }],
  ['side by side', '', async (s) => { await s.row('Back-off with jitter').click(); await s.page.getByTestId('view-split').click(); await expect(s.page.getByTestId('preview').locator('.hl-keyword').first()).toBeVisible(); }],
  ['the first run', 'notes=0', async () => undefined],
  ['several selected', '', async ({ page }) => { await page.getByTestId('note-list').focus(); await page.keyboard.press('Control+a'); await expect(page.getByTestId('bulk')).toBeVisible(); }],
  ['the palette', 'sync=idle', async ({ page }) => { await page.keyboard.press('Control+Shift+p'); await expect(page.getByRole('dialog')).toBeVisible(); await page.keyboard.type('sy'); }],
  ['the shortcuts', '', async ({ page }) => { await page.keyboard.press('Control+Slash'); await expect(page.getByRole('dialog')).toBeVisible(); }],
  ['a menu', '', async ({ page }) => { await page.getByTestId('note-menu').click(); }],
  ['a conflict', '', async (s) => { await s.row('Ablauf eines Abrufs').click(); await s.page.getByTestId('conflicted').click(); await expect(s.page.getByTestId('merge-place').first()).toBeVisible(); }],
  ['a conflict that is half decided', '', async (s) => {
    await s.row('Ablauf eines Abrufs').click();
    await s.page.getByTestId('conflicted').click();
    await s.page.getByTestId('keep-mine').first().click();
    await s.page.getByTestId('edit-open').first().click();
    await expect(s.page.getByTestId('edit-place')).toBeFocused();
  }],
  ['versions', '', async ({ page }) => { await page.getByTestId('open-history').click(); await expect(page.getByTestId('history-diff').locator('ins').first()).toBeVisible(); await expect(page.getByTestId('history-diff').locator('.removed').first()).toBeVisible(); }],
  ['deleted notes', '', async (s) => { await s.place('Trash').click(); await s.page.getByTestId('deleted-strip').click(); await expect(s.page.getByTestId('bring-back')).toBeVisible(); }],
  ['find', '', async ({ page }) => { await page.keyboard.press('Control+h'); await page.getByTestId('find-field').fill('the'); }],
  ['general preferences', '', async ({ page }) => { await page.getByTestId('open-preferences').click(); await expect(page.getByTestId('prefs-appearance')).toBeVisible(); }],
  ['appearance', '', async ({ page }) => { await page.getByTestId('open-preferences').click(); await page.getByTestId('prefs-appearance').click(); }],
  ['sync with a warning', 'sync=attention', async ({ page }) => {
    await page.getByTestId('open-preferences').click();
    await page.getByTestId('prefs-sync').click();
    await page.getByTestId('sync-database').fill('open');
    await page.getByTestId('sync-test').click();
    await expect(page.getByTestId('sync-warning')).toBeVisible();
  }],
  ['sync without a keyring', 'keyring=none', async ({ page }) => { await page.getByTestId('open-preferences').click(); await page.getByTestId('prefs-sync').click(); await page.getByTestId('sync-radio-couchdb').click(); }],
  ['a new account', '', async ({ page }) => { await page.getByTestId('open-preferences').click(); await page.getByTestId('prefs-sync').click(); await page.getByTestId('sync-radio-hosted').click(); await page.getByTestId('account-way-signUp').click(); }],
  ['an account in force', '', async ({ page }) => {
    await page.getByTestId('open-preferences').click();
    await page.getByTestId('prefs-sync').click();
    await page.getByTestId('sync-radio-hosted').click();
    await page.getByTestId('account-address').fill('https://notes.example.org');
    await page.getByTestId('account-email').fill('older@example.org');
    await page.getByTestId('account-password').fill('correct horse');
    await page.getByTestId('account-enter').click();
    await page.getByTestId('account-open-older').click();
    await expect(page.getByTestId('account-upgrade')).toBeVisible();
  }],
  ['a guard', 'sync=massDeletion', async ({ page }) => { await page.getByTestId('open-preferences').click(); await page.getByTestId('prefs-sync').click(); }],
];

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [name, query, go] of screens) {
      test(`${name} has nothing that stands in anybody's way`, async ({ sheaf }) => {
        await sheaf.open(query);
        await go(sheaf);
        expect(await sheaf.violations()).toEqual([]);
      });
    }
  });
}

test('a narrow window shows the sidebar as an overlay, a very narrow one a pane at a time', async ({ sheaf, page }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  await sheaf.open('sync=idle');
  await expect(page.getByTestId('sidebar')).toBeHidden();
  await expect(page.getByTestId('sync-footer')).toBeVisible();
  await page.getByTestId('show-sidebar').click();
  await expect(page.getByTestId('sidebar')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('sidebar')).toBeHidden();

  await page.setViewportSize({ width: 600, height: 700 });
  await expect(sheaf.title()).toBeHidden();
  await sheaf.rows().nth(2).click();
  await expect(sheaf.title()).toBeVisible();
  await expect(page.getByTestId('note-list')).toBeHidden();
  await page.getByTestId('back-to-list').click();
  await expect(page.getByTestId('note-list')).toBeFocused();
});

test('the theme is chosen in preferences and stays', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-appearance').click();
  await page.getByTestId('theme-dark').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
