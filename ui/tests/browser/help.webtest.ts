import { expect, test } from './window';

test('help is at the head of the sidebar, and the diagnosis is in it, without a mouse', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  await page.getByTestId('open-help').focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'Help' });
  await expect(menu).toBeVisible();
  await expect(menu.getByRole('menuitem')).toContainText(['Network diagnosis', 'Sync activity', 'Keyboard shortcuts', 'All commands', 'Support bundle…', 'Open the log folder', 'About Sheaf']);
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(page.getByTestId('open-help')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('diagnosis')).toBeVisible();
});

for (const [name, shows] of [['Sync activity', 'Sync activity'], ['Keyboard shortcuts', 'Quick note'], ['Support bundle…', 'Everything that somebody who helps needs to see']] as const) {
  test(`${name} opens from the help menu`, async ({ sheaf, page }) => {
    await sheaf.open('sync=idle');
    await page.getByTestId('open-help').click();
    await page.getByRole('menuitem', { name }).click();
    await expect(page.getByText(shows).first()).toBeVisible();
  });
}

test('which Sheaf this is can be read and copied', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  await page.getByTestId('open-help').click();
  await page.getByRole('menuitem', { name: 'About Sheaf' }).click();
  await expect(page.getByTestId('about')).toContainText('Version 0.1.0');
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('about')).toBeHidden();
});

test('a system with a menu bar has its help there', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle&platform=macos');
  await expect(page.getByTestId('open-preferences')).toBeVisible();
  await expect(page.getByTestId('open-help')).toBeHidden();
});
