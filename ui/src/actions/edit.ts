// Text: marks, headings, lists, find, undo.

import { redo, undo } from '@codemirror/commands';
import { openSearchPanel } from '@codemirror/search';
import type { StateCommand } from '@codemirror/state';

import { flipTasks, insertLink, toggleBullets, toggleHeading, toggleMark, toggleNumbers, toggleQuote, toggleTasks } from '../editor/commands';
import type { App } from '../state/app.svelte';
import { editor, findWish } from './editor-handle';
import type { Action } from './registry';

const writing = (app: App): boolean => app.layout.page === 'notes' && editor() !== null && app.layout.mode !== 'preview' && app.note?.detail.place.kind !== 'trash';

function run(command: StateCommand): () => void {
  return () => {
    const view = editor();
    if (view === null) return;
    command(view);
    view.focus();
  };
}

export function openFind(app: App, replace: boolean): void {
  if (app.layout.mode === 'preview') app.layout.mode = 'edit';
  app.layout.single = 'note';
  // In preview there is no editor until the next frame.
  requestAnimationFrame(() => {
    const view = editor();
    if (view === null) return;
    findWish.replace = replace;
    openSearchPanel(view);
    view.dom.dispatchEvent(new Event('sheaf-find'));
  });
}

const open = (app: App): boolean => app.layout.page === 'notes' && app.note !== null;

export const editActions: Action[] = [
  { id: 'edit.find', group: 'edit', icon: 'search', keys: 'Mod-f', when: open, run: (app) => openFind(app, false) },
  { id: 'edit.replace', group: 'edit', icon: 'search', keys: 'Mod-h', mac: 'Mod-Alt-f', when: writing, run: (app) => openFind(app, true) },
  { id: 'edit.undo', group: 'edit', icon: 'undo', keys: 'Mod-z', native: true, when: writing, run: run(undo) },
  { id: 'edit.redo', group: 'edit', icon: 'undo', keys: 'Mod-Shift-z', native: true, when: writing, run: run(redo) },
  { id: 'edit.bold', group: 'edit', icon: 'text', keys: 'Mod-b', within: 'editor', when: writing, run: run(toggleMark('**')) },
  { id: 'edit.italic', group: 'edit', icon: 'text', keys: 'Mod-i', within: 'editor', when: writing, run: run(toggleMark('*')) },
  { id: 'edit.strike', group: 'edit', icon: 'text', keys: 'Mod-Shift-x', within: 'editor', when: writing, run: run(toggleMark('~~')) },
  { id: 'edit.code', group: 'edit', icon: 'terminal', keys: 'Mod-`', within: 'editor', when: writing, run: run(toggleMark('`')) },
  { id: 'edit.link', group: 'edit', icon: 'link', keys: 'Mod-k', within: 'editor', when: writing, run: run(insertLink) },
  ...([1, 2, 3, 4, 5, 6] as const).map((level): Action => ({ id: `edit.heading${level}`, group: 'edit', icon: 'hash', keys: `Mod-Alt-${level}`, within: 'editor', when: writing, run: run(toggleHeading(level)) })),
  { id: 'edit.quote', group: 'edit', icon: 'text', keys: "Mod-'", within: 'editor', when: writing, run: run(toggleQuote) },
  { id: 'edit.list', group: 'edit', icon: 'notes', keys: 'Mod-Shift-8', within: 'editor', when: writing, run: run(toggleBullets) },
  { id: 'edit.numbers', group: 'edit', icon: 'notes', keys: 'Mod-Shift-7', within: 'editor', when: writing, run: run(toggleNumbers) },
  { id: 'edit.task', group: 'edit', icon: 'check', keys: 'Mod-Shift-9', within: 'editor', when: writing, run: run(toggleTasks) },
  { id: 'edit.toggleTask', group: 'edit', icon: 'check', keys: 'Mod-Enter', within: 'editor', when: writing, run: run(flipTasks) },
];
