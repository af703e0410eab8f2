// Places in an order of one's own, one notebook alone, templates, the note of the day, saved searches.

import type { Locator, Page } from '@playwright/test';

import { expect, test } from './window';

const names = (page: Page): Locator => page.getByRole('tree', { name: 'Notebooks' }).getByRole('treeitem');

test('notebooks are put in order by keyboard and by the menu', async ({ sheaf, page }) => {
  await sheaf.open();
  const before = await names(page).allInnerTexts();
  await sheaf.place('Work').click();
  await page.keyboard.press('Alt+Shift+ArrowUp');
  await expect.poll(async () => (await names(page).allInnerTexts()).map((t) => t.split('\n')[0])).not.toEqual(before.map((t) => t.split('\n')[0]));
  await expect(names(page).nth(1)).toContainText('Work');
  await sheaf.place('Work').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Move down' }).click();
  await expect(names(page).nth(1)).toContainText('Projects');
});

test('a notebook is dragged between two others', async ({ sheaf, page }) => {
  await sheaf.open();
  const target = await sheaf.place('Journal').boundingBox();
  await sheaf.place('Haushalt').dragTo(sheaf.place('Journal'), { targetPosition: { x: 60, y: 2 } });
  expect(target).not.toBeNull();
  await expect(names(page).first()).toContainText('Haushalt');
});

test('one notebook alone narrows the sidebar and every list', async ({ sheaf, page }) => {
  await sheaf.open();
  await sheaf.place('Projects').click();
  await sheaf.place('Projects').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Show only this notebook' }).click();
  await expect(page.getByTestId('unfocus')).toContainText('Only Projects');
  await expect(names(page)).toHaveCount(3);
  await sheaf.place('Active').click();
  await expect(sheaf.row('Before the first release')).toBeVisible();
  await expect(sheaf.row('Steuererklärung 2025')).toHaveCount(0);
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('unfocus').click();
  await sheaf.place('Active').click();
  await expect(sheaf.row('Steuererklärung 2025')).toBeVisible();
});

test('a note becomes a template, and a new note begins with it', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+n');
  await page.keyboard.type('Weekly');
  await page.keyboard.press('Enter');
  await page.keyboard.type('On {{date}}, {{keep}}');
  await sheaf.saved();
  await page.keyboard.press('Control+Shift+p');
  await page.getByTestId('chooser-field').fill('Keep as template');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('toast')).toContainText('Kept “Weekly” as a template');
  await expect(sheaf.place('Templates')).toContainText('1');
  await page.keyboard.press('Control+t');
  await page.getByTestId('chooser-field').fill('week');
  await page.keyboard.press('Enter');
  await expect(sheaf.text()).toContainText('On 2026-11-21, {{keep}}');
  await expect(sheaf.title()).toHaveValue('Weekly');
});

test('the note of today is made once and found again', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.keyboard.press('Control+Shift+j');
  await expect(sheaf.title()).toHaveValue('2026-11-21');
  const id = await sheaf.openId();
  await sheaf.row('Along the river').click();
  await page.keyboard.press('Control+Shift+j');
  await expect(sheaf.title()).toHaveValue('2026-11-21');
  expect(await sheaf.openId()).toBe(id);
});

test('a search gets a name, a place in the sidebar, and can go', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('search').fill('has:todo');
  await page.getByTestId('save-search').click();
  await page.getByTestId('name-field').fill('Open ends');
  await page.keyboard.press('Enter');
  await page.getByTestId('search').press('Escape');
  await sheaf.place('Open ends').click();
  await expect(page.getByTestId('search')).toHaveValue('has:todo');
  await expect(sheaf.rows().first()).toBeVisible();
  await sheaf.place('Open ends').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete search' }).click();
  await expect(sheaf.place('Open ends')).toHaveCount(0);
});

test('the trash forgets by itself when asked to', async ({ sheaf, page }) => {
  await sheaf.open();
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-trash-days').selectOption('7');
  expect(await sheaf.violations()).toEqual([]);
  await expect.poll(() => page.evaluate(async () => (await window.sheafFake.call('expire_trash', null)).notes)).toBe(2);
});
