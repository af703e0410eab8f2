// The table under the caret: found in the syntax tree, changed as a value, written back with only the
// lines that differ, so that what somebody else edits meanwhile meets as few changes as possible.

import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import { EditorSelection, type ChangeSpec, type EditorState, type StateCommand, type TransactionSpec } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';

import { alignColumn, cellText, columnAt, deleteColumn, deleteRow, formatTable, insertColumn, insertRow, lineOfRow, moveColumn, moveRow, newTable, parseTable, rowOfLine, type Align, type Cell, type Table } from './tables';

export interface FoundTable {
  table: Table;
  /** Number of the heading's line. */
  first: number;
  lines: readonly string[];
  cell: Cell;
  /** The caret is on the line of dashes. */
  onDelimiter: boolean;
}

function tableNode(state: EditorState, position: number): SyntaxNode | null {
  const tree = ensureSyntaxTree(state, position, 50) ?? syntaxTree(state);
  for (const side of [-1, 1] as const) {
    for (let node: SyntaxNode | null = tree.resolveInner(position, side); node !== null; node = node.parent) if (node.name === 'Table') return node;
  }
  return null;
}

export function tableAt(state: EditorState, position = state.selection.main.head): FoundTable | null {
  const here = state.doc.lineAt(position);
  // Most lines are no table, and this runs for every Tab and Enter.
  if (!here.text.includes('|') && !here.text.includes('-')) return null;
  const node = tableNode(state, position);
  if (node === null) return null;
  const first = state.doc.lineAt(node.from).number;
  const last = state.doc.lineAt(node.to).number;
  if (here.number < first || here.number > last) return null;
  // A table that begins behind the mark of a list item would lose the mark.
  if (!/^[\s>]*$/.test(state.doc.line(first).text.slice(0, node.from - state.doc.line(first).from))) return null;
  const lines: string[] = [];
  for (let n = first; n <= last; n += 1) lines.push(state.doc.line(n).text);
  const table = parseTable(lines);
  if (table === null) return null;
  const line = here.number - first;
  return { table, first, lines, cell: { row: rowOfLine(line), column: Math.min(table.align.length - 1, columnAt(here.text, position - here.from)) }, onDelimiter: line === 1 };
}

/** What has to change in one line, without what both versions begin and end with. */
function difference(from: number, before: string, after: string): ChangeSpec | null {
  if (before === after) return null;
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from: from + start, to: from + before.length - end, insert: after.slice(start, after.length - end) };
}

/** Replaces the found table by `next` and puts the caret into a cell; `null` keeps the selection where it maps to. */
export function writeTable(state: EditorState, found: FoundTable, next: Table, cell: Cell | null, userEvent = 'input.table'): TransactionSpec {
  const after = formatTable(next);
  const changes: ChangeSpec[] = [];
  const last = state.doc.line(found.first + found.lines.length - 1);
  for (let i = 0; i < Math.max(after.length, found.lines.length); i += 1) {
    const before = found.lines[i];
    const line = after[i];
    if (before !== undefined && line !== undefined) {
      const change = difference(state.doc.line(found.first + i).from, before, line);
      if (change !== null) changes.push(change);
    }
  }
  if (after.length > found.lines.length) changes.push({ from: last.to, insert: `\n${after.slice(found.lines.length).join('\n')}` });
  else if (after.length < found.lines.length) changes.push({ from: state.doc.line(found.first + after.length - 1).to, to: last.to });
  if (cell === null) return { changes, userEvent };
  let start = state.doc.line(found.first).from;
  const target = lineOfRow(cell.row);
  for (let i = 0; i < target; i += 1) start += (after[i]?.length ?? 0) + 1;
  const text = cellText(after[target] ?? '', cell.column);
  return { changes, selection: EditorSelection.cursor(start + (text?.to ?? 0)), scrollIntoView: true, userEvent };
}

/** A change of the table under the caret as a command; `change` answers with the new table and where the caret goes. */
function onTable(change: (found: FoundTable) => { table: Table | null; cell: Cell } | null): StateCommand {
  return ({ state, dispatch }) => {
    if (state.readOnly || state.selection.ranges.length > 1) return false;
    const found = tableAt(state);
    if (found === null) return false;
    const result = change(found);
    if (result === null) return false;
    if (result.table === null) {
      const from = state.doc.line(found.first).from;
      const last = state.doc.line(found.first + found.lines.length - 1);
      dispatch(state.update({ changes: { from, to: Math.min(state.doc.length, last.to + 1) }, selection: { anchor: from }, userEvent: 'delete.table', scrollIntoView: true }));
      return true;
    }
    dispatch(state.update(writeTable(state, found, result.table, result.cell)));
    return true;
  };
}

export const formatTableHere = onTable(({ table, cell }) => ({ table, cell }));

/** The next cell; after the last one a new row. */
export const nextCell = onTable(({ table, cell: { row, column } }) => {
  if (column + 1 < table.align.length) return { table, cell: { row, column: column + 1 } };
  const next = row + 1 < table.rows.length ? table : insertRow(table, table.rows.length);
  return { table: next, cell: { row: row + 1, column: 0 } };
});

export const previousCell = onTable(({ table, cell: { row, column } }) => {
  if (column > 0) return { table, cell: { row, column: column - 1 } };
  return { table, cell: row === 0 ? { row: 0, column: 0 } : { row: row - 1, column: table.align.length - 1 } };
});

/** Enter: the same column one row on. In the last row a new one begins; an empty last row ends the table. */
export const cellBelow: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly || state.selection.ranges.length > 1) return false;
  const found = tableAt(state);
  if (found === null) return false;
  const { table, cell } = found;
  const last = table.rows.length - 1;
  if (cell.row === last && last > 0 && table.rows[last]?.every((c) => c === '') === true) {
    const line = state.doc.line(found.first + lineOfRow(last));
    dispatch(state.update({ changes: { from: line.from, to: line.to, insert: table.prefix.trimEnd() === '' ? '' : table.prefix }, selection: { anchor: line.from + (table.prefix.trimEnd() === '' ? 0 : table.prefix.length) }, userEvent: 'input', scrollIntoView: true }));
    return true;
  }
  const next = cell.row === last ? insertRow(table, last + 1) : table;
  dispatch(state.update(writeTable(state, found, next, { row: cell.row + 1, column: cell.column })));
  return true;
};

export const rowAbove = onTable(({ table, cell }) => {
  // Nothing stands above the heading: the new row becomes the first below it.
  const at = Math.max(1, cell.row);
  return { table: insertRow(table, at), cell: { row: at, column: cell.column } };
});
export const rowBelow = onTable(({ table, cell }) => ({ table: insertRow(table, cell.row + 1), cell: { row: cell.row + 1, column: cell.column } }));
export const removeRow = onTable(({ table, cell }) => ({ table: deleteRow(table, cell.row), cell: { row: Math.min(cell.row, table.rows.length - 2), column: cell.column } }));
export const rowUp = onTable(({ table, cell }) => (cell.row === 0 ? null : { table: moveRow(table, cell.row, cell.row - 1), cell: { row: cell.row - 1, column: cell.column } }));
export const rowDown = onTable(({ table, cell }) => (cell.row + 1 >= table.rows.length ? null : { table: moveRow(table, cell.row, cell.row + 1), cell: { row: cell.row + 1, column: cell.column } }));

export const columnLeft = onTable(({ table, cell }) => ({ table: insertColumn(table, cell.column), cell }));
export const columnRight = onTable(({ table, cell }) => ({ table: insertColumn(table, cell.column + 1), cell: { row: cell.row, column: cell.column + 1 } }));
export const removeColumn = onTable(({ table, cell }) => ({ table: deleteColumn(table, cell.column), cell: { row: cell.row, column: Math.min(cell.column, table.align.length - 2) } }));
export const columnBack = onTable(({ table, cell }) => (cell.column === 0 ? null : { table: moveColumn(table, cell.column, cell.column - 1), cell: { row: cell.row, column: cell.column - 1 } }));
export const columnOn = onTable(({ table, cell }) => (cell.column + 1 >= table.align.length ? null : { table: moveColumn(table, cell.column, cell.column + 1), cell: { row: cell.row, column: cell.column + 1 } }));
export const alignHere = (align: Align): StateCommand => onTable(({ table, cell }) => ({ table: alignColumn(table, cell.column, align), cell }));

/** The whole table goes. */
export const removeTable = onTable(({ cell }) => ({ table: null, cell }));

/** A table of two rows and two columns on lines of its own; the caret is in its heading. */
export const insertTable: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly || tableAt(state) !== null) return false;
  const line = state.doc.lineAt(state.selection.main.head);
  const quote = /^\s*(?:>\s?)+/.exec(line.text)?.[0] ?? '';
  const bare = line.text.slice(quote.length).trim() === '';
  const lines = formatTable(newTable(2, 2, quote));
  const from = bare ? line.from : line.to;
  // A table that touches a paragraph above would be part of it.
  const above = line.number > 1 ? state.doc.line(line.number - 1).text.slice(quote.length).trim() : '';
  const before = bare ? (above === '' ? '' : `${quote.trimEnd()}\n`) : `\n${quote.trimEnd()}\n`;
  const below = line.number < state.doc.lines ? state.doc.line(line.number + 1).text.trim() : '';
  const insert = before + lines.join('\n') + (below === '' ? '' : `\n${quote.trimEnd()}`);
  const text = cellText(lines[0] ?? '', 0);
  dispatch(state.update({ changes: { from, to: bare ? line.to : from, insert }, selection: { anchor: from + before.length + (text?.from ?? 0) }, userEvent: 'input', scrollIntoView: true }));
  return true;
};
