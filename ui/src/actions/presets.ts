// Sets of keys to begin with. A preset names what differs from the actions' own keys; an empty one takes
// the key away. Keys of Inkdrop as its manual has them.

import type { KeyPreset } from '../ipc/generated';
import type { ActionId } from '../text';

export type KeyTable = Partial<Record<ActionId, string>>;

export const presets: Record<KeyPreset, KeyTable> = {
  sheaf: {},
  inkdrop: {
    'view.split': 'Mod-p', 'note.print': 'Mod-Shift-p', 'app.palette': 'F1', 'view.sidebar': 'Mod-/', 'app.shortcuts': 'Mod-Shift-/',
    'list.searchHere': 'Mod-Shift-f', 'list.searchAll': 'Mod-Alt-Shift-f', 'note.quick': 'Mod-Shift-n', 'organise.newNotebook': '',
  },
};
