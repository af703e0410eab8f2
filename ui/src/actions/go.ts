// Moving: through notes, panes and places.

import type { App } from '../state/app.svelte';
import type { Action } from './registry';

const notesPage = (app: App): boolean => app.layout.page === 'notes';

async function neighbour(app: App, by: 1 | -1): Promise<void> {
  const at = app.selection.lead === null ? -1 : app.list.indexOf(app.selection.lead);
  const row = await app.list.fetch(Math.min(app.list.total - 1, Math.max(0, at + by)));
  if (row !== undefined) await app.choose(row.id);
}

export async function selectAll(app: App): Promise<void> {
  const ids = await app.list.range(0, Math.min(app.list.total, 5_000) - 1);
  app.selection.range(ids, app.selection.lead ?? ids[0] ?? '');
}

/** Leaves preferences if need be, then asks for the keyboard to go somewhere. */
function focus(app: App, place: NonNullable<App['focusWish']>['place']): void {
  app.layout.page = 'notes';
  if (place === 'list' || place === 'search') {
    app.layout.single = 'list';
    app.layout.listShown = true;
  }
  if (place === 'text' || place === 'title') app.layout.single = 'note';
  if (place === 'sidebar') {
    if (app.layout.narrow) app.layout.overlay = true;
    else app.layout.sidebarShown = true;
  }
  app.focusWish = { place };
}

function search(app: App, everywhere: boolean): void {
  app.setEverywhere(everywhere);
  focus(app, 'search');
}

export const goActions: Action[] = [
  { id: 'list.searchAll', group: 'list', icon: 'search', keys: 'Mod-Shift-f', run: (app) => search(app, true) },
  { id: 'list.searchHere', group: 'list', icon: 'funnel', keys: 'Mod-Shift-l', run: (app) => search(app, false) },
  { id: 'list.selectAll', group: 'list', icon: 'notes', keys: 'Mod-a', within: 'list', when: notesPage, run: selectAll },
  { id: 'list.next', group: 'list', icon: 'down', keys: 'Alt-ArrowDown', when: notesPage, run: (app) => neighbour(app, 1) },
  { id: 'list.previous', group: 'list', icon: 'up', keys: 'Alt-ArrowUp', when: notesPage, run: (app) => neighbour(app, -1) },
  { id: 'list.sort.updated', group: 'list', icon: 'sort', when: notesPage, run: (app) => app.sortBy({ key: 'updated', ascending: false }) },
  { id: 'list.sort.created', group: 'list', icon: 'sort', when: notesPage, run: (app) => app.sortBy({ key: 'created', ascending: false }) },
  { id: 'list.sort.title', group: 'list', icon: 'sort', when: notesPage, run: (app) => app.sortBy({ key: 'title', ascending: true }) },
  { id: 'list.sort.relevance', group: 'list', icon: 'sort', when: (app) => notesPage(app) && app.query.trim() !== '', run: (app) => app.sortBy({ key: 'relevance', ascending: false }) },
  { id: 'go.back', group: 'go', icon: 'left', keys: 'Alt-ArrowLeft', mac: 'Mod-[', when: (app) => notesPage(app) && app.trail.canGoBack, run: (app) => app.step(-1) },
  { id: 'go.forward', group: 'go', icon: 'right', keys: 'Alt-ArrowRight', mac: 'Mod-]', when: (app) => notesPage(app) && app.trail.canGoForward, run: (app) => app.step(1) },
  { id: 'go.sidebar', group: 'go', icon: 'sidebar', keys: 'Mod-1', run: (app) => focus(app, 'sidebar') },
  { id: 'go.list', group: 'go', icon: 'notes', keys: 'Mod-2', run: (app) => focus(app, 'list') },
  { id: 'go.editor', group: 'go', icon: 'edit', keys: 'Mod-3', when: (app) => app.note !== null, run: (app) => focus(app, 'text') },
  { id: 'go.all', group: 'go', icon: 'notes', run: (app) => app.show({ kind: 'all' }) },
  { id: 'go.pinned', group: 'go', icon: 'pin', run: (app) => app.show({ kind: 'pinned' }) },
  { id: 'go.conflicts', group: 'go', icon: 'conflict', when: (app) => app.organisation.data.conflicts > 0, run: (app) => app.show({ kind: 'conflicts' }) },
  { id: 'go.trash', group: 'go', icon: 'trash', run: (app) => app.show({ kind: 'trash' }) },
];
