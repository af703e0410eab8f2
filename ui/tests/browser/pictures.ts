// The window as the README shows it, light and dark.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test, type Sheaf } from './window';

const folder = join(import.meta.dirname, '../../../docs/images');
mkdirSync(folder, { recursive: true });

async function intoEngine(sheaf: Sheaf): Promise<void> {
  await sheaf.place('Projects').focus();
  await sheaf.page.keyboard.press('ArrowRight');
  await sheaf.place('Learning').focus();
  await sheaf.page.keyboard.press('ArrowRight');
  await sheaf.place('Sync engine').click();
}

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, viewport: { width: 1240, height: 800 }, deviceScaleFactor: 2, reducedMotion: 'reduce' });
    const suffix = scheme === 'dark' ? '-dark' : '';

    test('list and editor', async ({ sheaf, page }) => {
      await sheaf.open('sync=attention');
      await intoEngine(sheaf);
      await page.getByTestId('search').fill('checkpoint');
      await expect(page.locator('mark').first()).toBeVisible();
      await sheaf.rows().first().click();
      await expect(page.locator('.cm-code .hl-keyword').first()).toBeVisible();
      await page.screenshot({ path: join(folder, `main${suffix}.png`) });
    });

    test('split preview', async ({ sheaf, page }) => {
      await sheaf.open('sync=idle');
      await intoEngine(sheaf);
      await sheaf.row('Back-off with jitter').click();
      await page.getByTestId('view-split').click();
      await page.getByRole('button', { name: 'Hide sidebar' }).click();
      await expect(page.getByTestId('preview').locator('.hl-keyword').first()).toBeVisible();
      await sheaf.text().getByText('One curve for every remote').click();
      await page.screenshot({ path: join(folder, `split${suffix}.png`) });
    });

    test('preferences, sync', async ({ sheaf, page }) => {
      await sheaf.open('sync=attention');
      await page.getByTestId('open-preferences').click();
      await page.getByTestId('prefs-sync').click();
      await page.getByTestId('sync-database').fill('open');
      await page.getByTestId('sync-test').click();
      await expect(page.getByTestId('sync-warning')).toBeVisible();
      await page.screenshot({ path: join(folder, `preferences-sync${suffix}.png`) });
    });
  });
}

test('a narrow window', async ({ sheaf, page }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  await sheaf.open('sync=attention');
  await page.screenshot({ path: join(folder, 'narrow.png') });
});
