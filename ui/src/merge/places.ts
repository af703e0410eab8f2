// Two versions of a text and the one both come from, cut into places: where they agree, where one
// side wrote, where both did. The same rules as the engine's merge (lines, then words inside lines
// that both changed), so that what is called undecided here is what the engine kept apart.

import { differences, splitLines, type Hunk } from '../editor/diff';

export type PlaceKind =
  | 'same'
  /** Changed on one side only, and taken. */
  | 'mine' | 'theirs'
  /** Both wrote the same, or wrote in different words of it. */
  | 'agreed' | 'merged'
  /** A person decides. */
  | 'open';

export interface Place {
  kind: PlaceKind;
  base: string;
  mine: string;
  theirs: string;
  /** What the rules make of it; empty while it is open. */
  result: string;
}

export type Choice = { kind: 'mine' | 'theirs' | 'both' } | { kind: 'edited'; text: string };

type Grain = 'lines' | 'words';

let words: Intl.Segmenter | undefined;
function splitWords(text: string): string[] {
  words ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...words.segment(text)].map((part) => part.segment);
}
/** Words are looked at in places of this size at most; larger ones are a person's. */
const MOST_WORDS_IN = 20_000;

/** `base === null`: where they parted is not known, and whatever differs is open. */
export function placesOf(base: string | null, mine: string, theirs: string, mineFirst: boolean): Place[] {
  return base === null ? apart(mine, theirs) : threeWay(base, mine, theirs, mineFirst);
}

function apart(mine: string, theirs: string): Place[] {
  const a = splitLines(mine);
  const b = splitLines(theirs);
  const places: Place[] = [];
  let at = 0;
  for (const h of hunksOf(a, b)) {
    push(places, same(a.slice(at, h.aFrom).join('')));
    places.push({ kind: 'open', base: '', mine: a.slice(h.aFrom, h.aTo).join(''), theirs: b.slice(h.bFrom, h.bTo).join(''), result: '' });
    at = h.aTo;
  }
  push(places, same(a.slice(at).join('')));
  return places;
}

function threeWay(base: string, mine: string, theirs: string, mineFirst: boolean): Place[] {
  const lines = splitLines(base);
  const places: Place[] = [];
  let at = 0;
  for (const region of regionsOf(lines, splitLines(mine), splitLines(theirs), 'lines')) {
    push(places, same(lines.slice(at, region.from).join('')));
    places.push(judge(region, lines.slice(region.from, region.to).join(''), mineFirst));
    at = region.to;
  }
  push(places, same(lines.slice(at).join('')));
  return places;
}

const same = (text: string): Place => ({ kind: 'same', base: text, mine: text, theirs: text, result: text });

function push(places: Place[], place: Place): void {
  if (place.base !== '') places.push(place);
}

function judge({ mine, theirs }: Region, base: string, mineFirst: boolean): Place {
  const place = (kind: PlaceKind, result: string): Place => ({ kind, base, mine, theirs, result });
  if (mine === theirs) return place('agreed', mine);
  if (theirs === base) return place('mine', mine);
  if (mine === base) return place('theirs', theirs);
  // Two who append to one list do not contradict each other.
  if (base === '' && mine.endsWith('\n') && theirs.endsWith('\n')) return place('merged', mineFirst ? mine + theirs : theirs + mine);
  const merged = byWords(base, mine, theirs);
  return merged === null ? place('open', '') : place('merged', merged);
}

function byWords(base: string, mine: string, theirs: string): string | null {
  if (base === '' || base.length + mine.length + theirs.length > MOST_WORDS_IN) return null;
  const parts = splitWords(base);
  let merged = '';
  let at = 0;
  for (const region of regionsOf(parts, splitWords(mine), splitWords(theirs), 'words')) {
    const old = parts.slice(region.from, region.to).join('');
    merged += parts.slice(at, region.from).join('');
    if (region.mine === region.theirs || region.theirs === old) merged += region.mine;
    else if (region.mine === old) merged += region.theirs;
    else return null;
    at = region.to;
  }
  return merged + parts.slice(at).join('');
}

/** A stretch of the base that changes of one or both sides cover, and what each side has there. */
interface Region { from: number; to: number; mine: string; theirs: string }

function regionsOf(base: readonly string[], mine: readonly string[], theirs: readonly string[], grain: Grain): Region[] {
  const a = hunksOf(base, mine);
  const b = hunksOf(base, theirs);
  const regions: Region[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const first = earlier(a[i], b[j]);
    const region = { from: first.aFrom, to: first.aTo };
    const [fromI, fromJ] = [i, j];
    for (let grew = true; grew;) {
      grew = false;
      for (let hunk = a[i]; hunk !== undefined && meets(region, hunk, grain); hunk = a[i]) {
        region.to = Math.max(region.to, hunk.aTo);
        i += 1;
        grew = true;
      }
      for (let hunk = b[j]; hunk !== undefined && meets(region, hunk, grain); hunk = b[j]) {
        region.to = Math.max(region.to, hunk.aTo);
        j += 1;
        grew = true;
      }
    }
    regions.push({ ...region, mine: sideOf(region, a.slice(fromI, i), base, mine), theirs: sideOf(region, b.slice(fromJ, j), base, theirs) });
  }
  return regions;
}

function earlier(a: Hunk | undefined, b: Hunk | undefined): Hunk {
  if (a === undefined || b === undefined) return (a ?? b) as Hunk;
  return a.aFrom < b.aFrom || (a.aFrom === b.aFrom && a.aTo <= b.aTo) ? a : b;
}

/** Neighbouring lines do not meet; neighbouring words do: together they say what nobody wrote. */
function meets(region: { from: number; to: number }, hunk: Hunk, grain: Grain): boolean {
  if (grain === 'words') return hunk.aFrom <= region.to;
  const sameStart = hunk.aFrom === region.from && (hunk.aFrom === hunk.aTo) === (region.from === region.to);
  return sameStart || (hunk.aFrom < region.to && hunk.aTo > region.from);
}

/** What a side has where the region stands, gaps between its changes filled from the base. */
function sideOf(region: { from: number; to: number }, hunks: readonly Hunk[], base: readonly string[], side: readonly string[]): string {
  let text = '';
  let at = region.from;
  for (const hunk of hunks) {
    text += base.slice(at, hunk.aFrom).join('') + side.slice(hunk.bFrom, hunk.bTo).join('');
    at = hunk.aTo;
  }
  return text + base.slice(at, region.to).join('');
}

/** Texts too different to be compared in reasonable time differ as a whole. */
function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const inner = [a.slice(start, a.length - end), b.slice(start, b.length - end)] as const;
  if (inner[0].length === 0 && inner[1].length === 0) return [];
  const found = differences(inner[0], inner[1]) ?? [{ aFrom: 0, aTo: inner[0].length, bFrom: 0, bTo: inner[1].length }];
  return found.map((h) => ({ aFrom: h.aFrom + start, aTo: h.aTo + start, bFrom: h.bFrom + start, bTo: h.bTo + start }));
}

/** Mine, then theirs, with a line's end between them. */
export function bothOf(place: Place): string {
  const gap = place.mine === '' || place.theirs === '' || place.mine.endsWith('\n') ? '' : '\n';
  return place.mine + gap + place.theirs;
}

/** What a place says once it is decided; `null`: not yet. */
export function decided(place: Place, choice: Choice | undefined): string | null {
  if (place.kind !== 'open' && choice === undefined) return place.result;
  switch (choice?.kind) {
    case undefined: return null;
    case 'mine': return place.mine;
    case 'theirs': return place.theirs;
    case 'both': return bothOf(place);
    case 'edited': return choice.text;
  }
}

/** The whole text; `null` while a place is open. A line never runs into the next place's. */
export function compose(places: readonly Place[], choices: ReadonlyMap<string, Choice>): string | null {
  let text = '';
  for (const [index, place] of places.entries()) {
    const part = decided(place, choices.get(keyOf(places, index)));
    if (part === null) return null;
    if (part !== '' && text !== '' && !text.endsWith('\n')) text += '\n';
    text += part;
  }
  return text;
}

/** Names a place by what it says, so that a decision finds it again after the versions were read anew. */
export function keyOf(places: readonly Place[], index: number): string {
  const place = places[index] as Place;
  const twin = (other: Place): boolean => other.base === place.base && other.mine === place.mine && other.theirs === place.theirs;
  const before = places.slice(0, index).filter((other) => other.kind === place.kind && twin(other)).length;
  return JSON.stringify([place.base, place.mine, place.theirs, before]);
}
