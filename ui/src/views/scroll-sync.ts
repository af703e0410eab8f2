// Editor and preview move together by source line: each block of the preview knows the line it came
// from, the editor knows where each line is drawn. The pane under the pointer leads.

import type { EditorView } from '@codemirror/view';

interface Point {
  line: number;
  top: number;
}

/** Blocks of the preview in order, with their distance from the top of what scrolls. */
export function landmarks(scroller: HTMLElement): Point[] {
  const origin = scroller.getBoundingClientRect().top - scroller.scrollTop;
  const points: Point[] = [];
  for (const element of scroller.querySelectorAll<HTMLElement>('[data-line]')) {
    const line = Number(element.dataset['line']);
    const last = points[points.length - 1];
    // Footnotes stand last whatever their line; a block inside a block begins on the same line.
    if (last !== undefined && line <= last.line) continue;
    points.push({ line, top: element.getBoundingClientRect().top - origin });
  }
  return points;
}

/** Where `from` lies between two points, carried over to the other measure. */
export function interpolate(points: readonly [number, number][], from: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((points[mid]?.[0] ?? 0) <= from) low = mid;
    else high = mid - 1;
  }
  const a = points[low];
  const b = points[low + 1];
  if (a === undefined) return 0;
  if (b === undefined || b[0] === a[0]) return a[1] + Math.max(0, from - a[0]);
  return a[1] + ((from - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
}

/** Pairs of (position in the editor's pane, position in the preview's pane), rising in both. */
export function pairs(view: EditorView, left: HTMLElement, right: HTMLElement): [number, number][] {
  const documentTop = view.documentTop - left.getBoundingClientRect().top + left.scrollTop;
  const { doc } = view.state;
  const found: [number, number][] = [[0, 0]];
  for (const point of landmarks(right)) {
    if (point.line >= doc.lines) break;
    const block = view.lineBlockAt(doc.line(point.line + 1).from);
    found.push([documentTop + block.top, point.top]);
  }
  found.push([left.scrollHeight, right.scrollHeight]);
  return found;
}

/** Scrolls `follower` to where `leader` is. */
export function follow(view: EditorView, left: HTMLElement, right: HTMLElement, leader: 'left' | 'right'): void {
  const points = pairs(view, left, right);
  const [from, to] = leader === 'left' ? [left, right] : [right, left];
  const ordered = leader === 'left' ? points : points.map(([a, b]): [number, number] => [b, a]);
  const end = from.scrollHeight - from.clientHeight;
  const target = from.scrollTop >= end - 1 && end > 0 ? to.scrollHeight : interpolate(ordered, from.scrollTop);
  to.scrollTop = Math.round(target);
}
