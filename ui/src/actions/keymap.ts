// Keys as data: `Mod-Shift-p` is Ctrl on Windows and Linux and Cmd on macOS. A letter is matched by
// what it types and, on layouts that type no Latin letters, by where it lies.

export type Pane = 'list' | 'sidebar' | 'editor' | 'merge' | 'history';

export interface Binding {
  keys: string;
  within?: Pane;
  action: string;
}

const order = ['Ctrl', 'Meta', 'Alt', 'Shift'] as const;

/** Modifiers in one order, `Mod` resolved, the key in lower case. */
export function normalise(keys: string, mac: boolean): string {
  const parts = keys.split(/-(?!$)/);
  const key = (parts.pop() ?? '').toLowerCase();
  const held = new Set(parts.map((p) => (p === 'Mod' ? (mac ? 'Meta' : 'Ctrl') : p)));
  return [...order.filter((m) => held.has(m)), key].join('-');
}

function pressed(event: KeyboardEvent, key: string): string {
  const held = { Ctrl: event.ctrlKey, Meta: event.metaKey, Alt: event.altKey, Shift: event.shiftKey };
  return [...order.filter((m) => held[m]), key.toLowerCase()].join('-');
}

/** What the event may mean, the likeliest first. */
export function meanings(event: KeyboardEvent): string[] {
  const found = [pressed(event, event.key)];
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code);
  const byPlace = place?.[1] ?? place?.[2];
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const named: Record<string, string> = { Backslash: '\\', Slash: '/', Comma: ',', Backquote: '`', BracketLeft: '[', BracketRight: ']', Minus: '-', Equal: '=' };
  // A Latin letter that was typed is meant; its place counts only for digits and other scripts.
  if (modified && byPlace !== undefined && (place?.[2] !== undefined || !/^[a-z]$/i.test(event.key))) found.push(pressed(event, byPlace));
  const sign = named[event.code];
  if (modified && sign !== undefined) found.push(pressed(event, sign));
  return found;
}

export class Keymap {
  private readonly table = new Map<string, string>();

  /** The first of two actions that want the same key in the same place has it; with `strict` that throws. */
  constructor(bindings: readonly Binding[], mac: boolean, strict = true) {
    for (const binding of bindings) {
      const slot = `${binding.within ?? ''}|${normalise(binding.keys, mac)}`;
      const taken = this.table.get(slot);
      if (taken !== undefined && !strict) continue;
      if (taken !== undefined) throw new Error(`${binding.keys} is wanted by ${taken} and ${binding.action}`);
      this.table.set(slot, binding.action);
    }
  }

  find(event: KeyboardEvent, within: Pane | null): string | null {
    for (const meaning of meanings(event)) {
      const action = (within === null ? undefined : this.table.get(`${within}|${meaning}`)) ?? this.table.get(`|${meaning}`);
      if (action !== undefined) return action;
    }
    return null;
  }
}

const macNames: Record<string, string> = { Ctrl: '⌃', Meta: '⌘', Alt: '⌥', Shift: '⇧' };
const macOrder = ['Ctrl', 'Alt', 'Shift', 'Meta'];
const keyNames: Record<string, string> = {
  arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓', backspace: '⌫', delete: 'Del', enter: '↵', escape: 'Esc', ' ': 'Space', '\\': '\\',
};

/** The caps to draw for a key. */
export function caps(keys: string, mac: boolean): string[] {
  const parts = normalise(keys, mac).split(/-(?!$)/);
  const key = parts.pop() ?? '';
  // The order in which each system prints them.
  if (mac) parts.sort((a, b) => macOrder.indexOf(a) - macOrder.indexOf(b));
  return [...parts.map((p) => (mac ? (macNames[p] ?? p) : p)), keyNames[key] ?? (key.length === 1 ? key.toUpperCase() : key)];
}
