// What can be done with notes: the open one, or all that are selected.

import { call } from '../ipc/call';
import type { NoteStatus } from '../ipc/generated';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { attempt } from './attempt';
import { copyKinds } from './clipboard';
import type { Action } from './registry';

/** The notes an action is about. */
export function subjects(app: App): string[] {
  return [...app.selection.ids];
}

function some(app: App): boolean {
  return app.selection.ids.size > 0 && app.layout.page === 'notes';
}

function one(app: App): boolean {
  return app.selection.ids.size === 1 && app.note !== null && app.layout.page === 'notes';
}

/** Notes in the trash are recognised by the scope, or by the one that is open. */
export function inTrash(app: App): boolean {
  return some(app) && (app.list.scope.kind === 'trash' || (one(app) && app.note?.detail.place.kind === 'trash'));
}

const outside = (app: App): boolean => some(app) && !inTrash(app);

/** Text first, then what is done to the note: the store must have the words before the note moves. */
async function change(app: App, run: (ids: string[]) => Promise<unknown>): Promise<boolean> {
  const ids = subjects(app);
  if (ids.length === 0) return false;
  await app.flushAll();
  return attempt(app, () => run(ids));
}

/** Runs `run` and goes to the note that takes the place of those that left the list. */
async function leaveList(app: App, run: (ids: string[]) => Promise<unknown>): Promise<boolean> {
  const index = Math.min(...subjects(app).map((id) => app.list.indexOf(id)).filter((i) => i >= 0), Infinity);
  if (!(await change(app, run))) return false;
  if (app.layout.solo) return attempt(app, () => call('close_window'));
  await app.list.reload(false);
  await app.chooseNear(Number.isFinite(index) ? index : 0);
  if (app.layout.alone) app.layout.single = 'list';
  return true;
}

export async function trash(app: App): Promise<void> {
  const ids = subjects(app);
  if (!(await leaveList(app, (notes) => call('trash_notes', { ids: notes })))) return;
  app.lastTrashed = ids;
  app.overlays.say({ icon: 'trash', message: text.note.trashed(ids.length), undo: () => void undoTrash(app), undoAction: 'note.undoTrash' });
}

export async function undoTrash(app: App): Promise<void> {
  const ids = app.lastTrashed;
  app.lastTrashed = [];
  app.overlays.hush();
  if (!(await attempt(app, () => call('restore_notes', { ids: [...ids], notebook: null })))) return;
  await app.list.reload(false);
  const first = ids[0];
  if (first !== undefined && app.list.indexOf(first) >= 0) await app.choose(first);
}

export async function restore(app: App): Promise<void> {
  const count = subjects(app).length;
  if (await leaveList(app, (ids) => call('restore_notes', { ids, notebook: null }))) app.overlays.say({ icon: 'undo', message: text.note.restored(count) });
}

export function deleteForGood(app: App): void {
  const count = subjects(app).length;
  app.overlays.open({
    kind: 'confirm', title: text.note.deleteTitle(count), body: count === 1 ? text.note.deleteBodyOne : text.note.deleteBody, action: text.note.deleteDo(count), danger: true,
    run: async () => {
      if (await leaveList(app, (ids) => call('delete_notes', { ids }))) app.overlays.say({ icon: 'trash', message: text.note.deleted(count) });
    },
  });
}

/** Into a notebook; also out of the trash. */
export async function moveTo(app: App, ids: readonly string[], notebook: string): Promise<void> {
  const name = app.organisation.notebook(notebook)?.name ?? '';
  await app.flushAll();
  if (!(await attempt(app, () => call('move_notes', { ids: [...ids], notebook })))) return;
  app.overlays.say({ icon: 'book', message: text.note.moved(ids.length, name) });
}

export function askMove(app: App): void {
  const ids = subjects(app);
  app.overlays.open({
    kind: 'place', title: text.note.moveTitle(ids.length), topLevel: false, without: new Set(),
    run: (notebook) => (notebook === null ? undefined : moveTo(app, ids, notebook)),
  });
}

export function setStatus(app: App, status: NoteStatus): Promise<boolean> {
  return change(app, (ids) => call('set_status', { ids, status }));
}

export async function togglePin(app: App): Promise<void> {
  const ids = subjects(app);
  const rows = ids.map((id) => app.list.find(id) ?? (app.note?.id === id ? app.note.detail : undefined));
  const pinned = !rows.every((r) => r?.pinned === true);
  await change(app, (notes) => call('set_pinned', { ids: notes, pinned }));
}

export async function duplicate(app: App): Promise<void> {
  const { note } = app;
  if (note === null) return;
  await note.flush();
  await attempt(app, async () => {
    const copy = await call('duplicate_note', { id: note.id });
    await app.list.reload(false);
    await app.choose(copy.id);
  });
}

/** What was typed goes first: the other window reads the note from the store. */
async function openWindow(app: App): Promise<void> {
  const { note } = app;
  if (note === null) return;
  await note.flush();
  await attempt(app, () => call('open_note_window', { id: note.id }));
}

/** `inkdrop://note/…`: understood by this app and by the others that share the format. */
export function linkTo(id: string): string {
  return `inkdrop://note/${id.replace(/^note:/, '')}`;
}

async function copy(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words);
  } catch (reason) {
    // Web views without the permission still answer the older way.
    const written = (event: ClipboardEvent): void => {
      event.clipboardData?.setData('text/plain', words);
      event.preventDefault();
    };
    document.addEventListener('copy', written, { once: true });
    const done = document.execCommand('copy');
    document.removeEventListener('copy', written);
    if (!done) throw reason;
  }
}

/** Text onto the clipboard, and a word about it. */
export async function copyText(app: App, words: string, done: string): Promise<void> {
  try {
    await copy(words);
    app.overlays.say({ icon: 'copy', message: done });
  } catch {
    app.overlays.say({ icon: 'error', message: text.note.copyFailed });
  }
}

export async function copyLink(app: App): Promise<void> {
  const { note } = app;
  if (note === null) return;
  const link = `[${note.title.replace(/[[\]]/g, '\\$&') || text.untitled}](${linkTo(note.id)})`;
  try {
    await copyKinds({ 'text/plain': link });
    app.overlays.say({ icon: 'link', message: text.note.linkCopied });
  } catch {
    app.overlays.say({ icon: 'error', message: text.note.copyFailed });
  }
}

export async function saveAndSync(app: App): Promise<void> {
  await app.flushAll();
  await app.sync.syncNow();
}

const statuses: [NoteStatus, Action['id'], string][] = [
  ['none', 'note.status.none', '1'], ['active', 'note.status.active', '2'], ['onHold', 'note.status.onHold', '3'], ['completed', 'note.status.completed', '4'], ['dropped', 'note.status.dropped', '5'],
];

export const noteActions: Action[] = [
  { id: 'note.new', group: 'note', icon: 'compose', keys: 'Mod-n', run: (app) => attempt(app, () => app.newNote()) },
  { id: 'note.open', group: 'go', icon: 'search', keys: 'Mod-o', run: (app) => app.overlays.open({ kind: 'palette', mode: 'notes' }) },
  { id: 'note.save', group: 'note', icon: 'check', keys: 'Mod-s', run: saveAndSync },
  { id: 'note.move', group: 'note', icon: 'book', keys: 'm', within: 'list', when: some, run: askMove },
  { id: 'note.tags', group: 'note', icon: 'tag', keys: 'Mod-Alt-t', when: outside, run: (app) => app.overlays.open({ kind: 'tags', ids: subjects(app) }) },
  { id: 'note.pin', group: 'note', icon: 'pin', keys: 'p', within: 'list', when: outside, run: togglePin },
  { id: 'note.duplicate', group: 'note', icon: 'copy', keys: 'Mod-d', within: 'list', when: one, run: duplicate },
  { id: 'note.window', group: 'note', icon: 'window', keys: 'Mod-Alt-w', when: (app) => one(app) && !app.layout.solo, run: openWindow },
  { id: 'note.quick', group: 'note', icon: 'compose', keys: 'Mod-Alt-n', run: (app) => attempt(app, () => call('open_quick_note')) },
  { id: 'note.copyLink', group: 'note', icon: 'link', keys: 'Mod-c', within: 'list', when: one, run: copyLink },
  ...statuses.map(([status, id, digit]): Action => ({ id, group: 'note', icon: ({ none: 'st-none', active: 'st-active', onHold: 'st-hold', completed: 'st-done', dropped: 'st-drop' } as const)[status], keys: `Alt-Shift-${digit}`, mac: `Mod-Ctrl-${digit}`, when: outside, run: (app) => setStatus(app, status) })),
  { id: 'note.trash', group: 'note', icon: 'trash', keys: 'Delete', mac: 'Mod-Backspace', within: 'list', when: outside, run: trash },
  { id: 'note.restore', group: 'note', icon: 'undo', when: inTrash, run: restore },
  { id: 'note.delete', group: 'note', icon: 'trash', keys: 'Shift-Delete', mac: 'Mod-Shift-Backspace', within: 'list', when: inTrash, run: deleteForGood },
  { id: 'note.undoTrash', group: 'note', icon: 'undo', keys: 'Mod-z', within: 'list', when: (app) => app.lastTrashed.length > 0, run: undoTrash },
];
