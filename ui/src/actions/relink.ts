// A note has another title: the links to it follow, and can be taken back.

import { call } from '../ipc/call';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { attempt } from './attempt';

export async function relink(app: App, id: string, from: string, to: string, undoable = true): Promise<void> {
  // What is unsaved in other open notes goes first: their links change in the store.
  await app.flushAll();
  await attempt(app, async () => {
    const { notes } = await call('relink', { id, from, to });
    if (notes === 0 || !undoable) return;
    app.overlays.say({ icon: 'link', message: text.finding.relinked(notes, to), undo: () => { app.overlays.hush(); void relink(app, id, to, from, false); } });
  });
}
