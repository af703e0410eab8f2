// What the window shows: modes, panes, theme, text size, and its own pages.

import { call } from '../ipc/call';
import type { Folder, Theme } from '../ipc/generated';
import type { App } from '../state/app.svelte';
import type { PreferencesSection, ViewMode } from '../state/layout.svelte';
import { attempt } from './attempt';
import type { Action } from './registry';

const notesPage = (app: App): boolean => app.layout.page === 'notes';
const open = (app: App): boolean => notesPage(app) && app.note !== null;

export function setMode(app: App, mode: ViewMode): void {
  app.layout.mode = mode;
  app.rememberSoon();
}

export function openPreferences(app: App, section?: PreferencesSection): void {
  app.layout.overlay = false;
  app.layout.page = 'preferences';
  if (section !== undefined) app.layout.section = section;
}

function toggleList(app: App): void {
  app.layout.listShown = !app.layout.listShown;
  app.rememberSoon();
}

function toggleSidebar(app: App): void {
  app.layout.toggleSidebar();
  app.rememberSoon();
}

const theme = (to: Theme) => (app: App): void => app.preferences.set({ theme: to });
const folder = (which: Folder) => (app: App): Promise<boolean> => attempt(app, () => call('open_folder', { folder: which }));
const size = (by: number) => (app: App): void => app.preferences.set({ textSize: app.preferences.values.textSize + by });

export const viewActions: Action[] = [
  { id: 'view.write', group: 'view', icon: 'edit', when: open, run: (app) => setMode(app, 'edit') },
  { id: 'view.split', group: 'view', icon: 'split', keys: 'Mod-Shift-e', when: (app) => open(app) && !app.layout.alone, run: (app) => setMode(app, app.layout.mode === 'split' ? 'edit' : 'split') },
  { id: 'view.read', group: 'view', icon: 'eye', when: open, run: (app) => setMode(app, 'preview') },
  { id: 'view.toggleRead', group: 'view', icon: 'eye', keys: 'Mod-e', when: open, run: (app) => setMode(app, app.layout.mode === 'preview' ? 'edit' : 'preview') },
  { id: 'view.sidebar', group: 'view', icon: 'sidebar', keys: 'Mod-\\', run: toggleSidebar },
  { id: 'view.list', group: 'view', icon: 'notes', keys: 'Mod-Shift-\\', when: notesPage, run: toggleList },
  { id: 'view.theme.system', group: 'view', icon: 'computer', run: theme('system') },
  { id: 'view.theme.light', group: 'view', icon: 'sun', run: theme('light') },
  { id: 'view.theme.dark', group: 'view', icon: 'sun', run: theme('dark') },
  { id: 'view.theme.paper', group: 'view', icon: 'sun', run: theme('paper') },
  { id: 'view.theme.midnight', group: 'view', icon: 'sun', run: theme('midnight') },
  { id: 'view.density', group: 'view', icon: 'list', run: (app) => app.preferences.set({ density: app.preferences.values.density === 'compact' ? 'comfortable' : 'compact' }) },
  { id: 'view.larger', group: 'view', icon: 'text', keys: 'Mod-=', run: size(1) },
  { id: 'view.smaller', group: 'view', icon: 'text', keys: 'Mod--', run: size(-1) },
  { id: 'view.textReset', group: 'view', icon: 'text', keys: 'Mod-0', run: (app) => app.preferences.set({ textSize: 16 }) },
  { id: 'view.zoomIn', group: 'view', icon: 'plus', keys: 'Mod-Shift-=', also: 'Mod-+', run: (app) => app.preferences.zoom(1) },
  { id: 'view.zoomOut', group: 'view', icon: 'skip', keys: 'Mod-Shift--', run: (app) => app.preferences.zoom(-1) },
  { id: 'view.zoomReset', group: 'view', icon: 'eye', keys: 'Mod-Shift-0', run: (app) => app.preferences.set({ zoom: 100 }) },
  { id: 'app.palette', group: 'app', icon: 'terminal', keys: 'Mod-Shift-p', run: (app) => app.overlays.open({ kind: 'palette', mode: 'commands' }) },
  { id: 'app.shortcuts', group: 'app', icon: 'keyboard', keys: 'Mod-/', run: (app) => app.overlays.open({ kind: 'shortcuts' }) },
  { id: 'app.keys', group: 'app', icon: 'keyboard', run: (app) => openPreferences(app, 'keys') },
  { id: 'app.preferences', group: 'app', icon: 'gear', keys: 'Mod-,', run: (app) => openPreferences(app) },
  { id: 'app.close', group: 'app', icon: 'x', keys: 'Mod-w', run: (app) => attempt(app, () => call('close_window')) },
  { id: 'app.quit', group: 'app', icon: 'x', keys: 'Mod-q', run: (app) => attempt(app, () => call('quit')) },
  { id: 'app.dataFolder', group: 'app', icon: 'archive', run: folder('data') },
  { id: 'app.support', group: 'app', icon: 'archive', run: (app) => app.overlays.open({ kind: 'support' }) },
  { id: 'app.about', group: 'app', icon: 'info', run: (app) => app.overlays.open({ kind: 'about' }) },
  { id: 'app.logFolder', group: 'app', icon: 'terminal', run: folder('logs') },
];
