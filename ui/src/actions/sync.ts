// Sync from anywhere in the window.

import type { App } from '../state/app.svelte';
import type { Action } from './registry';
import { openPreferences } from './view';

const on = (app: App): boolean => app.sync.status.state.kind !== 'off';
const paused = (app: App): boolean => app.sync.status.state.kind === 'paused';

/** Opens the page and looks at what is in force; without a target it asks for an address. */
export function diagnose(app: App): void {
  openPreferences(app, 'diagnosis');
  app.diagnosis.moved = null;
  if (on(app) && !(app.diagnosis.running && app.diagnosis.inForce)) void app.diagnosis.start({ kind: 'target' });
}

export const syncActions: Action[] = [
  { id: 'sync.now', group: 'sync', icon: 'sync', when: on, run: (app) => app.sync.syncNow() },
  { id: 'sync.pause', group: 'sync', icon: 'pause', when: (app) => on(app) && !paused(app), run: (app) => app.sync.pause() },
  { id: 'sync.resume', group: 'sync', icon: 'sync', when: paused, run: (app) => app.sync.resume() },
  { id: 'sync.diagnose', group: 'sync', icon: 'activity', run: diagnose },
  { id: 'sync.activity', group: 'sync', icon: 'history', run: (app) => openPreferences(app, 'activity') },
  { id: 'sync.preferences', group: 'sync', icon: 'cloud', run: (app) => openPreferences(app, 'sync') },
];
