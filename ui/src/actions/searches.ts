// Searches with names, kept in the sidebar.

import type { App } from '../state/app.svelte';
import { text } from '../text';
import type { Action } from './registry';

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

export function saveSearch(app: App): void {
  const search = app.query.trim();
  const words = text.organising.search;
  app.overlays.open({
    kind: 'name', title: words.saveTitle, label: words.name, value: search, action: text.common.create,
    run: (name) => {
      const known = app.preferences.values.savedSearches;
      if (known.some((s) => same(s.name, name))) return Promise.resolve(words.taken);
      app.preferences.set({ savedSearches: [...known, { name: name.trim(), search }] });
      app.overlays.close();
      app.overlays.say({ icon: 'search', message: words.saved(name.trim()) });
      return Promise.resolve(null);
    },
  });
}

export function renameSearch(app: App, name: string): void {
  const words = text.organising.search;
  app.overlays.open({
    kind: 'name', title: words.renameTitle(name), label: words.name, value: name, action: text.common.rename,
    run: (next) => {
      const known = app.preferences.values.savedSearches;
      if (known.some((s) => s.name !== name && same(s.name, next))) return Promise.resolve(words.taken);
      app.preferences.set({ savedSearches: known.map((s) => (s.name === name ? { ...s, name: next.trim() } : s)) });
      app.overlays.close();
      return Promise.resolve(null);
    },
  });
}

export function deleteSearch(app: App, name: string): void {
  const before = app.preferences.values.savedSearches;
  app.preferences.set({ savedSearches: before.filter((s) => s.name !== name) });
  app.overlays.say({ icon: 'trash', message: text.organising.search.deleted(name), undo: () => { app.overlays.hush(); app.preferences.set({ savedSearches: [...before] }); } });
}

export const searchActions: Action[] = [
  { id: 'list.saveSearch', group: 'list', icon: 'search', when: (app) => app.query.trim() !== '', run: saveSearch },
];
