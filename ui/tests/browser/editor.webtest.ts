// Writing by keyboard alone: tables, lists, the slash menu, pasting, finding, focus, outline, Vim,
// input methods.

import { expect, test, type Sheaf } from './window';

async function blank(sheaf: Sheaf, text = ''): Promise<void> {
  await sheaf.page.keyboard.press('Control+n');
  await expect(sheaf.title()).toBeFocused();
  await sheaf.page.keyboard.type('Trial');
  await sheaf.page.keyboard.press('Enter');
  await expect(sheaf.text()).toBeFocused();
  if (text !== '') await paste(sheaf, { 'text/plain': text });
}

/** What the clipboard holds reaches the page as a paste, by kind. */
async function paste(sheaf: Sheaf, data: Record<string, string>): Promise<void> {
  await sheaf.page.evaluate((kinds) => {
    const clipboard = new DataTransfer();
    for (const [kind, value] of Object.entries(kinds)) clipboard.setData(kind, value);
    document.querySelector('[data-testid="editor"]')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }));
  }, data);
}

async function body(sheaf: Sheaf): Promise<string> {
  await sheaf.saved();
  return sheaf.body(await sheaf.openId());
}

async function command(sheaf: Sheaf, name: string): Promise<void> {
  await sheaf.page.keyboard.press('Control+Shift+p');
  await sheaf.page.getByTestId('chooser-field').fill(name);
  await sheaf.page.keyboard.press('Enter');
  await expect(sheaf.page.getByTestId('chooser-field')).toBeHidden();
}

test.beforeEach(({ sheaf }) => sheaf.open());

test('a table is made, filled and ended without the pointer', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('/tab');
  await expect(page.locator('.cm-tooltip').getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await page.keyboard.type('Name');
  await page.keyboard.press('Tab');
  await page.keyboard.type('名前');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a');
  await page.keyboard.press('Tab');
  await page.keyboard.type('2');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('After');
  expect(await body(sheaf)).toBe('| Name | 名前 |\n| ---- | ---- |\n| a    | 2    |\nAfter');
});

test('rows and columns are inserted, moved, aligned and deleted', async ({ sheaf, page }) => {
  await blank(sheaf, '| a | b |\n|---|---|\n| 1 | 2 |');
  await command(sheaf, 'Insert row below');
  await page.keyboard.type('3');
  await command(sheaf, 'Move column back');
  await command(sheaf, 'Move column on');
  expect(await body(sheaf)).toBe('| a   | b   |\n| --- | --- |\n| 1   | 2   |\n|     | 3   |');
  await page.keyboard.press('Control+Shift+ArrowUp');
  await command(sheaf, 'Align column right');
  expect(await body(sheaf)).toBe('| a   |   b |\n| --- | --: |\n|     |   3 |\n| 1   |   2 |');
  await command(sheaf, 'Delete column');
  await command(sheaf, 'Delete row');
  expect(await body(sheaf)).toBe('| a   |\n| --- |\n| 1   |');
});

test('a table has a menu of its own, by key as well', async ({ sheaf, page }) => {
  await blank(sheaf, '| a | b |\n|---|---|\n| 1 | 2 |');
  await page.locator('.cm-table').first().click({ button: 'right' });
  await expect(page.getByRole('menu', { name: 'Table' })).toBeVisible();
  expect(await sheaf.violations()).toEqual([]);
  await page.getByRole('menuitem', { name: 'Insert row below' }).click();
  expect(await body(sheaf)).toContain('| 1   | 2   |');
  expect((await body(sheaf)).split('\n').length).toBe(4);
});

test('a table is aligned when the caret leaves it, and only then', async ({ sheaf, page }) => {
  await blank(sheaf, 'x\n\n| a | b |\n|---|---|\n| 1 | 2 |');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.type('345');
  expect(await body(sheaf)).toContain('| 1 | 2345 |');
  await page.keyboard.press('Control+Home');
  await expect.poll(() => body(sheaf)).toBe('x\n\n| a   | b    |\n| --- | ---- |\n| 1   | 2345 |');
  await expect(sheaf.page.getByText('Ln 1, Col 1')).toBeVisible();
});

test('lists go on, nest, count and end', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('1. one\ntwo');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.type('three');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('end');
  expect(await body(sheaf)).toBe('1. one\n   1. two\n2. three\nend');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Control+Shift+ArrowUp');
  expect(await body(sheaf)).toBe('1. one\n2. three\n   1. two\nend');
});

test('a dialog over a long note gives it back where it was', async ({ sheaf, page }) => {
  // Focusing an element taller than its pane scrolled it to its top.
  await blank(sheaf, Array.from({ length: 300 }, (_, i) => `line ${i}`).join('\n'));
  const top = (): Promise<number> => sheaf.text().evaluate((e) => e.closest('.scroll')?.scrollTop ?? 0);
  await expect.poll(top).toBeGreaterThan(5_000);
  const before = await top();
  await page.keyboard.press('Control+Shift+p');
  await page.keyboard.press('Escape');
  await expect(sheaf.text()).toBeFocused();
  expect(await top()).toBe(before);
});

test('a task is checked by key and by a click on its box', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('- [ ] milk');
  await page.keyboard.press('Control+Enter');
  expect(await body(sheaf)).toBe('- [x] milk');
  await page.locator('.cm-box').click();
  expect(await body(sheaf)).toBe('- [ ] milk');
  await page.keyboard.type('!');
  expect(await body(sheaf)).toBe('- [ ] milk!');
});

test('the slash menu filters, speaks and leaves', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('/');
  await expect(page.locator('.cm-tooltip').getByRole('listbox')).toBeVisible();
  await expect(sheaf.text()).toHaveAttribute('aria-activedescendant', /.+/);
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.type('callout');
  await expect(page.locator('.cm-tooltip').getByRole('option')).toHaveCount(5);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await body(sheaf)).toBe('> [!TIP]\n> ');
  await page.keyboard.type('a /');
  await page.keyboard.press('Escape');
  await expect(page.locator('.cm-tooltip').getByRole('listbox')).toBeHidden();
  await expect(sheaf.text()).toBeFocused();
  await page.keyboard.type('date b/c');
  expect(await body(sheaf)).toBe('> [!TIP]\n> a /date b/c');
  await page.keyboard.press('Control+Backspace');
  await page.keyboard.press('Control+Backspace');
  await page.keyboard.press('Control+Backspace');
  await page.keyboard.type(' /date');
  await page.keyboard.press('Enter');
  expect(await body(sheaf)).toContain('2026-11-21');
});

// On a busy computer the list came later than the Enter of a quick hand, which then began a line.
test('what stands behind a slash is taken before its list is there', async ({ sheaf, page }) => {
  await blank(sheaf);
  // The list waits for a timer, and none goes off now.
  await page.clock.pauseAt(new Date('2026-11-21T15:00:00+01:00'));
  await page.keyboard.type('/date');
  await expect(page.locator('.cm-tooltip')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await page.clock.resume();
  expect(await body(sheaf)).toBe('2026-11-21');
});

test('pairs and marks go around what is selected', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('a (b');
  expect(await body(sheaf)).toBe('a (b)');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('**');
  expect(await body(sheaf)).toBe('**a (b)**');
});

test('several carets write at once', async ({ sheaf, page }) => {
  await blank(sheaf, 'one\ntwo one\none');
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Control+d');
  await page.keyboard.type('1');
  expect(await body(sheaf)).toBe('1\ntwo 1\n1');
  await page.keyboard.press('Escape');
  await page.keyboard.type('!');
  expect((await body(sheaf)).split('!').length).toBe(2);
  await expect(sheaf.text()).toBeFocused();
});

test('an address over words links them', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('see this');
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await paste(sheaf, { 'text/plain': 'https://a.example/x' });
  expect(await body(sheaf)).toBe('see [this](https://a.example/x)');
});

test('formatted text is pasted as Markdown, plain when asked, and runs nothing', async ({ sheaf, page }) => {
  await blank(sheaf);
  // The key pastes for itself, too: whatever an earlier test copied would come along.
  await page.evaluate(() => navigator.clipboard.writeText(''));
  const html = '<h2>Title</h2><p>with <b>weight</b> and <a href="https://a.example">a link</a></p><iframe srcdoc="<script>parent.ran = true</script>"></iframe><script>window.ran = true</script><table><tr><td>1</td><td>2</td></tr></table>';
  await paste(sheaf, { 'text/html': html, 'text/plain': 'Title with weight' });
  await expect(sheaf.text()).toContainText('## Title');
  expect(await body(sheaf)).toBe('## Title\n\nwith **weight** and [a link](https://a.example)\n\n| 1   | 2   |\n| --- | --- |');
  expect(await page.evaluate(() => (window as unknown as { ran?: boolean }).ran)).toBeUndefined();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Shift+v');
  await paste(sheaf, { 'text/html': html, 'text/plain': 'Title with weight' });
  await expect(sheaf.text()).toHaveText(/Title with weight$/);
});

test('files become links where they were put, though somebody types on', async ({ sheaf, page }) => {
  await sheaf.open('latency=300');
  await blank(sheaf, 'before  after');
  for (let i = 0; i < 6; i += 1) await page.keyboard.press('ArrowLeft');
  await page.getByTestId('attach-files').setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') });
  await expect(page.getByText('Adding plan.pdf…')).toBeVisible();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Right ');
  await expect(page.getByText('Adding plan.pdf…')).toBeHidden();
  expect(await body(sheaf)).toMatch(/^Right before \[plan\.pdf\]\(inkdrop:\/\/file:new\S*\) after$/);
});

const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('a picture is shown in the text, sized by its handle and by menu, and the reader sees the size', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.getByTestId('attach-files').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(dot, 'base64') });
  const picture = page.locator('.cm-picture img');
  await expect.poll(() => picture.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(1);
  await command(sheaf, 'Size of picture');
  await page.getByRole('menuitemradio', { name: 'Medium' }).click();
  expect(await body(sheaf)).toMatch(/^!\[dot w:50%\]/);
  const handle = page.locator('.cm-picture-handle');
  await page.locator('.cm-picture').hover();
  const box = await handle.boundingBox();
  if (box === null) throw new Error('no handle');
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x - 95, box.y + 5, { steps: 4 });
  await page.mouse.up();
  expect(await body(sheaf)).toMatch(/^!\[dot w:\d{2,3}\]/);
  const width = /w:(\d+)/.exec(await body(sheaf))?.[1] ?? '';
  await page.getByTestId('view-preview').click();
  await expect(page.getByTestId('preview').locator('img')).toHaveAttribute('width', width);
  await expect(page.getByTestId('preview').locator('img')).toHaveAttribute('alt', 'dot');
});

test('finding knows case, words, expressions and selections', async ({ sheaf, page }) => {
  await blank(sheaf, 'Cat cat concat\ncat 2026-11-21');
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('cat');
  await expect(page.getByTestId('find-count')).toHaveText('4 matches');
  await page.getByTestId('find-word').click();
  await expect(page.getByTestId('find-count')).toHaveText('3 matches');
  await page.getByTestId('find-case').click();
  await expect(page.getByTestId('find-count')).toHaveText('2 matches');
  await page.getByTestId('find-regexp').click();
  await page.getByTestId('find-field').fill('(\\d+)-(\\d+)-(\\d+)');
  await expect(page.getByTestId('find-count')).toHaveText('1 matches');
  await page.getByTestId('find-field').fill('(');
  await expect(page.getByTestId('find-count')).toHaveText('Not a regular expression');
  await page.getByTestId('find-field').fill('(\\d+)-(\\d+)-(\\d+)');
  await page.getByTestId('find-fold').click();
  await page.getByTestId('replace-field').fill('$3.$2.$1');
  expect(await sheaf.violations()).toEqual([]);
  await page.getByTestId('replace-field').press('Control+Enter');
  expect(await body(sheaf)).toBe('Cat cat concat\ncat 21.11.2026');
  await page.keyboard.press('Escape');
  await expect(sheaf.text()).toBeFocused();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+f');
  await page.getByTestId('find-field').fill('cat');
  await page.getByTestId('find-word').click();
  await page.getByTestId('find-regexp').click();
  await expect(page.getByTestId('find-count')).toHaveText('2 matches');
});

test('a line and a heading are gone to by key', async ({ sheaf, page }) => {
  await blank(sheaf, '# One\n\ntext\n\n## Two\n\nmore\n\n## Three\n');
  await page.keyboard.press('Control+g');
  await page.getByTestId('name-field').fill('99');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('from 1 to 10');
  await page.getByTestId('name-field').fill('3:2');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Ln 3, Col 2')).toBeVisible();
  await expect(sheaf.text()).toBeFocused();
  await page.keyboard.press('Control+Shift+o');
  await expect(page.getByTestId('choice')).toHaveCount(3);
  await page.keyboard.type('thr');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Ln 9, Col 1')).toBeVisible();
  await page.keyboard.press('Control+Alt+o');
  const outline = page.getByTestId('outline');
  await expect(outline.getByRole('button', { name: 'Three' })).toHaveAttribute('aria-current', 'location');
  expect(await sheaf.violations()).toEqual([]);
  await outline.getByRole('button', { name: 'Three' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Ln 1, Col 1')).toBeVisible();
  await expect(outline.getByRole('button', { name: 'One' })).toHaveAttribute('aria-current', 'location');
});

test('the length of the text and of a selection is told', async ({ sheaf, page }) => {
  await blank(sheaf, 'one two three 日本語');
  await expect(page.getByTestId('word-count')).toHaveText(/^[45] words$/);
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+Shift+ArrowRight');
  await expect(page.getByTestId('word-count')).toHaveText(/^1 of [45] words$/);
  await page.getByTestId('word-count').click();
  await expect(page.getByTestId('counts')).toContainText('Reading time');
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('word-count')).toBeFocused();
});

test('focus mode shows nothing but the text and Esc leaves it', async ({ sheaf, page }) => {
  await sheaf.row('Checkpoint and crash safety').click();
  await sheaf.text().click();
  await page.keyboard.press('Control+Shift+d');
  await expect(page.getByTestId('sidebar')).toBeHidden();
  await expect(page.getByTestId('note-list')).toBeHidden();
  await expect(sheaf.text()).toBeFocused();
  await expect(page.locator('.cm-dimmed')).toBeVisible();
  expect(await sheaf.violations()).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('note-list')).toBeVisible();
  await expect(sheaf.text()).toBeFocused();
});

test('with typewriter scrolling the line with the caret keeps its height', async ({ sheaf, page }) => {
  await blank(sheaf, Array.from({ length: 400 }, (_, i) => `line ${i}`).join('\n'));
  await command(sheaf, 'Typewriter scrolling');
  await sheaf.text().focus();
  const heights: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press(i % 2 === 0 ? 'ArrowUp' : 'PageUp');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    heights.push(await page.locator('.cm-cursor-primary').evaluate((e) => e.getBoundingClientRect().top));
  }
  expect(Math.max(...heights.slice(2)) - Math.min(...heights.slice(2))).toBeLessThan(4);
});

test('a remote edit waits until a composed word is done, and nothing of either is lost', async ({ sheaf, page }) => {
  await sheaf.row('Along the river').click();
  const id = await sheaf.openId();
  await sheaf.text().click();
  await page.keyboard.press('Control+End');
  const client = await page.context().newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await client.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  await page.evaluate((note) => window.sheafFake.remoteEdit(note, (row) => { row.body = `Theirs first. ${row.body}`; }), id);
  // The change has been offered: the list, which reads the same event, shows it.
  await expect(sheaf.row('Along the river')).toContainText('Theirs first.');
  await expect(sheaf.text()).not.toContainText('Theirs first.');
  await expect(sheaf.text()).toContainText('にほん');
  await client.send('Input.imeSetComposition', { text: '日本', selectionStart: 2, selectionEnd: 2 });
  await client.send('Input.insertText', { text: '日本' });
  await expect(sheaf.text()).toContainText('Theirs first. Two herons');
  await expect(sheaf.text()).toContainText('日本');
  await expect(sheaf.text()).not.toContainText('にほん');
  await page.keyboard.type('!');
  await sheaf.saved();
  expect(await sheaf.body(id)).toMatch(/^Theirs first\.[\s\S]*日本!$/);
});

test('saving does not disturb a composed word', async ({ sheaf, page }) => {
  await blank(sheaf);
  const client = await page.context().newCDPSession(page);
  await page.keyboard.type('- [ ] a ');
  await client.send('Input.imeSetComposition', { text: 'かん', selectionStart: 2, selectionEnd: 2 });
  await sheaf.saved();
  await client.send('Input.imeSetComposition', { text: 'かんじ', selectionStart: 3, selectionEnd: 3 });
  await sheaf.saved();
  await client.send('Input.insertText', { text: '漢字' });
  await page.keyboard.press('Enter');
  await page.keyboard.type('b');
  expect(await body(sheaf)).toBe('- [ ] a 漢字\n- [ ] b');
});

test('text from right to left begins at the right, line by line', async ({ sheaf, page }) => {
  await blank(sheaf, 'left\n- [ ] שלום\nשלום עולם');
  const lines = page.locator('.cm-line');
  await expect(lines.nth(0)).not.toHaveAttribute('dir');
  await expect(lines.nth(1)).toHaveAttribute('dir', 'rtl');
  await expect(lines.nth(2)).toHaveAttribute('dir', 'rtl');
  await page.keyboard.press('Home');
  const caret = await page.locator('.cm-cursor-primary').evaluate((e) => e.getBoundingClientRect().left);
  const edge = await lines.nth(2).evaluate((e) => e.getBoundingClientRect().right);
  expect(Math.abs(caret - edge)).toBeLessThan(6);
});

test('Vim is turned on in preferences, moves, writes, and keeps its keys', async ({ sheaf, page }) => {
  await sheaf.page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-editor').click();
  await page.getByRole('switch', { name: 'Vim keys' }).click();
  await page.keyboard.press('Escape');
  await blank(sheaf);
  await expect(page.getByTestId('vim-mode')).toHaveText('Normal');
  await page.keyboard.type('ione two');
  await expect(page.getByTestId('vim-mode')).toHaveText('Insert');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('vim-mode')).toHaveText('Normal');
  await expect(sheaf.text()).toBeFocused();
  await page.keyboard.type('0cwthree');
  await page.keyboard.press('Escape');
  await page.keyboard.type('uu');
  expect(await body(sheaf)).toBe('one two');
  await page.keyboard.press('Control+r');
  await page.keyboard.press('Control+r');
  expect(await body(sheaf)).toBe('three two');
  await page.keyboard.type(':w');
  await page.keyboard.press('Enter');
  await page.keyboard.type(':q');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('note-list')).toBeFocused();
});

test('each note keeps its own steps of undo', async ({ sheaf, page }) => {
  await blank(sheaf);
  await page.keyboard.type('first');
  await sheaf.row('Along the river').click();
  await sheaf.text().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' second');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(sheaf.text()).toHaveText('first');
  await sheaf.text().click();
  await page.keyboard.press('Control+z');
  await expect(sheaf.text()).not.toContainText('first');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(sheaf.text()).toContainText(' second');
});

test('preferences of the editor are in force at once and stay', async ({ sheaf, page }) => {
  await page.getByTestId('open-preferences').click();
  await page.getByTestId('prefs-editor').click();
  expect(await sheaf.violations()).toEqual([]);
  await page.getByRole('switch', { name: 'Typographic signs' }).click();
  await page.getByTestId('prefs-language').selectOption('de');
  await page.getByTestId('indent-4').click();
  await page.keyboard.press('Escape');
  await blank(sheaf);
  await page.keyboard.type('Er sagte "ja"...');
  expect(await body(sheaf)).toBe('Er sagte „ja“…');
  await expect(sheaf.text()).toHaveAttribute('lang', 'de');
  await page.keyboard.press('Control+z');
  expect(await body(sheaf)).toBe('Er sagte „ja“...');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await body(sheaf)).toBe('Er sagte „ja“...\n    ');
});

// All of the line was drawn once before CodeMirror knew how high it is: the window stood still for nineteen seconds.
test('of a line of 900,000 letters only what is in sight is ever drawn, and it is written in like any other', async ({ sheaf, page }) => {
  const word = 'abcdefghij'.repeat(90_000);
  const [id, other] = await page.evaluate(() => [...window.sheafFake.store.notes.keys()]);
  await page.evaluate(({ note, text }) => {
    const host = window.sheafFake as unknown as { store: { row: (of: string) => { body: string; version: number } }; changed: (ids: string[]) => void };
    const row = host.store.row(note);
    row.body = text;
    row.version += 1;
    host.changed([note]);
    const own = window as unknown as { drawn: number };
    own.drawn = 0;
    new MutationObserver(() => { own.drawn = Math.max(own.drawn, document.querySelector('.cm-content')?.textContent.length ?? 0); }).observe(document, { subtree: true, childList: true, characterData: true });
    // Once for every measurement: what is drawn and replaced at once escapes an observer.
    const measured = Object.getOwnPropertyDescriptor(Element.prototype, 'getBoundingClientRect')?.value as () => DOMRect;
    Element.prototype.getBoundingClientRect = function rect() {
      own.drawn = Math.max(own.drawn, document.querySelector('.cm-content')?.textContent.length ?? 0);
      return measured.call(this);
    };
  }, { note: id ?? '', text: `wide ${word}` });
  const show = async (of: string): Promise<void> => {
    await page.locator(`[data-testid="note-row"][data-id="${of}"]`).click();
    await expect(page.locator(`[data-testid="note-row"][data-id="${of}"][aria-selected="true"]`)).toBeVisible();
  };
  await show(other ?? '');
  await show(id ?? '');
  await expect(sheaf.text()).toContainText('wide abcdefghij');
  await page.keyboard.press('Escape');
  await sheaf.text().click({ position: { x: 40, y: 8 } });
  await page.keyboard.press('Control+Home');
  for (let step = 0; step < 30; step += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.type('XY');
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('Z');
  const whole = `wide ${word}`;
  await sheaf.saved();
  expect(await sheaf.body(id ?? '')).toBe(`${whole.slice(0, 30)}X${whole.slice(30)}Z`);
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('Control+z');
  await sheaf.saved();
  expect(await sheaf.body(id ?? '')).toBe(whole);
  expect(await page.evaluate(() => (window as unknown as { drawn: number }).drawn)).toBeLessThan(60_000);
});
