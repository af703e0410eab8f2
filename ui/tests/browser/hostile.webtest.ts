// The corpus of attacks wherever the window shows words that somebody wrote: list, editor, titles, names of tags and
// notebooks, snippets, palette, versions, the merge view, mentions, what is pasted. Nothing of it runs, asks for
// anything, or becomes an element. (What the engine's sanitiser does with it is tested with the engine; the fake
// host has no such duty, so the preview is left to the tests of the real window.)

import { readFileSync } from 'node:fs';

import { expect, test, type Sheaf } from './window';

const corpus = JSON.parse(readFileSync(new URL('../../../crates/markdown/src/tests/hostile.json', import.meta.url), 'utf8')) as Record<'active' | 'confusing' | 'addresses' | 'forged' | 'markdown', string[]>;
const attacks = [...corpus.active, ...corpus.confusing, ...corpus.forged, ...corpus.markdown, ...corpus.addresses.flatMap((address) => [`[x](${address})`, `<a href="${address}">x</a>`])];

interface Guts {
  changed(ids: string[]): void;
  emit(event: object): void;
  history: { kept: Map<string, { content: { title: string; body: string } }[]> };
}

class Watch {
  readonly wrong: string[] = [];

  constructor(private readonly sheaf: Sheaf) {
    const { page } = sheaf;
    page.on('dialog', (dialog) => { this.wrong.push(`a dialog: ${dialog.message()}`); void dialog.dismiss(); });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.hostname !== 'localhost') this.wrong.push(`asked for ${request.url()}`);
    });
    page.on('framenavigated', (frame) => { if (frame.parentFrame() !== null) this.wrong.push(`a frame: ${frame.url()}`); });
  }

  /** The policy must not have been needed: whatever it stops has already come too far. */
  async begin(): Promise<void> {
    await this.sheaf.page.evaluate(() => {
      const own = window as unknown as { refused: string[]; scripts: number };
      own.refused = [];
      own.scripts = document.querySelectorAll('script').length;
      addEventListener('securitypolicyviolation', (event) => own.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
  }

  async look(where: string): Promise<void> {
    const found = await this.sheaf.page.evaluate(() => {
      const own = window as unknown as { refused: string[]; scripts: number };
      const bad = [...document.querySelectorAll('*')].filter((element) =>
        element.getAttributeNames().some((name) => name.startsWith('on') || name === 'srcdoc' || name === 'formaction' || name === 'ping')
        || ['IFRAME', 'FRAME', 'OBJECT', 'EMBED', 'BASE', 'PORTAL', 'TEMPLATE', 'MARQUEE'].includes(element.tagName)
        || /^\s*(?:javascript|vbscript|data:text)/i.test(element.getAttribute('href') ?? ''));
      return [
        ...own.refused, ...bad.map((element) => element.outerHTML.slice(0, 200)),
        ...(document.querySelectorAll('script').length > own.scripts ? ['a script more'] : []),
        ...(document.querySelector('meta[http-equiv="refresh" i]') === null ? [] : ['a refresh']),
      ];
    });
    expect([...found, ...this.wrong], where).toEqual([]);
  }
}

/** Every title, name and text there is becomes an attack; `from` says which are the first. */
async function plant(sheaf: Sheaf, from: number): Promise<void> {
  await sheaf.page.evaluate(({ all, first }) => {
    const host = window.sheafFake;
    const guts = host as unknown as Guts;
    let at = first;
    const next = (): string => all[at++ % all.length] ?? '';
    const everything = all.join('\n\n');
    for (const row of host.store.notes.values()) {
      row.version += 1;
      row.title = next();
      row.body = `${next()}\n\n## ${next()}\n\n${everything}`;
      for (const other of row.others) {
        other.content = { ...other.content, title: next(), body: `${next()}\n\n${everything.slice(0, 4000)}` };
        if (other.base !== null) other.base = { ...other.base, title: next(), body: next() };
      }
    }
    for (const versions of guts.history.kept.values()) for (const version of versions) version.content = { ...version.content, title: next(), body: `${next()}\n\n${next()}\n\n${next()}` };
    for (const book of host.store.books) book.name = next();
    for (const tag of host.store.tags) tag.name = next();
    guts.changed([...host.store.notes.keys()]);
    guts.emit({ type: 'sidebarChanged' });
  }, { all: attacks, first: from });
}

for (const round of [0, 1, 2, 3]) {
  test(`attacks come to nothing wherever words are shown, round ${round + 1}`, async ({ sheaf, page }) => {
    const watch = new Watch(sheaf);
    await sheaf.open('sync=attention');
    await watch.begin();
    await plant(sheaf, Math.floor((round * attacks.length) / 4));
    await expect(page.getByTestId('note-row').first()).toBeVisible();
    await watch.look('list and sidebar');

    for (const index of [0, 1, 2, 5]) {
      await sheaf.rows().nth(index).click();
      await expect(sheaf.text()).toBeVisible();
      await watch.look(`editor, note ${index}`);
    }
    await sheaf.rows().first().click();
    await page.getByTestId('search').fill('alert');
    await expect(page.locator('mark').first()).toBeVisible();
    await watch.look('snippets and hits');
    await page.getByTestId('search').fill('tag:');
    await watch.look('completion of the search');
    await page.getByTestId('search').fill('');

    await page.keyboard.press('Control+o');
    await page.keyboard.type('<');
    await watch.look('quick switcher');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Shift+p');
    await page.keyboard.type('move');
    await page.keyboard.press('Enter');
    await watch.look('palette and the choice of a notebook');
    await page.keyboard.press('Escape');

    await sheaf.rows().first().click({ button: 'right' });
    await watch.look('menu');
    await page.keyboard.press('Escape');
    for (const place of [3, 4, 5]) {
      await page.getByTestId('sidebar').getByRole('treeitem').nth(place).click();
      await watch.look(`place ${place}`);
    }
    await page.getByTestId('sidebar').getByRole('treeitem').first().click();

    await page.evaluate(() => window.sheafFake.call('list_notes', { scope: { kind: 'all' }, search: '', sort: { key: 'updated', ascending: false }, offset: 0, limit: 1 }));
    const checkpoint = page.locator('[data-id="note:checkpoint"]');
    await checkpoint.first().click();
    await page.getByTestId('open-history').click();
    await expect(page.getByTestId('version').first()).toBeVisible();
    for (let index = 0; index < (await page.getByTestId('version').count()); index += 1) {
      await page.getByTestId('version').nth(index).click();
      await watch.look(`version ${index}, what changed`);
      await page.getByTestId('history-text').click();
      await watch.look(`version ${index}, its text`);
    }
    await page.keyboard.press('Escape');

    await page.locator('[data-id="note:pull"]').first().click();
    await page.getByTestId('conflicted').click();
    await expect(page.getByTestId('merge')).toBeVisible();
    await watch.look('merge view');
    await page.getByTestId('all-theirs').click();
    await watch.look('merge view, decided');
    await page.keyboard.press('Escape');
  });
}

test.describe('without the content policy', () => {
 test.use({ bypassCSP: true });
 // Chromium reports handlers to the policy while it reads them, also in a document in which none can ever run;
 // so here nothing but the conversion stands in the way.
 test('what is pasted becomes Markdown and nothing else', async ({ sheaf, page }) => {
  const watch = new Watch(sheaf);
  await sheaf.open();
  await watch.begin();
  await sheaf.text().click();
  for (const attack of attacks) {
    await page.evaluate((html) => {
      const data = new DataTransfer();
      data.setData('text/html', html);
      data.setData('text/plain', 'pasted');
      document.querySelector('.cm-content')?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, attack);
  }
  await watch.look('editor after pasting');
  const body = await page.locator('.cm-content').evaluate((element) => element.textContent);
  expect(body).not.toMatch(/\]\(\s*(?:javascript|vbscript|data:text)/i);
  await sheaf.saved();
 });
});

test('fifty megabytes, a line of a million letters, and marks inside each other by the thousand freeze nothing', async ({ sheaf, page }) => {
  await sheaf.open();
  const bombs: [string, string][] = [
    ['note:checkpoint', `big\n${'ink and straw carry everything\n'.repeat(1_700_000)}`],
    ['note:pull', `wide ${'a'.repeat(1_000_000)}`],
    ['note:backoff', `${'> '.repeat(10_000)}deep`],
    ['note:design', `${'- '.repeat(5_000)}deep`],
    ['note:emphasis', `${'*a '.repeat(20_000)}${'b* '.repeat(20_000)}`],
    ['note:brackets', `${'['.repeat(20_000)}x${'](y)'.repeat(20_000)}`],
  ];
  const ids = await page.evaluate(() => [...window.sheafFake.store.notes.keys()].slice(0, 6));
  for (const [index, [, body]] of bombs.entries()) {
    await page.evaluate(({ id, text }) => {
      const row = window.sheafFake.store.row(id);
      row.body = text;
      row.version += 1;
      (window.sheafFake as unknown as Guts).changed([id]);
    }, { id: ids[index] ?? '', text: body });
  }
  for (const id of ids) {
    await page.locator(`[data-id="${id}"]`).first().click();
    await expect(page.locator(`[data-id="${id}"][aria-selected="true"]`).first()).toBeVisible();
    // Whoever can answer within a second is not frozen.
    const answered = await page.evaluate(() => new Promise<number>((done) => { const at = performance.now(); requestAnimationFrame(() => setTimeout(() => { done(performance.now() - at); })); }));
    expect(answered).toBeLessThan(1_000);
    await sheaf.text().click();
    await page.keyboard.type('still here');
    await expect(sheaf.text()).toContainText('still here');
  }
});
