// GFM tables as values: read from lines, changed, written back with aligned pipes. Pure; where the
// caret is and what is dispatched is decided in `table-commands.ts`.
// Source: GitHub Flavored Markdown 0.29, section 4.10.

import { columns } from './columns';

export type Align = 'none' | 'left' | 'center' | 'right';

export interface Table {
  /** What stands in front of the lines: indentation, marks of a quotation. */
  prefix: string;
  align: readonly Align[];
  /** The first row is the heading; all have as many cells as `align`. */
  rows: readonly (readonly string[])[];
}

/** A cell, the delimiter line not counted: row 0 is the heading. */
export interface Cell {
  row: number;
  column: number;
}

/** Wider than this, cells are not padded: the lines would wrap and align nothing. */
const PAD_AT_MOST = 140;

const lead = /^\s*(?:>\s?)*\s*/;

/** Where the cells of a line lie, between its pipes. `\|` is text. */
export function cellSpans(line: string): { from: number; to: number }[] {
  let at = lead.exec(line)?.[0].length ?? 0;
  const end = line.trimEnd().length;
  if (line[at] === '|') at += 1;
  const spans: { from: number; to: number }[] = [];
  let from = at;
  for (; at < end; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '|') {
      spans.push({ from, to: at });
      from = at + 1;
    }
  }
  if (from < end) spans.push({ from, to: end });
  return spans;
}

const cellsOf = (line: string): string[] => cellSpans(line).map(({ from, to }) => line.slice(from, to).trim());

function alignOf(cell: string): Align | null {
  const found = /^(:?)-+(:?)$/.exec(cell);
  if (found === null) return null;
  return found[1] === ':' ? (found[2] === ':' ? 'center' : 'left') : found[2] === ':' ? 'right' : 'none';
}

/** `null` when the second line is no delimiter. Rows get as many cells as the heading; GFM drops surplus ones, we keep them as columns. */
export function parseTable(lines: readonly string[]): Table | null {
  const [head, delimiter, ...rest] = lines;
  if (head === undefined || delimiter === undefined) return null;
  const align = cellsOf(delimiter).map(alignOf);
  if (align.length === 0 || align.includes(null) || !delimiter.includes('-')) return null;
  const rows = [head, ...rest].map(cellsOf);
  const width = Math.max(align.length, ...rows.map((r) => r.length));
  return {
    prefix: lead.exec(delimiter)?.[0] ?? '',
    align: Array.from({ length: width }, (_, i) => align[i] ?? 'none'),
    rows: rows.map((row) => Array.from({ length: width }, (_, i) => row[i] ?? '')),
  };
}

function pad(text: string, width: number, align: Align): string {
  const gap = Math.max(0, width - columns(text));
  if (align === 'right') return ' '.repeat(gap) + text;
  if (align === 'center') return ' '.repeat(Math.floor(gap / 2)) + text + ' '.repeat(Math.ceil(gap / 2));
  return text + ' '.repeat(gap);
}

function delimiterOf(align: Align, width: number): string {
  const left = align === 'left' || align === 'center' ? ':' : '-';
  const right = align === 'right' || align === 'center' ? ':' : '-';
  return ` ${left}${'-'.repeat(Math.max(1, width - 2))}${right} `;
}

/** The lines of the table: heading, delimiter, rows. */
export function formatTable(table: Table): string[] {
  const natural = table.align.map((_, i) => Math.max(3, ...table.rows.map((row) => columns(row[i] ?? ''))));
  const padded = natural.reduce((sum, w) => sum + w + 3, 1) <= PAD_AT_MOST;
  const widths = padded ? natural : natural.map(() => 3);
  const line = (cells: readonly string[]): string =>
    `${table.prefix}|${widths.map((w, i) => ` ${padded ? pad(cells[i] ?? '', w, table.align[i] ?? 'none') : (cells[i] ?? '')} `).join('|')}|`;
  const delimiter = `${table.prefix}|${widths.map((w, i) => delimiterOf(table.align[i] ?? 'none', w)).join('|')}|`;
  const [head, ...rest] = table.rows;
  return [line(head ?? []), delimiter, ...rest.map(line)];
}

/** Line of a row among the lines of the table. */
export const lineOfRow = (row: number): number => (row === 0 ? 0 : row + 1);
/** Row of a line; the delimiter counts as the heading. */
export const rowOfLine = (line: number): number => Math.max(0, line - 1);

/** Where the text of a cell starts and ends in a formatted line. */
export function cellText(line: string, column: number): { from: number; to: number } | null {
  const span = cellSpans(line)[column];
  if (span === undefined) return null;
  const raw = line.slice(span.from, span.to);
  const trimmed = raw.trim();
  if (trimmed === '') {
    const from = Math.min(span.to, span.from + 1);
    return { from, to: from };
  }
  const from = span.from + raw.length - raw.trimStart().length;
  return { from, to: from + trimmed.length };
}

/** Which cell of a line a position (counted from its start) is in. */
export function columnAt(line: string, position: number): number {
  const spans = cellSpans(line);
  const found = spans.findIndex(({ to }) => position <= to);
  return found < 0 ? Math.max(0, spans.length - 1) : found;
}

export function newTable(rows: number, width: number, prefix = ''): Table {
  const empty = (): string[] => Array.from({ length: width }, () => '');
  return { prefix, align: Array.from({ length: width }, (): Align => 'none'), rows: Array.from({ length: rows }, empty) };
}

const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);
const withAt = <T>(list: readonly T[], at: number, value: T): T[] => [...list.slice(0, at), value, ...list.slice(at)];

function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from];
  return item === undefined ? [...list] : withAt(without(list, from), to, item);
}

/** An empty row so that it becomes row `at`. */
export function insertRow(table: Table, at: number): Table {
  return { ...table, rows: withAt(table.rows, at, table.align.map(() => '')) };
}

/** `null`: nothing is left. Without its heading, the next row becomes one. */
export function deleteRow(table: Table, at: number): Table | null {
  return table.rows.length <= 1 ? null : { ...table, rows: without(table.rows, at) };
}

export function moveRow(table: Table, from: number, to: number): Table {
  return to < 0 || to >= table.rows.length ? table : { ...table, rows: moved(table.rows, from, to) };
}

export function insertColumn(table: Table, at: number): Table {
  return { ...table, align: withAt<Align>(table.align, at, 'none'), rows: table.rows.map((row) => withAt(row, at, '')) };
}

export function deleteColumn(table: Table, at: number): Table | null {
  return table.align.length <= 1 ? null : { ...table, align: without(table.align, at), rows: table.rows.map((row) => without(row, at)) };
}

export function moveColumn(table: Table, from: number, to: number): Table {
  if (to < 0 || to >= table.align.length) return table;
  return { ...table, align: moved(table.align, from, to), rows: table.rows.map((row) => moved(row, from, to)) };
}

export function alignColumn(table: Table, at: number, align: Align): Table {
  return { ...table, align: table.align.map((a, i) => (i === at ? align : a)) };
}

/** Text that stays in one cell: no line breaks, no bare pipes. */
export function asCell(text: string): string {
  return text.trim().replace(/(\\*)\|/g, (all, slashes: string) => (slashes.length % 2 === 1 ? all : `${slashes}\\|`)).replace(/\s*\r?\n\s*/g, '<br>');
}
