// Words, characters, tasks and headings of a text. Counted leaf by leaf of the text's tree: what was
// not edited is the same object as before and is not counted again, so a long note costs as much as
// a short one.

import type { Text } from '@codemirror/state';

const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null;
const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Words a minute, and signs a minute for scripts that are read by sign (Brysbaert 2019: 238 words of English; Trauzettel-Klosinski 2012: about 250 to 360 signs). */
const WORDS_A_MINUTE = 238;
const SIGNS_A_MINUTE = 360;

export interface Extent {
  /** By Unicode segmentation, so Japanese counts; Markdown's marks do not. */
  words: number;
  /** As people count them: one for a letter with its accents, none for line breaks. */
  characters: number;
  /** Without spaces. */
  letters: number;
  /** For a reader, at least one when there is a word. */
  minutes: number;
}

interface Raw { words: number; characters: number; letters: number; signs: number }

const simple = /^[\t\n\x20-\x7e]*$/;
// What the segmenter finds in plain ASCII, at a twentieth of the time.
const asciiWord = /[A-Za-z0-9]\w*(?:[.'](?=\w)\w+|,(?=\d)\d+)*/g;
const anyWord = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_]*/gu;
const noExtent: Extent = { words: 0, characters: 0, letters: 0, minutes: 0 };

function segmented(text: string): Raw {
  let words = 0;
  let signs = 0;
  if (segmenter === null || simple.test(text)) words = text.match(simple.test(text) ? asciiWord : anyWord)?.length ?? 0;
  else for (const segment of segmenter.segment(text)) if (segment.isWordLike === true) {
    words += 1;
    if (cjk.test(segment.segment)) signs += segment.segment.length;
  }
  if (simple.test(text)) {
    const breaks = text.match(/\n/g)?.length ?? 0;
    const spaces = text.match(/[\t ]/g)?.length ?? 0;
    return { words, signs, characters: text.length - breaks, letters: text.length - breaks - spaces };
  }
  let characters = 0;
  let spaces = 0;
  for (const sign of text) {
    if (sign === '\n' || /\p{M}|\u200d|[\ufe00-\ufe0f]/u.test(sign)) continue;
    characters += 1;
    if (/\s/.test(sign)) spaces += 1;
  }
  return { words, signs, characters, letters: characters - spaces };
}

const known = new WeakMap<Text, Raw>();

function rawOf(text: Text): Raw {
  const before = known.get(text);
  if (before !== undefined) return before;
  let raw: Raw;
  if (text.children === null) raw = segmented(text.toString());
  else {
    raw = { words: 0, characters: 0, letters: 0, signs: 0 };
    for (const child of text.children) {
      const part = rawOf(child);
      raw = { words: raw.words + part.words, characters: raw.characters + part.characters, letters: raw.letters + part.letters, signs: raw.signs + part.signs };
    }
  }
  known.set(text, raw);
  return raw;
}

function extent({ words, characters, letters, signs }: Raw, signWords: number): Extent {
  const minutes = (words - signWords) / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE;
  return { words, characters, letters, minutes: words === 0 ? 0 : Math.max(1, Math.round(minutes)) };
}

/** Two signs to a word, as dictionaries of Chinese and Japanese have it on average. */
const signWords = (raw: Raw): number => Math.min(raw.words, Math.round(raw.signs / 2));

export function extentOf(text: Text | string): Extent {
  if (text.length === 0) return noExtent;
  const raw = typeof text === 'string' ? segmented(text) : rawOf(text);
  return extent(raw, signWords(raw));
}

export const countWords = (text: string): number => segmented(text).words;

export interface TaskCount {
  done: number;
  all: number;
}

export interface Heading {
  level: number;
  /** Without the marks of Markdown. */
  title: string;
  line: number;
}

/** What the lines of one leaf hold, when they begin inside of the fence `open` or outside of any. */
interface Lines {
  tasks: TaskCount;
  headings: readonly Heading[];
  /** The fence that is open behind the last line. */
  open: string | null;
  lines: number;
  /** Level of the heading that the first line underlines, should the line before it be text. */
  underlines: number | null;
  /** The last line, when it could be underlined. */
  last: string;
}

/** What stands for front matter where a fence would stand. */
const FRONT_MATTER = '---';
const fenceLine = /^(?:\s*>)*\s*(`{3,}|~{3,})(.*)$/;
const taskLine = /^\s*(?:>\s?)*\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\](?:\s|$)/;
const underline = /^ {0,3}(?:(=+)|-{2,})\s*$/;
const underlined = (line: string): boolean => line.trim() !== '' && !line.includes('|') && !/^\s*(?:[>#]|[-*+]\s|\d+[.)]\s|-+\s*$)/.test(line);
const headingLine = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/;

function plainTitle(source: string): string {
  return source
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[\[([^\]|]*\|)?([^\]]*)\]\]/g, '$2')
    .replace(/(\*\*|__|~~|`+)/g, '')
    .replace(/(^|\s)[*_](\S)/g, '$1$2')
    .replace(/(\S)[*_](?=\s|$|[.,;:!?])/g, '$1')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .trim();
}

function linesOf(text: string, from: string | null): Lines {
  let open = from;
  let done = 0;
  let all = 0;
  const headings: Heading[] = [];
  const lines = text.split('\n');
  let previous = '';
  lines.forEach((line, at) => {
    const fence = line.includes('```') || line.includes('~~~') ? fenceLine.exec(line) : null;
    if (fence !== null) {
      const [, mark = '', rest = ''] = fence;
      if (open === null) {
        if (mark.startsWith('~') || !rest.includes('`')) open = mark;
      } else if (mark.startsWith(open) && rest.trim() === '') open = null;
      previous = '';
      return;
    }
    if (open === FRONT_MATTER && at > 0 && /^(?:---|\.\.\.)\s*$/.test(line)) {
      open = null;
      previous = '';
      return;
    }
    if (open !== null) return;
    const box = line.includes('[') ? taskLine.exec(line)?.[1] : undefined;
    if (box !== undefined) {
      all += 1;
      if (box !== ' ') done += 1;
    }
    const heading = line.includes('#') ? headingLine.exec(line) : null;
    if (heading !== null) headings.push({ level: heading[1]?.length ?? 1, title: plainTitle(heading[2] ?? ''), line: at });
    else {
      const mark = underline.exec(line);
      if (mark !== null && at > 0 && underlined(previous)) headings.push({ level: mark[1] === undefined ? 2 : 1, title: plainTitle(previous), line: at - 1 });
    }
    previous = line;
  });
  const first = from === null ? underline.exec(lines[0] ?? '') : null;
  return { tasks: { done, all }, headings, open, lines: lines.length, underlines: first === null ? null : first[1] === undefined ? 2 : 1, last: previous };
}

const knownLines = new WeakMap<Text, Map<string, Lines>>();

function leaves(text: Text, out: Text[]): void {
  if (text.children === null) out.push(text);
  else for (const child of text.children) leaves(child, out);
}

export interface Structure {
  tasks: TaskCount;
  headings: readonly Heading[];
}

/** Tasks and headings outside of code; `line` counts from 1. */
export function structureOf(text: Text): Structure {
  const parts: Text[] = [];
  leaves(text, parts);
  let open: string | null = text.lines > 1 && /^---\s*$/.test(text.line(1).text) ? FRONT_MATTER : null;
  let before = '';
  let line = 1;
  let done = 0;
  let all = 0;
  const headings: Heading[] = [];
  for (const part of parts) {
    let remembered = knownLines.get(part);
    if (remembered === undefined) knownLines.set(part, (remembered = new Map()));
    let found: Lines | undefined = remembered.get(open ?? '');
    if (found === undefined) remembered.set(open ?? '', (found = linesOf(part.toString(), open)));
    done += found.tasks.done;
    all += found.tasks.all;
    if (found.underlines !== null && underlined(before)) headings.push({ level: found.underlines, title: plainTitle(before), line: line - 1 });
    for (const heading of found.headings) headings.push({ ...heading, line: heading.line + line });
    open = found.open;
    before = found.last;
    line += found.lines;
  }
  return { tasks: { done, all }, headings };
}
