// Every action there is, once. Palette, native menu, shortcuts and their sheet are all made from
// this; a key or a menu entry that is not here does not exist.

import type { IconName } from '../parts/icons';
import { app, type App } from '../state/app.svelte';
import { text, type ActionId } from '../text';
import { copyActions } from './copy-note';
import { editActions } from './edit';
import { extractActions } from './extract';
import { goActions } from './go';
import { historyActions } from './history';
import { keysChosen, type KeyChoice } from './key-choice';
import { caps, Keymap, type Binding, type Pane } from './keymap';
import { mergeActions } from './merge';
import { noteActions } from './note';
import { organiseActions } from './organise';
import { searchActions } from './searches';
import { syncActions } from './sync';
import { templateActions } from './templates';
import { viewActions } from './view';
import { writingActions } from './writing';

export type Group = keyof typeof text.groups;

export interface Action {
  id: ActionId;
  group: Group;
  icon?: IconName;
  /** The default key; on macOS `mac` where it differs. */
  keys?: string;
  mac?: string;
  /** A second key for the same. */
  also?: string;
  /** Keys only count while this pane has the keyboard. */
  within?: Pane;
  /** Something else (the text field, CodeMirror) answers the key; it is only shown. */
  native?: boolean;
  when?: (app: App) => boolean;
  run: (app: App) => unknown;
}

export const actions: readonly Action[] = [...noteActions, ...extractActions, ...copyActions, ...templateActions, ...goActions, ...searchActions, ...editActions, ...writingActions, ...viewActions, ...organiseActions, ...historyActions, ...mergeActions, ...syncActions];

const byId = new Map<string, Action>(actions.map((a) => [a.id, a]));

export function title(action: Action): string {
  return text.actions[action.id];
}

export function available(action: Action): boolean {
  return action.when?.(app) ?? true;
}

/** Runs an action if it makes sense now; says whether it did. */
export function perform(id: string): boolean {
  const action = byId.get(id);
  if (action === undefined || !available(action)) return false;
  void action.run(app);
  return true;
}

export function isMac(): boolean {
  return app.info?.platform === 'macos';
}

export const chosenKeys = (): KeyChoice => ({ preset: app.preferences.values.keyPreset, keys: app.preferences.values.keys });

/** The key in force: the one chosen, else the preset's, else the action's own. */
export function keysOf(action: Action, mac = isMac()): string | undefined {
  return keysChosen(action, chosenKeys(), mac);
}

export function capsOf(id: ActionId): string[] {
  const action = byId.get(id);
  const keys = action === undefined ? undefined : keysOf(action);
  return keys === undefined ? [] : caps(keys, isMac());
}

export function keymapFor(mac: boolean): Keymap {
  const bindings: Binding[] = [];
  const chosen = app.preferences.values.keys;
  // What a person chose comes first: it wins over a default that has the same key.
  for (const action of [...actions].sort((a, b) => Number(b.id in chosen) - Number(a.id in chosen))) {
    if (action.native === true && !(action.id in chosen)) continue;
    for (const keys of [keysOf(action, mac), action.id in chosen ? undefined : action.also]) {
      if (keys !== undefined) bindings.push({ keys, action: action.id, ...(action.within === undefined ? {} : { within: action.within }) });
    }
  }
  return new Keymap(bindings, mac, Object.keys(chosen).length === 0);
}
