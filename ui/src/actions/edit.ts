// Text: marks, headings, lists, find, undo.

import type { TextCommand } from '../editor/text-commands';
import type { App } from '../state/app.svelte';
import { editor, findWish } from './editor-handle';
import type { Action } from './registry';

const writing = (app: App): boolean => app.layout.page === 'notes' && editor() !== null && app.layout.mode !== 'preview' && app.note?.detail.place.kind !== 'trash';

function run(name: TextCommand): () => void {
  return () => editor()?.run(name);
}

export function openFind(app: App, replace: boolean): void {
  const hidden = app.layout.mode === 'preview' || editor() === null;
  if (app.layout.mode === 'preview') app.layout.mode = 'edit';
  app.layout.single = 'note';
  const find = () => {
    findWish.replace = replace;
    editor()?.find();
  };
  // In preview there is no editor until the next frame. Where there is one, the panel has the
  // keyboard before the next key: the first letter of what is looked for once went into the text.
  if (hidden) requestAnimationFrame(find);
  else find();
}

const open = (app: App): boolean => app.layout.page === 'notes' && app.note !== null;

export const editActions: Action[] = [
  { id: 'edit.find', group: 'edit', icon: 'search', keys: 'Mod-f', when: open, run: (app) => openFind(app, false) },
  { id: 'edit.replace', group: 'edit', icon: 'search', keys: 'Mod-h', mac: 'Mod-Alt-f', when: writing, run: (app) => openFind(app, true) },
  { id: 'edit.undo', group: 'edit', icon: 'undo', keys: 'Mod-z', native: true, when: writing, run: run('undo') },
  { id: 'edit.redo', group: 'edit', icon: 'undo', keys: 'Mod-Shift-z', native: true, when: writing, run: run('redo') },
  { id: 'edit.bold', group: 'edit', icon: 'text', keys: 'Mod-b', within: 'editor', when: writing, run: run('bold') },
  { id: 'edit.italic', group: 'edit', icon: 'text', keys: 'Mod-i', within: 'editor', when: writing, run: run('italic') },
  { id: 'edit.strike', group: 'edit', icon: 'text', keys: 'Mod-Shift-x', within: 'editor', when: writing, run: run('strike') },
  { id: 'edit.code', group: 'edit', icon: 'terminal', keys: 'Mod-`', within: 'editor', when: writing, run: run('code') },
  { id: 'edit.link', group: 'edit', icon: 'link', keys: 'Mod-k', within: 'editor', when: writing, run: run('link') },
  ...([1, 2, 3, 4, 5, 6] as const).map((level): Action => ({ id: `edit.heading${level}`, group: 'edit', icon: 'hash', keys: `Mod-Alt-${level}`, within: 'editor', when: writing, run: run(`heading${level}`) })),
  { id: 'edit.quote', group: 'edit', icon: 'text', keys: "Mod-'", within: 'editor', when: writing, run: run('quote') },
  { id: 'edit.list', group: 'edit', icon: 'notes', keys: 'Mod-Shift-8', within: 'editor', when: writing, run: run('list') },
  { id: 'edit.numbers', group: 'edit', icon: 'notes', keys: 'Mod-Shift-7', within: 'editor', when: writing, run: run('numbers') },
  { id: 'edit.task', group: 'edit', icon: 'check', keys: 'Mod-Shift-9', within: 'editor', when: writing, run: run('task') },
  { id: 'edit.toggleTask', group: 'edit', icon: 'check', keys: 'Mod-Enter', within: 'editor', when: writing, run: run('toggleTask') },
];
