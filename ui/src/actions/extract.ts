// A part of a note becomes a note of its own; a link stays where it was.

import { call } from '../ipc/call';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { attempt } from './attempt';
import { editor } from './editor-handle';
import { linkTo } from './note';
import type { Action } from './registry';
import { writing } from './writing';

const LONGEST_TITLE = 120;

/** The first line names the note, without the marks of a heading, a list or a quote; all else is its text. */
export function titleAndBody(selected: string): { title: string; body: string } {
  const lines = selected.replace(/^\s*\n/, '').trimEnd().split('\n');
  const first = (lines[0] ?? '').replace(/^\s*(?:#{1,6}\s+|>\s?|(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?)+/, '').replace(/\s+#+\s*$/, '').trim();
  const letters = [...first];
  // A paragraph is no title: all of it stays in the text.
  if (letters.length > LONGEST_TITLE) return { title: `${letters.slice(0, 60).join('').replace(/\s+\S*$/, '')}…`, body: lines.join('\n') };
  return { title: first, body: lines.slice(1).join('\n').replace(/^(?:\s*\n)+/, '') };
}

async function extract(app: App): Promise<void> {
  const { note } = app;
  const handle = editor();
  if (note === null || handle === null) return;
  const { view } = handle;
  const { from, to } = view.state.selection.main;
  const selected = view.state.sliceDoc(from, to);
  if (selected.trim() === '') return;
  const { title, body } = titleAndBody(selected);
  await attempt(app, async () => {
    const made = await call('create_note', { notebook: note.detail.place.kind === 'notebook' ? note.detail.place.id : null, title, body, tags: [], status: 'none' });
    // Somebody typed meanwhile: the words stay, and the new note is a copy of them.
    const link = `[${title.replace(/[[\]\\]/g, '\\$&') || text.untitled}](${linkTo(made.id)})`;
    if (app.note === note && view.state.sliceDoc(from, to) === selected) {
      const after = selected.endsWith('\n') ? '\n' : '';
      view.dispatch({ changes: { from, to, insert: link + after }, selection: { anchor: from + link.length }, userEvent: 'input.extract', scrollIntoView: true });
    }
    app.overlays.say({ icon: 'compose', message: text.editing.extracted(title || text.untitled) });
    await app.list.reload(false);
  });
}

const selecting = (app: App): boolean => writing(app) && editor()?.view.state.selection.main.empty === false;

export const extractActions: Action[] = [
  { id: 'note.extract', group: 'note', icon: 'compose', keys: 'Mod-Alt-x', within: 'editor', when: selecting, run: extract },
];
