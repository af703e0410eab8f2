import { expect, test } from './window';

test.beforeEach(({ sheaf }) => sheaf.open());

test('a new note is written, saved and stands first in the list', async ({ sheaf, page }) => {
  await page.getByTestId('new-note').click();
  await expect(sheaf.title()).toBeFocused();
  await page.keyboard.type('Bread');
  await page.keyboard.press('Enter');
  await expect(sheaf.text()).toBeFocused();
  await page.keyboard.type('- [ ] flour\nwater');
  await sheaf.saved();
  await expect(sheaf.rows().first()).toContainText('Bread');
  // The list goes on by itself.
  expect(await sheaf.body(await sheaf.openId())).toBe('- [ ] flour\n- [ ] water');
  await expect(page.getByText('0 of 2 tasks')).toBeVisible();
});

test('marks are made by keys', async ({ sheaf, page }) => {
  await page.getByTestId('new-note').click();
  await sheaf.text().click();
  await page.keyboard.type('strong');
  await page.keyboard.press('Control+b');
  await expect(sheaf.text()).toHaveText('**strong**');
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' and ');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('link');
  await expect(sheaf.text()).toHaveText('**strong** and [link]()');
});

test('an edit from elsewhere arrives without moving the caret, and Undo does not take it back', async ({ sheaf, page }) => {
  await sheaf.row('Along the river').click();
  const id = await sheaf.openId();
  await sheaf.text().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('Mine');
  await page.evaluate((note) => window.sheafFake.remoteEdit(note, (row) => { row.body = `Theirs first. ${row.body}`; }), id);
  await expect(sheaf.text()).toContainText('Theirs first. Two herons');
  await page.keyboard.type(' goes on');
  await expect(sheaf.text()).toContainText('Mine goes on');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await expect(sheaf.text()).toContainText('Theirs first.');
  await expect(sheaf.text()).not.toContainText('Mine');
  await sheaf.saved();
  expect(await sheaf.body(id)).toMatch(/^Theirs first\. Two herons/);
});

test('a save that fails says so, keeps the text and succeeds when tried again', async ({ sheaf, page }) => {
  await page.evaluate(() => { window.sheafFake.failSaves = { code: 'diskFull' }; });
  await sheaf.text().click();
  await page.keyboard.type('Precious ');
  await expect(page.getByTestId('save-failed')).toContainText('The text is still in this window.');
  await page.evaluate(() => { window.sheafFake.failSaves = null; });
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('save-failed')).toBeHidden();
  expect(await sheaf.body(await sheaf.openId())).toContain('Precious');
});

test('find and replace change the open note', async ({ sheaf, page }) => {
  await sheaf.row('Back-off with jitter').click();
  await sheaf.text().click();
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('attempt');
  await expect(page.getByTestId('find-panel')).toContainText(/of 3|3 matches/);
  await page.keyboard.press('Escape');
  await expect(sheaf.text()).toBeFocused();
  await page.keyboard.press('Control+h');
  await page.getByTestId('find-field').fill('jitter');
  await page.getByTestId('replace-field').fill('spread');
  await page.getByRole('button', { name: 'Replace all' }).click();
  await expect(sheaf.text()).toContainText('Full spread');
});

test('preview boxes change the text, links stay in the window, remote pictures wait', async ({ sheaf, page }) => {
  await sheaf.row('Back-off with jitter').click();
  await page.getByTestId('view-preview').click();
  const preview = page.getByTestId('preview');
  await preview.getByRole('checkbox').nth(2).check();
  await sheaf.saved();
  expect(await sheaf.body('note:backoff')).toContain('- [x] スリープ');
  await expect(sheaf.rows().first()).toContainText('Back-off with jitter');
  await expect(preview.getByText('Picture from pictures.example.org')).toBeVisible();
  await expect(preview.locator('img')).toHaveCount(0);
  await expect(preview.locator('.callout')).toContainText('Warning');

  await sheaf.row('Checkpoint and crash safety').click();
  await preview.getByRole('link', { name: 'Replication conversation' }).click();
  await expect(sheaf.title()).toHaveValue('Long-poll behind nginx');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(sheaf.title()).toHaveValue('Checkpoint and crash safety');
});

test('a web link goes to the system and never into the window', async ({ sheaf, page }) => {
  await page.getByTestId('new-note').click();
  await sheaf.text().click();
  await page.keyboard.type('[out](https://example.org/a)');
  await page.getByTestId('view-preview').click();
  await page.getByTestId('preview').getByRole('link', { name: 'out' }).click();
  await expect.poll(() => page.evaluate(() => window.sheafFake.opened)).toEqual(['https://example.org/a']);
  expect(new URL(page.url()).hostname).toBe('localhost');
});

test('side by side, the preview follows the text', async ({ sheaf, page }) => {
  await page.setViewportSize({ width: 1440, height: 480 });
  await sheaf.row('Back-off with jitter').click();
  await page.getByTestId('view-split').click();
  await expect(page.getByTestId('preview')).toContainText('What it costs');
  await sheaf.text().hover();
  await page.mouse.wheel(0, 700);
  await expect.poll(() => page.getByTestId('preview').evaluate((e) => e.closest('.half')?.scrollTop ?? 0)).toBeGreaterThan(200);
});

test('a pasted picture becomes an attachment and is shown', async ({ sheaf, page }) => {
  await page.getByTestId('new-note').click();
  await sheaf.text().click();
  await page.evaluate(() => {
    const png = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([png], 'dot.png', { type: 'image/png' }));
    document.querySelector('[data-testid="editor"]')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(sheaf.text()).toContainText('![dot](inkdrop://file:new');
  await page.getByTestId('view-preview').click();
  await expect.poll(() => page.getByTestId('preview').locator('img').evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(1);
});
