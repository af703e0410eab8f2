// Word-level differences, and the lines they are shown in.

import { presentableDiff } from '@codemirror/merge';

export interface Piece {
  text: string;
  kind: 'same' | 'added' | 'removed';
}

/** Larger texts are compared for a moment only, then more coarsely. */
const LIMITS = { scanLimit: 1_000, timeout: 200 };

/** `before` and `after` in one row of pieces: what went stands before what came. */
export function piecesOf(before: string, after: string): Piece[] {
  const pieces: Piece[] = [];
  const add = (text: string, kind: Piece['kind']): void => { if (text !== '') pieces.push({ text, kind }); };
  let at = 0;
  for (const change of wholeWords(before, after)) {
    add(before.slice(at, change.fromA), 'same');
    add(before.slice(change.fromA, change.toA), 'removed');
    add(after.slice(change.fromB, change.toB), 'added');
    at = change.toA;
  }
  add(before.slice(at), 'same');
  return pieces;
}

interface Changed { fromA: number; toA: number; fromB: number; toB: number }

/** Letters that stand in words with spaces between; a character of Japanese is a word's worth alone. */
const inWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter) && !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(letter);

/** Changes that begin and end with words: `100` that becomes `200` is one word, not one digit. */
function wholeWords(a: string, b: string): Changed[] {
  const changes: Changed[] = [];
  const found = presentableDiff(a, b, LIMITS);
  for (const [i, { fromA, toA, fromB, toB }] of found.entries()) {
    const change = { fromA, toA, fromB, toB };
    const last = changes[changes.length - 1];
    const floor = last?.toA ?? 0;
    while (change.fromA > floor && inWord(a[change.fromA - 1]) && (inWord(a[fromA]) || inWord(b[fromB]))) {
      change.fromA -= 1;
      change.fromB -= 1;
    }
    const ceiling = found[i + 1]?.fromA ?? a.length;
    while (change.toA < ceiling && inWord(a[change.toA]) && (inWord(a[toA - 1]) || inWord(b[toB - 1]))) {
      change.toA += 1;
      change.toB += 1;
    }
    // An extension to the right may have reached into this change.
    if (last !== undefined && change.fromA <= last.toA) {
      last.toA = Math.max(last.toA, change.toA);
      last.toB = Math.max(last.toB, change.toB);
    } else changes.push(change);
  }
  return changes;
}

export const plainPieces = (text: string): Piece[] => (text === '' ? [] : [{ text, kind: 'same' }]);

export interface Line {
  pieces: Piece[];
  /** Whole lines that came or went, lines with changed words in them, and the rest. */
  kind: 'same' | 'added' | 'removed' | 'changed';
  heading: boolean;
  /** A fence of code, or a line in one. */
  code: boolean;
}

/** Cuts pieces at line ends. A line that both lost and gained words is shown once, as changed. */
export function linesOf(pieces: readonly Piece[]): Line[] {
  const lines: Line[] = [];
  let current: Piece[] = [];
  let ends = new Set<Piece['kind']>();
  const close = (): void => {
    lines.push(lineOf(current, ends));
    current = [];
    ends = new Set();
  };
  for (const piece of pieces) {
    const parts = piece.text.split('\n');
    for (const [i, part] of parts.entries()) {
      if (part !== '') current.push({ text: part, kind: piece.kind });
      if (i < parts.length - 1) {
        ends.add(piece.kind);
        close();
      }
    }
  }
  if (current.length > 0) close();
  let fenced = false;
  for (const line of lines) {
    const fence = /^\s*(```|~~~)/.test(line.pieces.map((p) => p.text).join(''));
    line.code = fenced || fence;
    if (fence && line.kind !== 'removed') fenced = !fenced;
    if (line.code) line.heading = false;
  }
  return lines;
}

function lineOf(pieces: Piece[], ends: ReadonlySet<Piece['kind']>): Line {
  const kinds = new Set(pieces.map((p) => p.kind));
  if (pieces.length === 0) for (const end of ends) kinds.add(end);
  const only = kinds.size === 1 ? [...kinds][0] : undefined;
  const kind = only ?? (kinds.size === 0 ? 'same' : 'changed');
  const shown = pieces.filter((p) => p.kind !== 'removed').map((p) => p.text).join('') || pieces.map((p) => p.text).join('');
  return { pieces, kind, heading: /^#{1,6}\s/.test(shown), code: false };
}

/** A stretch of lines as it is shown, or one that is folded away. */
export type Stretch = { kind: 'lines'; from: number; to: number } | { kind: 'fold'; from: number; to: number };

const AROUND = 3;
const WORTH_FOLDING = 4;

/** Folds what is unchanged, except a few lines around each change. `opened`: first lines of folds that somebody opened. */
export function stretchesOf(lines: readonly Line[], opened: ReadonlySet<number>): Stretch[] {
  const near = new Uint8Array(lines.length);
  for (const [i, line] of lines.entries()) if (line.kind !== 'same') near.fill(1, Math.max(0, i - AROUND), i + AROUND + 1);
  const stretches: Stretch[] = [];
  for (let from = 0; from < lines.length;) {
    let to = from;
    while (to < lines.length && near[to] === near[from]) to += 1;
    const folds = near[from] === 0 && to - from >= WORTH_FOLDING && !opened.has(from);
    const last = stretches[stretches.length - 1];
    if (!folds && last?.kind === 'lines') last.to = to;
    else stretches.push({ kind: folds ? 'fold' : 'lines', from, to });
    from = to;
  }
  return stretches;
}

export function counts(pieces: readonly Piece[]): { added: number; removed: number } {
  const of = (kind: Piece['kind']): number => pieces.filter((p) => p.kind === kind).reduce((sum, p) => sum + (p.text.match(/[\p{L}\p{N}_']+/gu)?.length ?? 0), 0);
  return { added: of('added'), removed: of('removed') };
}
