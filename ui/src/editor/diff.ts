// The difference of two texts as small replacements, so that a caret or an undo step that stands
// outside of what changed stays where it is. Lines first, then words inside the lines that changed.

export interface Replacement {
  /** Offsets into the old text. */
  from: number;
  to: number;
  insert: string;
}

/** Beyond this many differing lines (or words) one big replacement is cheaper and as good. */
const EFFORT = 600;

export function changesBetween(a: string, b: string): Replacement[] {
  return refine(a, b, 0, splitLines, (x, y, offset) => refine(x, y, offset, splitWords, whole));
}

type Split = (text: string) => string[];
type Inner = (a: string, b: string, offset: number) => Replacement[];

function refine(a: string, b: string, offset: number, split: Split, inner: Inner): Replacement[] {
  if (a === b) return [];
  const [start, end] = commonEnds(a, b);
  const oldText = a.slice(start, a.length - end);
  const newText = b.slice(start, b.length - end);
  const at = offset + start;
  if (oldText === '' || newText === '') return [{ from: at, to: at + oldText.length, insert: newText }];
  const oldParts = split(oldText);
  const newParts = split(newText);
  const hunks = differences(oldParts, newParts);
  if (hunks === null) return whole(oldText, newText, at);
  const oldStarts = starts(oldParts);
  const result: Replacement[] = [];
  for (const h of hunks) {
    const from = oldStarts[h.aFrom] ?? oldText.length;
    const before = oldParts.slice(h.aFrom, h.aTo).join('');
    const after = newParts.slice(h.bFrom, h.bTo).join('');
    result.push(...inner(before, after, at + from));
  }
  return result;
}

function whole(a: string, b: string, offset: number): Replacement[] {
  if (a === b) return [];
  const [start, end] = commonEnds(a, b);
  return [{ from: offset + start, to: offset + a.length - end, insert: b.slice(start, b.length - end) }];
}

/** Lengths of the common beginning and end; neither cuts a surrogate pair in two. */
function commonEnds(a: string, b: string): [number, number] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a.charCodeAt(start) === b.charCodeAt(start)) start += 1;
  if (start > 0 && isHigh(a.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (end < most - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end += 1;
  if (end > 0 && isLow(a.charCodeAt(a.length - end))) end -= 1;
  return [start, end];
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

export const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const splitWords = (text: string): string[] => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

function starts(parts: string[]): number[] {
  const at = [0];
  for (const part of parts) at.push((at[at.length - 1] ?? 0) + part.length);
  return at;
}

export interface Hunk { aFrom: number; aTo: number; bFrom: number; bTo: number }

/** Myers' greedy algorithm; `null` when the texts differ in more than {@link EFFORT} places. */
export function differences(a: readonly string[], b: readonly string[]): Hunk[] | null {
  const trace: Int32Array[] = [];
  const most = Math.min(a.length + b.length, EFFORT);
  const width = 2 * most + 2;
  let v = new Int32Array(width + 1);
  for (let d = 0; d <= most; d += 1) {
    trace.push(v.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (v[most + k - 1] ?? 0) < (v[most + k + 1] ?? 0));
      let x = down ? (v[most + k + 1] ?? 0) : (v[most + k - 1] ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      v[most + k] = x;
      if (x >= a.length && y >= b.length) return backtrack(trace, most, a.length, b.length);
    }
    v = v.slice();
  }
  return null;
}

function backtrack(trace: Int32Array[], most: number, aEnd: number, bEnd: number): Hunk[] {
  const hunks: Hunk[] = [];
  let x = aEnd;
  let y = bEnd;
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const v = trace[d] as Int32Array;
    const k = x - y;
    const down = k === -d || (k !== d && (v[most + k - 1] ?? 0) < (v[most + k + 1] ?? 0));
    const beforeK = down ? k + 1 : k - 1;
    const fromX = v[most + beforeK] ?? 0;
    const fromY = fromX - beforeK;
    const edit = down ? { aFrom: fromX, aTo: fromX, bFrom: fromY, bTo: fromY + 1 } : { aFrom: fromX, aTo: fromX + 1, bFrom: fromY, bTo: fromY };
    const next = hunks[0];
    if (next !== undefined && next.aFrom === edit.aTo && next.bFrom === edit.bTo) {
      next.aFrom = edit.aFrom;
      next.bFrom = edit.bFrom;
    } else hunks.unshift(edit);
    x = fromX;
    y = fromY;
  }
  return hunks;
}
