// The note as it goes to paper: beside the window, in the light theme, seen by the printer alone.

import { call } from '../ipc/call';
import type { OpenNote } from '../state/open-note.svelte';
import { text } from '../text';
import { languageOf } from '../text/format';
import { enrich } from './enrich';
import { frontMatter } from './front-matter';
import { previewNodes } from './preview-dom';

const loaded = (picture: HTMLImageElement): Promise<void> => new Promise((done) => {
  if (picture.complete) {
    done();
    return;
  }
  picture.addEventListener('load', () => done(), { once: true });
  // A picture that is missing leaves its words.
  picture.addEventListener('error', () => done(), { once: true });
});

/** Resolves when everything that is printed has been drawn. */
export async function prepare(note: OpenNote, allowRemoteImages: boolean): Promise<void> {
  document.querySelector('body > .printed')?.remove();
  const page = document.createElement('div');
  page.className = 'printed';
  page.dataset['theme'] = 'light';
  page.setAttribute('aria-hidden', 'true');
  const title = document.createElement('h1');
  title.className = 'title';
  title.textContent = note.title === '' ? text.untitled : note.title;
  const lang = languageOf(note.title);
  if (lang !== undefined) title.lang = lang;
  const body = document.createElement('article');
  body.className = 'md';
  const { html, fields } = await call('render', { source: note.text.toString(), allowRemoteImages });
  body.append(previewNodes(html, { onshow: () => undefined, readOnly: true }));
  const head = frontMatter(fields);
  if (head !== null) body.prepend(head);
  for (const picture of body.querySelectorAll('img')) picture.loading = 'eager';
  for (const row of body.querySelectorAll('.remote-row button')) row.remove();
  page.append(title, body);
  document.body.append(page);
  await enrich(body, () => page.isConnected);
  await Promise.all([...body.querySelectorAll('img')].map(loaded));
  await document.fonts.ready;
}
