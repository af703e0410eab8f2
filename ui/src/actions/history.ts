// Former versions of a note: looking, restoring in place or as a copy; notes that were deleted elsewhere.

import { call } from '../ipc/call';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { lastTime } from '../text/format';
import { attempt } from './attempt';
import type { Action } from './registry';

const looking = (app: App): boolean => app.layout.page === 'history' && app.history.version !== null;
const former = (app: App): boolean => looking(app) && app.history.chosen !== '';

export async function openHistory(app: App, id: string): Promise<void> {
  await app.flushAll();
  app.layout.overlay = false;
  app.layout.page = 'history';
  await app.history.start(id);
}

export function leaveHistory(app: App): void {
  app.layout.page = 'notes';
  app.focusWish = { place: 'text' };
}

async function putBack(app: App, id: string, snapshot: string, message: string): Promise<boolean> {
  return attempt(app, async () => {
    const { replaced } = await call('restore_snapshot', { id, snapshot, asCopy: false });
    app.overlays.say({ icon: 'undo', message, ...(replaced === null ? {} : { undo: () => void putBack(app, id, replaced, text.history.undone) }) });
  });
}

export async function restoreVersion(app: App): Promise<void> {
  const { id, version, chosen } = app.history;
  if (id === null || version === null || chosen === '' || app.history.working) return;
  app.history.working = true;
  await app.flushAll();
  const done = await putBack(app, id, chosen, text.history.restored(lastTime(version.editedAt, app.sync.now)));
  app.history.working = false;
  if (!done) return;
  leaveHistory(app);
  await app.showNote(id);
}

export async function restoreCopy(app: App): Promise<void> {
  const { id, chosen } = app.history;
  if (id === null || chosen === '' || app.history.working) return;
  app.history.working = true;
  await attempt(app, async () => {
    const { note } = await call('restore_snapshot', { id, snapshot: chosen, asCopy: true });
    leaveHistory(app);
    await app.list.reload(false);
    await app.showNote(note.id);
    app.overlays.say({ icon: 'copy', message: text.history.copied2 });
  });
  app.history.working = false;
}

export const historyActions: Action[] = [
  { id: 'note.history', group: 'note', icon: 'history', keys: 'Mod-Alt-h', when: (app) => app.layout.page === 'notes' && app.note !== null && app.selection.ids.size === 1, run: (app) => (app.note === null ? undefined : openHistory(app, app.note.id)) },
  { id: 'go.deleted', group: 'go', icon: 'trash', run: (app) => app.overlays.open({ kind: 'deleted' }) },
  { id: 'history.next', group: 'note', icon: 'down', keys: ']', within: 'history', when: looking, run: (app) => app.history.step(1) },
  { id: 'history.previous', group: 'note', icon: 'up', keys: '[', within: 'history', when: looking, run: (app) => app.history.step(-1) },
  { id: 'history.restore', group: 'note', icon: 'undo', keys: 'Mod-Enter', within: 'history', when: former, run: restoreVersion },
  { id: 'history.copy', group: 'note', icon: 'copy', keys: 'Mod-Shift-Enter', within: 'history', when: former, run: restoreCopy },
];
