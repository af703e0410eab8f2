// A window whose language runs from right to left.

import { expect, test } from './window';

test('the window is mirrored and nothing of it stands in the way', async ({ sheaf, page }) => {
  await sheaf.open('sync=idle');
  await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  const box = async (id: string): Promise<{ x: number; width: number }> => (await page.getByTestId(id).boundingBox()) ?? { x: 0, width: 0 };
  expect((await box('sidebar')).x).toBeGreaterThan((await box('note-list')).x);
  expect((await box('note-list')).x).toBeGreaterThan((await box('note-title')).x);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await sheaf.violations()).toEqual([]);
  const before = (await box('sidebar')).width;
  await page.getByRole('separator', { name: 'Width of the sidebar' }).press('ArrowLeft');
  expect((await box('sidebar')).width).toBe(before + 16);
});

test('at twice the size everything is still there', async ({ sheaf, page }) => {
  // 200 % zoom of a window of 1440 is one of 720 pixels.
  await page.setViewportSize({ width: 720, height: 450 });
  await sheaf.open('sync=idle');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  expect(await sheaf.violations()).toEqual([]);
});
