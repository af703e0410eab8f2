// Conflicts: opening them, deciding place by place or many at once, and taking decisions back.

import type { ConflictRule } from '../ipc/generated';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { attempt } from './attempt';
import type { Action } from './registry';

const deciding = (app: App): boolean => app.layout.page === 'merge' && app.merge.pair !== null;
/** While a place is written by hand, brackets are text and undo is that of its text. */
const choosing = (app: App): boolean => deciding(app) && app.merge.editing === null;
const placed = (app: App): boolean => choosing(app) && app.merge.active !== null;

/** `null`: the first of them. What is on the screen is part of a version only once it is saved. */
export async function openMerge(app: App, id: string | null): Promise<void> {
  await app.flushAll();
  app.layout.overlay = false;
  const there = app.layout.page === 'merge';
  app.layout.page = 'merge';
  await attempt(app, () => (there && id !== null ? app.merge.openNote(id) : app.merge.start(id)));
}

export function leaveMerge(app: App): void {
  app.layout.page = 'notes';
  app.focusWish = { place: app.layout.solo || (app.layout.alone && app.layout.single === 'note') ? 'text' : 'list' };
}

export async function finishMerge(app: App): Promise<void> {
  const { id } = app.merge;
  if (!app.merge.complete || !(await app.merge.finish())) return;
  app.overlays.say({ icon: 'check', message: text.conflict.done, undo: () => void takeBack(app) });
  if (app.merge.list.length > 0) return;
  leaveMerge(app);
  if (id !== null) await app.showNote(id);
}

/** Takes back what was decided last, and shows its versions again. */
export async function takeBack(app: App): Promise<void> {
  app.overlays.hush();
  const done = await attempt(app, async () => {
    const id = await app.merge.takeBack();
    if (id === null) return;
    app.layout.page = 'merge';
    await app.merge.start(id);
  });
  if (done) app.overlays.say({ icon: 'undo', message: text.conflict.reopened });
}

export function decideMany(app: App, ids: readonly string[], rule: ConflictRule): void {
  const decide = async (): Promise<void> => {
    await app.flushAll();
    await attempt(app, async () => {
      const { decided, left } = await app.merge.decideMany(ids, rule);
      app.overlays.say({ icon: 'check', message: text.conflict.doneMany(decided, left), ...(decided > 0 ? { undo: () => void takeBack(app) } : {}) });
    });
  };
  app.overlays.open({ kind: 'confirm', title: text.conflict.ruleTitle(ids.length), body: text.conflict.ruleBody[rule], action: text.conflict.ruleDo(ids.length), danger: false, run: decide });
}

/** Of the notes selected in the list, those with several versions. */
export function conflictedOf(app: App): string[] {
  return [...app.selection.ids].filter((id) => app.list.find(id)?.conflicted === true);
}

async function openFirst(app: App): Promise<void> {
  const note = app.note?.detail.conflicted === true ? app.note.id : null;
  await openMerge(app, note);
}

export const mergeActions: Action[] = [
  { id: 'note.conflict', group: 'conflict', icon: 'conflict', keys: 'Mod-Alt-m', when: (app) => app.layout.page === 'notes' && app.note?.detail.conflicted === true, run: (app) => openMerge(app, app.note?.id ?? null) },
  { id: 'go.merge', group: 'conflict', icon: 'conflict', when: (app) => app.layout.page !== 'merge' && app.organisation.data.conflicts > 0, run: openFirst },
  { id: 'merge.next', group: 'conflict', icon: 'down', keys: ']', within: 'merge', when: choosing, run: (app) => app.merge.step(1) },
  { id: 'merge.previous', group: 'conflict', icon: 'up', keys: '[', within: 'merge', when: choosing, run: (app) => app.merge.step(-1) },
  { id: 'merge.mine', group: 'conflict', icon: 'computer', keys: '1', within: 'merge', when: placed, run: (app) => app.merge.chooseActive('mine') },
  { id: 'merge.both', group: 'conflict', icon: 'notes', keys: '2', within: 'merge', when: placed, run: (app) => app.merge.chooseActive('both') },
  { id: 'merge.theirs', group: 'conflict', icon: 'cloud-down', keys: '3', within: 'merge', when: placed, run: (app) => app.merge.chooseActive('theirs') },
  { id: 'merge.edit', group: 'conflict', icon: 'edit', keys: 'e', within: 'merge', when: placed, run: (app) => { app.merge.editing = app.merge.active; } },
  { id: 'merge.allMine', group: 'conflict', icon: 'computer', when: deciding, run: (app) => app.merge.keepAll('mine') },
  { id: 'merge.allTheirs', group: 'conflict', icon: 'cloud-down', when: deciding, run: (app) => app.merge.keepAll('theirs') },
  { id: 'merge.undo', group: 'conflict', icon: 'undo', keys: 'Mod-z', within: 'merge', when: (app) => choosing(app) && app.merge.canUndo, run: (app) => app.merge.undo() },
  { id: 'merge.redo', group: 'conflict', icon: 'undo', keys: 'Mod-Shift-z', within: 'merge', when: (app) => choosing(app) && app.merge.canRedo, run: (app) => app.merge.redo() },
  { id: 'merge.finish', group: 'conflict', icon: 'check', keys: 'Mod-Enter', within: 'merge', when: (app) => deciding(app) && app.merge.complete, run: finishMerge },
  { id: 'merge.takeBack', group: 'conflict', icon: 'undo', when: (app) => app.merge.last.length > 0, run: takeBack },
];
