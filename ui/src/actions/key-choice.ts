// Keys a person chose: reading them off the keyboard and out of JSON, and seeing what else they are.

import type { KeyPreset } from '../ipc/generated';
import { normalise } from './keymap';
import { presets } from './presets';
import type { Action } from './registry';

export interface KeyChoice { preset: KeyPreset; keys: Record<string, string> }

const modifiers = new Set(['Mod', 'Ctrl', 'Alt', 'Shift', 'Meta']);
const plain = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process', 'Unidentified', 'Fn', 'NumLock', 'OS']);
const names = new Set(['Enter', 'Escape', 'Tab', 'Backspace', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', ' ', 'Space']);

/** Whether `Mod-Shift-p` is how a key is written. */
export function isKeys(keys: string): boolean {
  const parts = keys.split(/-(?!$)/);
  const key = parts.pop() ?? '';
  return parts.every((p) => modifiers.has(p)) && new Set(parts).size === parts.length && (names.has(key) || /^F(?:[1-9]|1\d|2[0-4])$/.test(key) || [...key].length === 1);
}

/** What was pressed, as keys are written; `null` while only modifiers are held. */
export function keysFrom(event: KeyboardEvent, mac: boolean): string | null {
  if (plain.has(event.key)) return null;
  const held: string[] = [];
  if (mac ? event.metaKey : event.ctrlKey) held.push('Mod');
  if (mac && event.ctrlKey) held.push('Ctrl');
  if (event.altKey) held.push('Alt');
  if (event.shiftKey) held.push('Shift');
  // With modifiers a key is where it lies: Shift and Alt change what it types.
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code);
  const signs: Record<string, string> = { Backslash: '\\', Slash: '/', Comma: ',', Period: '.', Semicolon: ';', Quote: "'", Backquote: '`', BracketLeft: '[', BracketRight: ']', Minus: '-', Equal: '=' };
  const latin = /^[a-z]$/i.test(event.key) ? event.key : undefined;
  const key = event.key.length > 1 ? event.key : held.length > 0 ? (latin ?? place?.[1] ?? place?.[2] ?? signs[event.code] ?? event.key) : event.key;
  return [...held, key.length === 1 ? key.toLowerCase() : key].join('-');
}

/** Plain letters are text, except where nothing is written. */
export function needsModifier(action: Action, keys: string): boolean {
  const bare = !/(?:Mod|Ctrl|Alt|Meta)-/.test(keys) && !/^(?:Shift-)?F\d/.test(keys);
  return bare && action.within !== 'list' && action.within !== 'sidebar';
}

export function keysChosen(action: Action, choice: KeyChoice, mac: boolean): string | undefined {
  const keys = choice.keys[action.id] ?? presets[choice.preset][action.id] ?? (mac ? (action.mac ?? action.keys) : action.keys);
  return keys === '' ? undefined : keys;
}

/** Other actions that the same keys would mean in the same place. */
export function conflicts(action: Action, keys: string, all: readonly Action[], choice: KeyChoice, mac: boolean): Action[] {
  const wanted = normalise(keys, mac);
  return all.filter((other) => {
    if (other.id === action.id || (other.within !== undefined && action.within !== undefined && other.within !== action.within)) return false;
    const own = keysChosen(other, choice, mac);
    return (own !== undefined && normalise(own, mac) === wanted) || (other.also !== undefined && normalise(other.also, mac) === wanted);
  });
}

export const toJson = (choice: KeyChoice): string => `${JSON.stringify({ preset: choice.preset, keys: Object.fromEntries(Object.entries(choice.keys).sort(([a], [b]) => a.localeCompare(b))) }, null, 2)}\n`;

export type Read = { choice: KeyChoice } | { fault: 'json' } | { fault: 'shape' } | { fault: 'action'; id: string } | { fault: 'keys'; id: string; keys: string };

export function fromJson(json: string, all: readonly Action[]): Read {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { fault: 'json' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'shape' };
  const { preset = 'sheaf', keys = {} } = value as { preset?: unknown; keys?: unknown };
  if ((preset !== 'sheaf' && preset !== 'inkdrop') || typeof keys !== 'object' || keys === null || Array.isArray(keys)) return { fault: 'shape' };
  const known = new Set<string>(all.map((a) => a.id));
  const read: Record<string, string> = {};
  for (const [id, chosen] of Object.entries(keys as Record<string, unknown>)) {
    if (typeof chosen !== 'string') return { fault: 'shape' };
    if (!known.has(id)) return { fault: 'action', id };
    if (chosen !== '' && !isKeys(chosen)) return { fault: 'keys', id, keys: chosen };
    read[id] = chosen;
  }
  return { choice: { preset, keys: read } };
}
