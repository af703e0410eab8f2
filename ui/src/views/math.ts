// Formulas. KaTeX is loaded with the first one; its fonts come with the app. It builds elements from
// what it understood, never from HTML of the note, and may neither link nor fetch (`trust` is off).

import type { KatexOptions } from 'katex';

import { text } from '../text';
import { onlyInert } from './inert';

const options: KatexOptions = { throwOnError: true, trust: false, strict: 'ignore', output: 'htmlAndMathml', maxSize: 40, maxExpand: 500 };

/** A formula longer than this is source, not mathematics. */
const LONGEST = 10_000;
const REMEMBERED = 500;
const SLICE = 12;

/** What was set a moment ago: typing in one paragraph does not set the formulas of the others anew. */
const known = new Map<string, HTMLElement>();

const keyOf = (place: HTMLElement): string => `${place.classList.contains('math-display') ? 'd' : 'i'}${place.textContent ?? ''}`;

function remember(key: string, drawn: HTMLElement): void {
  known.set(key, drawn);
  const oldest = known.keys().next();
  if (known.size > REMEMBERED && oldest.done !== true) known.delete(oldest.value);
}

/** Puts formulas that were set before into their places, at once. */
export function knownMath(root: ParentNode): void {
  for (const place of root.querySelectorAll<HTMLElement>('.math:not(.set)')) {
    const drawn = known.get(keyOf(place));
    if (drawn !== undefined) place.replaceWith(withLine(drawn.cloneNode(true) as HTMLElement, place));
  }
}

function withLine(drawn: HTMLElement, place: HTMLElement): HTMLElement {
  const { line } = place.dataset;
  if (line !== undefined) drawn.dataset['line'] = line;
  return drawn;
}

/** Sets the remaining formulas, a few at a time; stops when `current` says that the page moved on. */
export async function drawMath(root: ParentNode, current: () => boolean): Promise<void> {
  const places = [...root.querySelectorAll<HTMLElement>('.math:not(.set)')];
  if (places.length === 0) return;
  const [{ default: katex }] = await Promise.all([import('katex'), import('katex/dist/katex.min.css')]);
  let began = performance.now();
  for (const place of places) {
    if (!current()) return;
    if (performance.now() - began > SLICE) {
      await new Promise((done) => setTimeout(done, 0));
      began = performance.now();
    }
    const source = place.textContent ?? '';
    const key = keyOf(place);
    const drawn = document.createElement('span');
    drawn.className = `${place.className} set`;
    try {
      if (source.length > LONGEST) throw new Error(String(source.length));
      katex.render(source, drawn, { ...options, displayMode: place.classList.contains('math-display') });
      onlyInert(drawn);
    } catch (reason) {
      drawn.replaceChildren(source);
      drawn.classList.add('fault');
      drawn.title = text.reading.formulaFault(reason instanceof Error ? reason.message.replace(/^KaTeX parse error:\s*/, '') : String(reason));
    }
    remember(key, drawn);
    place.replaceWith(withLine(drawn.cloneNode(true) as HTMLElement, place));
  }
}
