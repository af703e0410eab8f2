// Notebook, status, pin and tags of two versions: the rules of merging decide each on its own, and a
// person may decide otherwise.

import type { NoteContent, NoteStatus } from '../ipc/generated';

export type FieldName = 'notebook' | 'status' | 'pinned' | 'tags';

export interface Field {
  name: FieldName;
  /** How the value in `rule` came about. */
  why: 'same' | 'mine' | 'theirs' | 'joined' | 'winner';
}

export interface Values {
  notebook: string | null;
  status: NoteStatus;
  pinned: boolean;
  tags: readonly string[];
}

export type Side = 'mine' | 'theirs';

export function valuesOf(content: NoteContent): Values {
  return { notebook: content.place.kind === 'notebook' ? content.place.id : null, status: content.status, pinned: content.pinned, tags: content.tags };
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((tag) => b.includes(tag));
const equal = (name: FieldName, a: Values, b: Values): boolean => (name === 'tags' ? sameSet(a.tags, b.tags) : a[name] === b[name]);

export interface Merged {
  fields: Field[];
  /** What the rules make of it (design: each field on its own, tags as sets, the winner's where both changed). */
  values: Values;
}

export function mergeMetadata(base: NoteContent | null, mine: NoteContent, theirs: NoteContent, winner: Side): Merged {
  const [m, t] = [valuesOf(mine), valuesOf(theirs)];
  const b = base === null ? null : valuesOf(base);
  const won = winner === 'mine' ? m : t;
  const tags = joinTags(b?.tags ?? null, m.tags, t.tags);
  const whyOf = (name: FieldName): Field['why'] => {
    if (equal(name, m, t)) return 'same';
    if (name === 'tags') return sameSet(tags, m.tags) ? 'mine' : sameSet(tags, t.tags) ? 'theirs' : 'joined';
    if (b !== null && equal(name, b, t)) return 'mine';
    if (b !== null && equal(name, b, m)) return 'theirs';
    return 'winner';
  };
  const fields = (['notebook', 'status', 'pinned', 'tags'] as const).map((name) => ({ name, why: whyOf(name) }));
  const from = (name: FieldName): Values => {
    const why = fields.find((f) => f.name === name)?.why;
    return why === 'mine' ? m : why === 'theirs' ? t : won;
  };
  return { fields, values: { notebook: from('notebook').notebook, status: from('status').status, pinned: from('pinned').pinned, tags } };
}

function joinTags(base: readonly string[] | null, mine: readonly string[], theirs: readonly string[]): string[] {
  const all = [...new Set([...mine, ...theirs])];
  if (base === null) return all;
  return all.filter((tag) => !base.includes(tag) || (mine.includes(tag) && theirs.includes(tag)));
}
