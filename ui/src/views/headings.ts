// Which heading a line stands below.

import type { Heading } from '../editor/counts';

/** Index of the last heading at or before `line`; -1 in front of the first. */
export function currentHeading(headings: readonly Heading[], line: number): number {
  let low = 0;
  let high = headings.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((headings[mid]?.line ?? 0) <= line) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}
