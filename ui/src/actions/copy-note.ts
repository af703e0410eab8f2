// The open note for other programs: as Markdown, as HTML, as formatted text, on paper.

import { call } from '../ipc/call';
import type { App } from '../state/app.svelte';
import type { OpenNote } from '../state/open-note.svelte';
import { text } from '../text';
import { attempt } from './attempt';
import { copyKinds, type Kinds } from './clipboard';
import type { Action } from './registry';

const open = (app: App): boolean => app.note !== null && app.layout.page === 'notes' && app.selection.ids.size <= 1;

function markdownOf(note: OpenNote): string {
  const body = note.text.toString();
  const title = note.title.trim();
  // A note that begins with its own title does not say it twice.
  const said = /^\s*#\s+(.+?)\s*#*\s*(?:\n|$)/.exec(body)?.[1]?.trim() === title;
  return title === '' || said ? body : `# ${title}\n\n${body}`;
}

/** The rendered note without what only this window understands. */
async function htmlOf(note: OpenNote): Promise<string> {
  const { html } = await call('render', { source: note.text.toString(), allowRemoteImages: true });
  const template = document.createElement('template');
  template.innerHTML = html;
  const { content } = template;
  for (const box of content.querySelectorAll<HTMLInputElement>('input')) box.replaceWith(box.checked ? '☑' : '☐');
  for (const link of content.querySelectorAll('a')) {
    const href = link.getAttribute('href') ?? '';
    const target = /^(?:inkdrop|sheaf):\/\/note[/:](?:note:)?([^/?#]+)/i.exec(href)?.[1];
    if (target !== undefined) link.setAttribute('href', `inkdrop://note/${target}`);
    else if (!/^(?:https?:|mailto:|#)/i.test(href)) link.replaceWith(...link.childNodes);
  }
  for (const picture of content.querySelectorAll('img')) if (!/^(?:https?:|data:)/i.test(picture.getAttribute('src') ?? '')) picture.replaceWith(picture.alt);
  for (const element of content.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) if (name.startsWith('data-') || name === 'loading' || name === 'decoding' || name === 'rel' || (name === 'class' && !value.startsWith('language-'))) element.removeAttribute(name);
  }
  if (note.title.trim() !== '') {
    const title = document.createElement('h1');
    title.textContent = note.title;
    content.prepend(title, '\n');
  }
  return template.innerHTML;
}

type Kind = keyof typeof text.reading.copied;

async function kindsOf(note: OpenNote, kind: Kind): Promise<Kinds> {
  if (kind === 'markdown') return { 'text/plain': markdownOf(note) };
  const html = await htmlOf(note);
  return kind === 'html' ? { 'text/plain': html } : { 'text/html': html, 'text/plain': markdownOf(note) };
}

const copyAs = (kind: Kind) => async (app: App): Promise<void> => {
  const { note } = app;
  if (note === null) return;
  try {
    await copyKinds(await kindsOf(note, kind));
    app.overlays.say({ icon: 'copy', message: text.reading.copied[kind] });
  } catch {
    app.overlays.say({ icon: 'error', message: text.reading.copyFailed });
  }
};

async function print(app: App): Promise<void> {
  const { note } = app;
  if (note === null) return;
  await attempt(app, async () => {
    await (await import('../views/printing')).prepare(note, app.preferences.values.remoteImages || app.picturesShown.has(note.id));
    await call('print');
  });
}

export const copyActions: Action[] = [
  { id: 'note.copyMarkdown', group: 'note', icon: 'copy', when: open, run: copyAs('markdown') },
  { id: 'note.copyHtml', group: 'note', icon: 'copy', when: open, run: copyAs('html') },
  { id: 'note.copyRich', group: 'note', icon: 'copy', keys: 'Mod-Alt-Shift-c', when: open, run: copyAs('rich') },
  { id: 'note.print', group: 'note', icon: 'print', keys: 'Mod-p', when: open, run: print },
];
