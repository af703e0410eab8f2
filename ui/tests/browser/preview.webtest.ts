// What a reader sees: formulas, diagrams, footnotes, links, contents, colours; and that nothing a
// note says can run or fetch.

import { expect, test, type Sheaf } from './window';

const everything = `---
title: "A: b"
tags: [one, two]
---
[TOC]

# Waves

Inline $a^2 + b^2 = c^2$ and a price of $5 and $6.

$$
\\int_0^1 x\\,dx = \\frac{1}{2}
$$

See [[Rain all day]], [[Rain all day|the rain]] and [the walk](inkdrop://note/walk).[^1]

## Colours

\`#29599f\`, \`rgb(200, 80, 20)\`, \`hsl(120 50% 40%)\`, \`#nothing\`.

> [!TIP]
> Keep it short.

- [ ] first
- [x] second

\`\`\`mermaid
flowchart LR
  A[Write] --> B{Saved?}
  B -->|yes| C[Sync]
\`\`\`

\`\`\`rust
fn main() {}
\`\`\`

[^1]: Along the *river*.
`;

async function read(sheaf: Sheaf, source: string): Promise<void> {
  const { page } = sheaf;
  await page.keyboard.press('Control+n');
  await expect(sheaf.title()).toBeFocused();
  await page.keyboard.type('Trial');
  await page.keyboard.press('Enter');
  await expect(sheaf.text()).toBeFocused();
  await page.evaluate((words) => {
    const clipboard = new DataTransfer();
    clipboard.setData('text/plain', words);
    document.querySelector('[data-testid="editor"]')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true }));
  }, source);
  await sheaf.saved();
  await page.keyboard.press('Control+e');
  await expect(page.getByTestId('preview')).toBeVisible();
}

test.beforeEach(({ sheaf }) => sheaf.open());

test('formulas, diagrams, contents, colours and properties are drawn', async ({ sheaf, page }) => {
  await read(sheaf, everything);
  const md = page.getByTestId('preview');
  await expect(md.locator('.katex')).toHaveCount(2);
  await expect(md.locator('.math-display .katex-display')).toBeVisible();
  await expect(md.locator('.diagram img')).toBeVisible();
  await expect(md.locator('.diagram img')).toHaveAttribute('alt', /Write.*Saved\?/);
  await expect(md.locator('.toc a')).toHaveText(['Waves', 'Colours']);
  await expect(md.locator('.swatch')).toHaveCount(3);
  await expect(md.locator('.front-matter')).toContainText('one, two');
  await expect(md.locator('pre code span').first()).toBeVisible();
  expect(await sheaf.violations()).toEqual([]);
});

test('a diagram takes the colours of the theme', async ({ sheaf, page }) => {
  await read(sheaf, everything);
  const picture = page.locator('.diagram img');
  await expect(picture).toBeVisible();
  const light = await picture.getAttribute('src');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => picture.getAttribute('src')).not.toBe(light);
});

test('a wiki link and a note link lead to their notes, a footnote and the contents to their places', async ({ sheaf, page }) => {
  await read(sheaf, everything);
  await page.getByRole('link', { name: 'the rain' }).click();
  await expect(sheaf.title()).toHaveValue('Rain all day');
  await page.keyboard.press('Alt+ArrowLeft');
  await page.getByRole('link', { name: 'the walk' }).click();
  await expect(sheaf.title()).toHaveValue('Along the river');
});

test('what a formula or a diagram says stays words', async ({ sheaf, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => { if (!request.url().startsWith('http://localhost') && !request.url().startsWith('data:') && !request.url().startsWith('blob:')) asked.push(request.url()); });
  await read(sheaf, [
    '$\\href{javascript:window.ran=1}{x}$ $\\includegraphics{https://evil.example/a.png}$ $\\htmlStyle{background:url(https://evil.example/b)}{x}$ $\\def\\a{\\a\\a}\\a$',
    '```mermaid\nflowchart LR\n  A["<img src=x onerror=window.ran=1>"] --> B\n  click A "javascript:window.ran=1"\n```',
    '```mermaid\n%%{init: {"securityLevel": "loose", "themeCSS": "* { background: url(https://evil.example/c) }"}}%%\nflowchart LR\n  C --> D\n```',
    '```mermaid\nflowchart LR\n  E --> F\n  style E fill:u\\72l(https://evil.example/d)\n```',
    '```mermaid\nflowchart LR\n  G@{ img: "https://evil.example/e.png", label: "x" }\n```',
    '```mermaid\nthis is no diagram\n```',
    '',
  ].join('\n\n'));
  const md = page.getByTestId('preview');
  await expect(md.locator('.diagram-fault')).toHaveCount(4);
  await expect(md.locator('.diagram img')).toHaveCount(1);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
  expect(await md.locator('[href^="javascript"], script, iframe').count()).toBe(0);
  expect(asked).toEqual([]);
});

test('the note is copied as Markdown, as HTML and with its format', async ({ sheaf, page }) => {
  await read(sheaf, '- [x] done\n\n[a](inkdrop://note/walk) **b**\n');
  const run = async (name: string): Promise<void> => {
    await page.keyboard.press('Control+Shift+p');
    await page.getByTestId('chooser-field').fill(name);
    await page.keyboard.press('Enter');
    await expect(page.getByText(/^Copied/)).toBeVisible();
  };
  await run('Copy note as Markdown');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('# Trial\n\n- [x] done\n\n[a](inkdrop://note/walk) **b**\n');
  await run('Copy note as HTML');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('<h1>Trial</h1>');
  const html = await page.evaluate(() => navigator.clipboard.readText());
  expect(html).toContain('☑');
  expect(html).toContain('href="inkdrop://note/walk"');
  expect(html).not.toMatch(/data-|class=/);
  await run('Copy note as formatted text');
  await expect.poll(() => page.evaluate(async () => (await navigator.clipboard.read())[0]?.types.join())).toContain('text/html');
});

test('paper gets the note and nothing of the window', async ({ sheaf, page }) => {
  await read(sheaf, everything);
  await page.keyboard.press('Control+p');
  await expect.poll(() => page.evaluate(() => window.sheafFake.printed)).toBe(1);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.locator('.printed .title')).toHaveText('Trial');
  await expect(page.locator('.printed .katex').first()).toBeVisible();
  await expect(page.locator('.printed .diagram img')).toBeVisible();
  await expect(sheaf.text().or(page.getByTestId('preview'))).toBeHidden();
});

// Every pause in typing used to make the whole preview anew: pictures loaded again, code lost its colours for a moment,
// and what was selected was selected no more.
test('what did not change keeps its elements while somebody types, and knows its new place', async ({ sheaf, page }) => {
  await read(sheaf, `# One\n\nabove\n\n- [ ] task\n\n\`\`\`rust\nfn main() {}\n\`\`\`\n\n$a^2$\n\n\`\`\`mermaid\nflowchart LR\n  A --> B\n\`\`\`\n\nbelow\n`);
  await page.getByTestId('view-split').click();
  const md = page.getByTestId('preview');
  await expect(md.locator('.hl-keyword')).toHaveText('fn');
  await expect(md.locator('.katex')).toBeVisible();
  await expect(md.locator('.diagram img')).toBeVisible();
  await md.evaluate((root) => {
    for (const element of root.querySelectorAll('h1, p, ul, .code, .diagram')) (element as HTMLElement & { kept?: boolean }).kept = true;
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver((changes) => { for (const change of changes) for (const node of change.addedNodes) if (node instanceof HTMLElement) seen.push(node.textContent ?? ''); }).observe(root, { childList: true, subtree: true });
  });
  const kept = (): Promise<string[]> => md.evaluate((root) => [...root.querySelectorAll('h1, p, ul, .code, .diagram')].filter((e) => (e as HTMLElement & { kept?: boolean }).kept !== true).map((e) => e.textContent?.trim() ?? ''));
  await sheaf.text().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type('and\n\nfar ');
  await expect(md).toContainText('far above');
  expect(await kept()).toEqual(['and', 'far above']);
  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen.filter((t) => t.includes('fn') || t.includes('below')))).toEqual([]);
  // The box writes to where the task is now.
  await md.getByRole('checkbox').check();
  await sheaf.saved();
  expect(await sheaf.body(await sheaf.openId())).toContain('far above\n\n- [x] task');
  // Another theme draws diagrams in its colours.
  const before = await md.locator('.diagram img').getAttribute('src');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => md.locator('.diagram img').getAttribute('src')).not.toBe(before);
});

test('a reader comes back to where the note was left', async ({ sheaf, page }) => {
  await read(sheaf, Array.from({ length: 200 }, (_, i) => `paragraph ${i}`).join('\n\n'));
  const scroller = page.locator('.half.left');
  const top = (): Promise<number> => scroller.evaluate((e) => e.scrollTop);
  await scroller.evaluate((e) => { e.scrollTop = 1_500; });
  await expect.poll(top).toBe(1_500);
  await sheaf.row('Along the river').click();
  await expect(page.getByTestId('preview')).toContainText('Two herons');
  await expect.poll(top).toBe(0);
  await sheaf.row('Trial').click();
  await expect(page.getByTestId('preview')).toContainText('paragraph 199');
  await expect.poll(top).toBe(1_500);
});

// The window asks no other host: its own address of a picture would mean nothing where it is pasted.
test('a picture of the web comes through the app, and is copied under its own address', async ({ page }) => {
  await page.locator('[data-id="note:backoff"]').first().click();
  await page.getByTestId('view-split').click();
  const preview = page.getByTestId('preview');
  await preview.locator('.remote-row button').click();
  const picture = preview.locator('img[data-address]');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
  expect(await picture.getAttribute('src')).not.toContain('https:');
  const copied = await preview.evaluate((root) => {
    getSelection()?.selectAllChildren(root);
    const data = new DataTransfer();
    const event = new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true });
    root.dispatchEvent(event);
    return { html: data.getData('text/html'), words: data.getData('text/plain'), taken: event.defaultPrevented };
  });
  expect(copied.taken).toBe(true);
  expect(copied.html).toContain('src="https://pictures.example.org/backoff.png"');
  expect(copied.html).not.toContain('data-address');
  expect(copied.words).toContain('What it costs');
});
