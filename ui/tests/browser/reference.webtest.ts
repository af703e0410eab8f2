// How the window looks, beside how it looked when somebody last looked at it: light, dark, narrow, from right to left.
// `npx playwright test reference --update-snapshots` takes new pictures; look at them before they are checked in.
//
// The letters come with the tests, because every machine draws with others.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { expect, test, type Sheaf } from './window';

const require = createRequire(import.meta.url);
const font = (name: string): string => readFileSync(require.resolve(name)).toString('base64');
const faces = ([['Reference', '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', 'normal'], ['Reference', '@fontsource-variable/inter/files/inter-latin-wght-italic.woff2', 'italic'], ['Reference Mono', '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2', 'normal']] as const)
  .map(([family, file, style]) => `@font-face { font-family: "${family}"; font-style: ${style}; font-weight: 100 900; src: url(data:font/woff2;base64,${font(file)}) format("woff2"); }`).join('\n');
const letters = `${faces}\n:root, [data-theme] { --font-ui: "Reference", sans-serif !important; --font-text: "Reference", sans-serif !important; --font-mono: "Reference Mono", monospace !important; }`;

async function settle({ page }: Sheaf): Promise<void> {
  await page.addStyleTag({ content: letters });
  await page.evaluate(async () => {
    await Promise.all([...document.fonts].filter((face) => face.family.includes('Reference')).map((face) => face.load()));
    await document.fonts.ready;
  });
  await page.mouse.move(0, 0);
}

/** Glyphs of other scripts are the machine's own; so much may differ. */
const alike = { maxDiffPixelRatio: .015, animations: 'disabled', caret: 'hide' } as const;

async function searched(sheaf: Sheaf): Promise<void> {
  await sheaf.place('Projects').focus();
  await sheaf.page.keyboard.press('ArrowRight');
  await sheaf.place('Sync engine').click();
  await sheaf.page.getByTestId('search').fill('checkpoint');
  await expect(sheaf.page.locator('mark').first()).toBeVisible();
  await sheaf.rows().first().click();
  await expect(sheaf.page.locator('.cm-code .hl-keyword').first()).toBeVisible();
}

const screens: [string, string, (sheaf: Sheaf) => Promise<void>][] = [
  ['main', 'sync=attention', searched],
  ['split', 'sync=idle', async (s) => { await s.row('Back-off with jitter').click(); await s.page.getByTestId('view-split').click(); await expect(s.page.getByTestId('preview').locator('.hl-keyword').first()).toBeVisible(); }],
  ['merge', 'sync=attention', async (s) => { await s.row('Ablauf eines Abrufs').click(); await s.page.getByTestId('conflicted').click(); await expect(s.page.getByTestId('merge-place').first()).toBeVisible(); }],
  ['history', 'sync=idle', async ({ page }) => { await page.getByTestId('open-history').click(); await expect(page.getByTestId('history-diff').locator('ins').first()).toBeVisible(); }],
  ['palette', 'sync=idle', async ({ page }) => { await page.keyboard.press('Control+Shift+p'); await page.keyboard.type('new'); await expect(page.getByTestId('choice').first()).toBeVisible(); }],
  ['appearance', 'sync=idle', async ({ page }) => { await page.getByTestId('open-preferences').click(); await page.getByTestId('prefs-appearance').click(); }],
];

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme, viewport: { width: 1200, height: 760 }, reducedMotion: 'reduce', bypassCSP: true });
    for (const [name, query, go] of screens) {
      test(`${name} looks as it did, ${scheme}`, async ({ sheaf, page }) => {
        await sheaf.open(query);
        await go(sheaf);
        await settle(sheaf);
        await expect(page).toHaveScreenshot(`${name}-${scheme}.png`, alike);
      });
    }
  });
}

test.describe('other shapes', () => {
  test.use({ reducedMotion: 'reduce', bypassCSP: true });

  test('a narrow window looks as it did', async ({ sheaf, page }) => {
    await page.setViewportSize({ width: 900, height: 680 });
    await sheaf.open('sync=attention');
    await settle(sheaf);
    await expect(page).toHaveScreenshot('narrow.png', alike);
  });

  test('a window from right to left looks as it did', async ({ sheaf, page }) => {
    await page.setViewportSize({ width: 1200, height: 760 });
    await sheaf.open('sync=attention');
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
    await searched(sheaf);
    await settle(sheaf);
    await expect(page).toHaveScreenshot('right-to-left.png', alike);
  });
});
