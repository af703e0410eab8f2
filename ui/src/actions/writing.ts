// What writing needs beyond marks: blocks, lines, carets, tables, pictures, places in the note.

import type { TextCommand } from '../editor/text-commands';
import type { IconName } from '../parts/icons';
import type { App } from '../state/app.svelte';
import { text, type ActionId } from '../text';
import { caps } from './keymap';
import { editor } from './editor-handle';
import type { Action } from './registry';

const notesPage = (app: App): boolean => app.layout.page === 'notes' && app.note !== null;
export const writing = (app: App): boolean => notesPage(app) && editor() !== null && app.layout.mode !== 'preview' && app.note?.detail.place.kind !== 'trash';
const inTable = (app: App): boolean => writing(app) && editor()?.inTable() === true;

const does = (command: TextCommand) => (): void => { editor()?.run(command); };
/** In a table the row moves, elsewhere the line. */
const moves = (row: TextCommand, line: TextCommand) => (app: App): void => { editor()?.run(inTable(app) ? row : line); };

const mark = (id: ActionId, icon: IconName, command: TextCommand, more: Partial<Action> = {}): Action => ({ id, group: 'edit', icon, within: 'editor', when: writing, run: does(command), ...more });
const table = (id: ActionId, command: TextCommand, more: Partial<Action> = {}): Action => ({ id, group: 'table', icon: 'table', when: inTable, run: does(command), ...more });

async function pastePlain(app: App): Promise<void> {
  const keys = caps('Mod-Shift-v', app.info?.platform === 'macos').join(app.info?.platform === 'macos' ? '' : '+');
  try {
    const words = await navigator.clipboard.readText();
    editor()?.insertPlain(words);
  } catch {
    // Web views may keep the clipboard from the page; the keys always work.
    app.overlays.say({ icon: 'paste', message: text.editing.pastePlainHint(keys) });
  }
}

function goToLine(app: App): void {
  const words = text.editing.goToLine;
  const lines = app.note?.text.lines ?? 1;
  app.overlays.open({
    kind: 'name', title: words.title, label: words.label(lines), value: '', action: words.action,
    run: (typed) => {
      const [, line, column] = /^(\d+)(?:\s*[:,]\s*(\d+))?$/.exec(typed.trim()) ?? [];
      const number = Number(line);
      if (line === undefined || number < 1 || number > lines) return Promise.resolve(words.wrong(lines));
      app.overlays.close();
      // After the dialog has given the keyboard back.
      setTimeout(() => editor()?.goTo(number, column === undefined ? 1 : Number(column)), 0);
      return Promise.resolve(null);
    },
  });
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}

/** `2026-11-21`: what sorts, and means the same everywhere. */
export function isoDate(time: Date): string {
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}

export const isoMinute = (time: Date): string => `${isoDate(time)} ${pad(time.getHours())}:${pad(time.getMinutes())}`;

const toggle = (name: 'vim' | 'typewriter') => (app: App): void => app.preferences.setWriting({ [name]: !app.preferences.values.writing[name] });
const flip = (name: 'spellCheck' | 'lineNumbers' | 'readableWidth') => (app: App): void => app.preferences.set({ [name]: !app.preferences.values[name] });

export function setFocusMode(app: App, on: boolean): void {
  if (on && app.layout.mode !== 'edit') app.layout.mode = 'edit';
  if (on) app.layout.single = 'note';
  app.layout.focus = on;
  app.focusWish = { place: 'text' };
  app.rememberSoon();
}

export const writingActions: Action[] = [
  mark('edit.paragraph', 'text', 'paragraph', { keys: 'Mod-Alt-0' }),
  mark('edit.codeBlock', 'terminal', 'codeBlock', { keys: 'Mod-Alt-c' }),
  mark('edit.rule', 'skip', 'rule'),
  mark('edit.footnote', 'hash', 'footnote'),
  { id: 'edit.attach', group: 'edit', icon: 'clip', keys: 'Mod-Shift-a', within: 'editor', when: writing, run: () => editor()?.attach() },
  { id: 'edit.date', group: 'edit', icon: 'calendar', keys: 'Mod-Alt-d', within: 'editor', when: writing, run: () => editor()?.insertPlain(isoDate(new Date())) },
  { id: 'edit.time', group: 'edit', icon: 'calendar', when: writing, run: () => editor()?.insertPlain(isoMinute(new Date())) },
  mark('edit.calloutNote', 'info', 'calloutNote'),
  mark('edit.calloutTip', 'ok', 'calloutTip'),
  mark('edit.calloutImportant', 'info', 'calloutImportant'),
  mark('edit.calloutWarning', 'alert', 'calloutWarning'),
  mark('edit.calloutCaution', 'error', 'calloutCaution'),
  mark('edit.indent', 'right', 'indent', { keys: 'Tab', native: true }),
  mark('edit.outdent', 'left', 'outdent', { keys: 'Shift-Tab', native: true }),
  { id: 'edit.lineUp', group: 'edit', icon: 'up', keys: 'Mod-Shift-ArrowUp', mac: 'Mod-Ctrl-ArrowUp', within: 'editor', when: writing, run: moves('tableRowUp', 'lineUp') },
  { id: 'edit.lineDown', group: 'edit', icon: 'down', keys: 'Mod-Shift-ArrowDown', mac: 'Mod-Ctrl-ArrowDown', within: 'editor', when: writing, run: moves('tableRowDown', 'lineDown') },
  mark('edit.copyLine', 'copy', 'copyLine', { keys: 'Alt-Shift-ArrowDown', native: true }),
  mark('edit.deleteLine', 'x', 'deleteLine', { keys: 'Mod-Shift-k' }),
  mark('edit.selectLine', 'text', 'selectLine', { keys: 'Alt-l', mac: 'Ctrl-l', native: true }),
  mark('edit.nextOccurrence', 'search', 'nextOccurrence', { keys: 'Mod-d' }),
  mark('edit.allOccurrences', 'search', 'allOccurrences', { keys: 'Mod-F2' }),
  mark('edit.cursorAbove', 'up', 'cursorAbove', { keys: 'Mod-Alt-ArrowUp', native: true }),
  mark('edit.cursorBelow', 'down', 'cursorBelow', { keys: 'Mod-Alt-ArrowDown', native: true }),
  { id: 'edit.pastePlain', group: 'edit', icon: 'paste', keys: 'Mod-Shift-v', native: true, when: writing, run: pastePlain },
  { id: 'edit.findNext', group: 'edit', icon: 'down', keys: 'F3', mac: 'Mod-g', when: notesPage, run: () => editor()?.findNext(1) },
  { id: 'edit.findPrevious', group: 'edit', icon: 'up', keys: 'Shift-F3', mac: 'Mod-Shift-g', when: notesPage, run: () => editor()?.findNext(-1) },
  { id: 'edit.pictureSize', group: 'edit', icon: 'image', when: writing, run: () => editor()?.pictureMenu() },

  { id: 'table.insert', group: 'table', icon: 'table', when: (app) => writing(app) && !inTable(app), run: does('table') },
  table('table.rowAbove', 'tableRowAbove'),
  table('table.rowBelow', 'tableRowBelow'),
  table('table.rowUp', 'tableRowUp'),
  table('table.rowDown', 'tableRowDown'),
  table('table.rowDelete', 'tableRowDelete'),
  table('table.columnLeft', 'tableColumnLeft'),
  table('table.columnRight', 'tableColumnRight'),
  table('table.columnBack', 'tableColumnBack'),
  table('table.columnOn', 'tableColumnOn'),
  table('table.columnDelete', 'tableColumnDelete'),
  table('table.alignLeft', 'tableAlignLeft'),
  table('table.alignCenter', 'tableAlignCenter'),
  table('table.alignRight', 'tableAlignRight'),
  table('table.alignNone', 'tableAlignNone'),
  table('table.format', 'tableFormat'),
  table('table.delete', 'tableDelete'),

  { id: 'go.line', group: 'go', icon: 'hash', keys: 'Mod-g', mac: 'Ctrl-g', within: 'editor', when: writing, run: goToLine },
  { id: 'go.heading', group: 'go', icon: 'outline', keys: 'Mod-Shift-o', when: notesPage, run: (app) => app.overlays.open({ kind: 'headings' }) },
  { id: 'view.outline', group: 'view', icon: 'outline', keys: 'Mod-Alt-o', when: notesPage, run: (app) => { app.layout.outline = !app.layout.outline; app.rememberSoon(); } },
  { id: 'view.links', group: 'view', icon: 'link', keys: 'Mod-Alt-l', when: notesPage, run: (app) => { app.layout.links = !app.layout.links; app.rememberSoon(); } },
  { id: 'edit.linkNote', group: 'edit', icon: 'link', keys: 'Mod-Alt-k', within: 'editor', when: writing, run: () => editor()?.linkNote() },
  { id: 'view.focus', group: 'view', icon: 'focus', keys: 'Mod-Shift-d', when: notesPage, run: (app) => setFocusMode(app, !app.layout.focus) },
  { id: 'view.typewriter', group: 'view', icon: 'text', run: toggle('typewriter') },
  { id: 'view.vim', group: 'view', icon: 'terminal', run: toggle('vim') },
  { id: 'view.spelling', group: 'view', icon: 'check', keys: 'F7', run: flip('spellCheck') },
  { id: 'view.lineNumbers', group: 'view', icon: 'hash', run: flip('lineNumbers') },
  { id: 'view.readableWidth', group: 'view', icon: 'text', run: flip('readableWidth') },
];
