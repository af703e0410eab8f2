// What the three columns show, row by row.

import { TITLE, type Pair } from '../../state/merge.svelte';
import type { FieldName } from '../../merge/metadata';
import type { Place } from '../../merge/places';

export type Row =
  | { kind: 'place'; key: string; place: Place; open: number | null }
  | { kind: 'fold'; key: string; place: Place; lines: number }
  | { kind: 'field'; key: string; name: FieldName };

/** Lines shown next to a change, and the shortest stretch that is folded. */
const AROUND = 3;
const WORTH_FOLDING = 5;

const linesIn = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

export function rowsOf(pair: Pair, unfolded: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  let open = 0;
  const place = (key: string, what: Place): void => {
    rows.push({ kind: 'place', key, place: what, open: what.kind === 'open' ? (open += 1) : null });
  };
  if (pair.title.kind !== 'same') place(TITLE, pair.title);
  for (const field of pair.metadata.fields) if (field.why !== 'same') rows.push({ kind: 'field', key: field.name, name: field.name });
  for (const [i, what] of pair.places.entries()) {
    const key = pair.keys[i] ?? '';
    if (what.kind !== 'same') {
      place(key, what);
      continue;
    }
    const lines = linesIn(what.result);
    const above = i === 0 ? 0 : AROUND;
    const below = i === pair.places.length - 1 ? 0 : AROUND;
    const hidden = lines.length - above - below;
    if (hidden < WORTH_FOLDING || unfolded.has(key)) {
      place(key, what);
      continue;
    }
    const part = (from: number, to: number): Place => {
      const text = lines.slice(from, to).join('');
      return { ...what, base: text, mine: text, theirs: text, result: text };
    };
    if (above > 0) place(`${key} above`, part(0, above));
    rows.push({ kind: 'fold', key, place: what, lines: hidden });
    if (below > 0) place(`${key} below`, part(lines.length - below, lines.length));
  }
  return rows;
}
