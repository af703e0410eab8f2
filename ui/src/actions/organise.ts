// Notebooks, tags, and the trash as a whole.

import { asApiError, call } from '../ipc/call';
import type { NotebookIcon, TagColor } from '../ipc/generated';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { attempt, sentence } from './attempt';
import type { Action } from './registry';

/** Runs what a name was asked for; the sentence to show under the field when it is refused. */
async function named(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (reason) {
    const error = asApiError(reason);
    return error.code === 'nameTaken' ? text.tag.taken : sentence(error);
  }
}

export function newNotebook(app: App, parent: string | null): void {
  const inside = parent === null ? undefined : app.organisation.notebook(parent)?.name;
  app.overlays.open({
    kind: 'name', title: inside === undefined ? text.notebook.newTitle : text.notebook.newInsideTitle(inside), label: text.notebook.nameLabel, value: '', action: text.common.create,
    run: (name) => named(async () => {
      const made = await call('create_notebook', { name, parent });
      await app.organisation.refresh();
      app.organisation.reveal(made.id);
      await app.show({ kind: 'notebook', id: made.id, deep: false });
    }),
  });
}

export function renameNotebook(app: App, id: string): void {
  const name = app.organisation.notebook(id)?.name ?? '';
  app.overlays.open({
    kind: 'name', title: text.notebook.renameTitle(name), label: text.notebook.nameLabel, value: name, action: text.common.rename,
    run: (next) => named(() => call('rename_notebook', { id, name: next })),
  });
}

/** `svg: null`: as notebooks without one look. What was there before comes back by the toast. */
export async function setNotebookIcon(app: App, id: string, svg: string | null): Promise<boolean> {
  const before = app.organisation.notebook(id)?.icon ?? null;
  const set = (icon: NotebookIcon | null): Promise<boolean> => attempt(app, () => call('set_notebook_icon', { id, icon }));
  if (svg === (before?.kind === 'svg' ? before.svg : null) && before?.kind !== 'file') return true;
  if (!(await set(svg === null ? null : { kind: 'svg', svg }))) return false;
  if (before !== null) app.overlays.say({ icon: 'check', message: text.organising.icon.changed, undo: () => void set(before) });
  return true;
}

export async function moveNotebook(app: App, id: string, parent: string | null): Promise<void> {
  if (app.organisation.notebook(id)?.parent === parent || id === parent) return;
  if (await attempt(app, () => call('move_notebook', { id, parent }))) {
    await app.organisation.refresh();
    app.organisation.reveal(id);
  }
}

/** In front of `before`, or last, below `parent`. */
export async function arrangeNotebook(app: App, id: string, parent: string | null, before: string | null): Promise<void> {
  if (await attempt(app, () => call('arrange_notebook', { id, parent, before }))) {
    await app.organisation.refresh();
    app.organisation.reveal(id);
  }
}

export async function stepNotebook(app: App, id: string, by: -1 | 1): Promise<void> {
  const to = app.organisation.neighbour(id, by);
  if (to !== undefined) await arrangeNotebook(app, id, app.organisation.notebook(id)?.parent ?? null, to.before);
}

const chosen = (app: App): string | null => (app.layout.page === 'notes' && app.scope.kind === 'notebook' ? app.scope.id : null);
const step = (by: -1 | 1) => (app: App): unknown => { const id = chosen(app); return id === null ? undefined : stepNotebook(app, id, by); };

export function askMoveNotebook(app: App, id: string): void {
  const name = app.organisation.notebook(id)?.name ?? '';
  app.overlays.open({ kind: 'place', title: text.notebook.moveTitle(name), topLevel: true, without: app.organisation.inside(id), run: (parent) => moveNotebook(app, id, parent) });
}

export function deleteNotebook(app: App, id: string): void {
  const book = app.organisation.notebook(id);
  if (book === undefined) return;
  app.overlays.open({
    kind: 'confirm', title: text.notebook.deleteTitle(book.name), body: text.notebook.deleteBody(book.notesDeep), action: text.notebook.deleteDo, danger: true,
    run: async () => {
      await app.flushAll();
      let notes = 0;
      if (!(await attempt(app, async () => { notes = (await call('delete_notebook', { id })).notes; }))) return;
      if (app.scope.kind === 'notebook' && app.organisation.inside(id).has(app.scope.id)) await app.show({ kind: 'all' });
      app.overlays.say({ icon: 'trash', message: text.notebook.deleted(book.name, notes) });
    },
  });
}

export function newTag(app: App): void {
  app.overlays.open({ kind: 'name', title: text.tag.newTitle, label: text.tag.nameLabel, value: '', action: text.common.create, run: (name) => named(() => call('create_tag', { name, color: 'default' })) });
}

export function renameTag(app: App, id: string): void {
  const name = app.organisation.tag(id)?.name ?? '';
  app.overlays.open({ kind: 'name', title: text.tag.renameTitle(name), label: text.tag.nameLabel, value: name, action: text.common.rename, run: (next) => named(() => call('rename_tag', { id, name: next })) });
}

export function recolour(app: App, id: string, color: TagColor): Promise<boolean> {
  return attempt(app, () => call('set_tag_color', { id, color }));
}

export function deleteTag(app: App, id: string): void {
  const tag = app.organisation.tag(id);
  if (tag === undefined) return;
  app.overlays.open({
    kind: 'confirm', title: text.tag.deleteTitle(tag.name), body: text.tag.deleteBody(tag.notes), action: text.tag.deleteDo, danger: true,
    run: async () => {
      if (!(await attempt(app, () => call('delete_tag', { id })))) return;
      if (app.scope.kind === 'tag' && app.scope.id === id) await app.show({ kind: 'all' });
      app.overlays.say({ icon: 'tag', message: text.tag.deleted(tag.name) });
    },
  });
}

export function emptyTrash(app: App): void {
  const count = app.organisation.data.trash;
  app.overlays.open({
    kind: 'confirm', title: text.note.emptyTrashTitle, body: count === 1 ? text.note.deleteBodyOne : text.note.deleteBody, action: text.note.deleteDo(count), danger: true,
    run: async () => {
      await app.flushAll();
      let notes = 0;
      if (!(await attempt(app, async () => { notes = (await call('empty_trash')).notes; }))) return;
      await app.list.reload(false);
      if (app.scope.kind === 'trash') await app.chooseNear(0);
      app.overlays.say({ icon: 'trash', message: text.note.deleted(notes) });
    },
  });
}

export const organiseActions: Action[] = [
  { id: 'organise.newNotebook', group: 'organise', icon: 'book', keys: 'Mod-Shift-n', run: (app) => newNotebook(app, app.scope.kind === 'notebook' ? app.scope.id : null) },
  { id: 'organise.notebookUp', group: 'organise', icon: 'up', keys: 'Alt-Shift-ArrowUp', within: 'sidebar', when: (app) => chosen(app) !== null, run: step(-1) },
  { id: 'organise.notebookDown', group: 'organise', icon: 'down', keys: 'Alt-Shift-ArrowDown', within: 'sidebar', when: (app) => chosen(app) !== null, run: step(1) },
  { id: 'organise.icon', group: 'organise', icon: 'image', when: (app) => chosen(app) !== null, run: (app) => { const id = chosen(app); if (id !== null) app.overlays.open({ kind: 'icon', id }); } },
  { id: 'organise.focus', group: 'organise', icon: 'focus', when: (app) => chosen(app) !== null && chosen(app) !== app.within, run: (app) => app.narrow(chosen(app)) },
  { id: 'organise.unfocus', group: 'organise', icon: 'books', keys: 'Backspace', within: 'sidebar', when: (app) => app.within !== null, run: (app) => app.narrow(app.organisation.notebook(app.within ?? '')?.parent ?? null) },
  { id: 'organise.newTag', group: 'organise', icon: 'tag', run: newTag },
  { id: 'organise.emptyTrash', group: 'organise', icon: 'trash', when: (app) => app.organisation.data.trash > 0, run: emptyTrash },
];
