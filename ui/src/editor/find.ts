// Find and replace, in the whole note or in what was selected when it began. The panel only draws.

import { getSearchQuery, SearchQuery, setSearchQuery } from '@codemirror/search';
import { EditorSelection, StateEffect, StateField, type EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { Decoration, EditorView } from '@codemirror/view';

interface Range { from: number; to: number }

const setScope = StateEffect.define<Range | null>();

/** The part of the note that is searched; `null`: all of it. Grows and moves with the text. */
const scopeField = StateField.define<Range | null>({
  create: () => null,
  update(value, transaction) {
    let next = value;
    if (next !== null && transaction.docChanged) {
      const from = transaction.changes.mapPos(next.from, -1);
      const to = transaction.changes.mapPos(next.to, 1);
      next = to > from ? { from, to } : null;
    }
    for (const effect of transaction.effects) if (effect.is(setScope)) next = effect.value;
    return next;
  },
  provide: (self) =>
    EditorView.decorations.from(self, (range) => (range === null ? Decoration.none : Decoration.set([Decoration.mark({ class: 'cm-find-scope' }).range(range.from, range.to)]))),
});

export const findScope: Extension = scopeField;

export const scopeOf = (state: EditorState): Range | null => state.field(scopeField, false) ?? null;

export const scopeEffect = (range: Range | null): StateEffect<unknown> => setScope.of(range);

export interface FindOptions { search: string; replace: string; caseSensitive: boolean; regexp: boolean; wholeWord: boolean }

export function queryEffect(options: FindOptions): StateEffect<unknown> {
  return setSearchQuery.of(new SearchQuery({ ...options, literal: !options.regexp, test: inScope }));
}

/** Asked for each match, the highlighted ones too. */
function inScope(_match: string, state: EditorState, from: number, to: number): boolean {
  const scope = scopeOf(state);
  return scope === null || (from >= scope.from && to <= scope.to);
}

interface Match extends Range {
  /** The groups of a regular expression. */
  match?: RegExpExecArray;
}

function* all(state: EditorState): Generator<Match> {
  const query = getSearchQuery(state);
  if (!query.valid) return;
  const scope = scopeOf(state);
  const cursor = query.getCursor(state, scope?.from, scope?.to) as Iterator<Match>;
  for (let found = cursor.next(); found.done !== true; found = cursor.next()) {
    // A pattern like `x*` matches nothing everywhere.
    if (found.value.to > found.value.from) yield { ...found.value };
  }
}

export const COUNT_AT_MOST = 1_000;

/** How many there are, and which of them is selected (0: none). Counting stops at `COUNT_AT_MOST`. */
export function countMatches(state: EditorState): { at: number; all: number } {
  const { main } = state.selection;
  let number = 0;
  let at = 0;
  for (const match of all(state)) {
    number += 1;
    if (match.from === main.from && match.to === main.to) at = number;
    if (number === COUNT_AT_MOST) break;
  }
  return { at, all: number };
}

/** The match after (or before) the selection, going round at the end. */
export function neighbour(state: EditorState, direction: 1 | -1): Range | null {
  const { main } = state.selection;
  let first: Range | null = null;
  let last: Range | null = null;
  let before: Range | null = null;
  for (const match of all(state)) {
    first ??= match;
    last = match;
    if (direction === 1 && match.from >= main.to && !(match.from === main.from && match.to === main.to)) return match;
    if (match.to <= main.from) before = match;
    else if (direction === -1 && before !== null) return before;
  }
  return direction === 1 ? first : (before ?? last);
}

export function selectMatch(match: Range): TransactionSpec {
  return { selection: EditorSelection.single(match.from, match.to), effects: EditorView.scrollIntoView(match.from, { y: 'nearest', yMargin: 90 }), userEvent: 'select.search' };
}

/** In a regular expression `$1` and `$&` as in JavaScript, `\\n` as a line break. */
function replacement(query: SearchQuery, { match }: Match): string {
  if (!query.regexp || match === undefined) return query.replace;
  const template = query.replace.replace(/\\([nrt\\])/g, (_all, sign: string) => ({ n: '\n', r: '\r', t: '\t' })[sign] ?? '\\');
  return template.replace(/\$([$&]|\d{1,2})/g, (whole, name: string) => {
    if (name === '$') return '$';
    if (name === '&') return match[0];
    const group = Number(name);
    return group > 0 && group < match.length ? (match[group] ?? '') : whole;
  });
}

/** Replaces the selected match and goes to the next; selects the next when none is selected. */
export function replaceOne(state: EditorState): TransactionSpec | null {
  const { main } = state.selection;
  const selected = [...take(all(state), main.to)].find((m) => m.from === main.from && m.to === main.to);
  if (selected === undefined || state.readOnly) {
    const next = neighbour(state, 1);
    return next === null ? null : selectMatch(next);
  }
  const insert = replacement(getSearchQuery(state), selected);
  const change = state.changes({ from: selected.from, to: selected.to, insert });
  const after = state.update({ changes: change, selection: { anchor: selected.from + insert.length } });
  const next = neighbour(after.state, 1);
  return { changes: change, ...(next === null ? { selection: { anchor: selected.from + insert.length } } : selectMatch(next)), userEvent: 'input.replace' };
}

function* take(source: Iterable<Match>, until: number): Generator<Match> {
  for (const match of source) {
    if (match.from > until) return;
    yield match;
  }
}

export function replaceEvery(state: EditorState): { spec: TransactionSpec; count: number } | null {
  if (state.readOnly) return null;
  const query = getSearchQuery(state);
  const changes: { from: number; to: number; insert: string }[] = [];
  for (const match of all(state)) changes.push({ from: match.from, to: match.to, insert: replacement(query, match) });
  return changes.length === 0 ? null : { spec: { changes, userEvent: 'input.replace.all' }, count: changes.length };
}

/** Every match as a selection of its own. */
export function selectEvery(state: EditorState): TransactionSpec | null {
  const ranges = [...take(all(state), Infinity)].slice(0, COUNT_AT_MOST);
  return ranges.length === 0 ? null : { selection: EditorSelection.create(ranges.map((r) => EditorSelection.range(r.from, r.to))), userEvent: 'select.search' };
}
