// Lists: indenting with what hangs below, and numbers that stay in order. Works on the lines around
// the caret, never on the whole note.

import { indentLess, indentMore, insertTab, moveLineDown, moveLineUp } from '@codemirror/commands';
import { getIndentUnit, indentUnit, syntaxTree } from '@codemirror/language';
import { ChangeSet, EditorSelection, Transaction, type ChangeSpec, type EditorState, type Line, type StateCommand, type Text, type TransactionSpec } from '@codemirror/state';

interface Item {
  /** Quotation marks and spaces in front of the mark. */
  quote: string;
  indent: number;
  mark: string;
  number: number | null;
  /** Columns until the text. */
  content: number;
  /** Offset of the mark in the line. */
  at: number;
}

const itemLine = /^((?:\s*>)*)(\s*)([-*+]|(\d{1,9})[.)])(\s+|$)/;
/** Lines looked at on each side of the caret. */
const REACH = 2_000;

export function itemOf(text: string): Item | null {
  const found = itemLine.exec(text);
  if (found === null) return null;
  const [, quote = '', space = '', mark = '', digits, gap = ''] = found;
  const indent = space.replace(/\t/g, '    ').length;
  return { quote: quote.replace(/\s/g, ''), indent, mark, number: digits === undefined ? null : Number(digits), content: indent + mark.length + Math.max(1, Math.min(4, gap.length)), at: quote.length + space.length };
}

const indentOf = (text: string): number => (/^(?:\s*>)*(\s*)/.exec(text)?.[1] ?? '').replace(/\t/g, '    ').length;
const isBlank = (text: string): boolean => /^[\s>]*$/.test(text);

function inCode(state: EditorState, position: number): boolean {
  for (let node = syntaxTree(state).resolveInner(position, 1); node.parent !== null; node = node.parent) if (node.name === 'FencedCode' || node.name === 'CodeBlock') return true;
  return false;
}

/** First and last line of the lists around a line: two blank lines, or a line without indentation that is no item, end them. */
function block(doc: Text, line: number): { first: number; last: number } {
  const ends = (n: number): boolean => {
    const { text } = doc.line(n);
    return isBlank(text) ? n + 1 > doc.lines || isBlank(doc.line(n + 1).text) : itemOf(text) === null && indentOf(text) === 0;
  };
  let first = line;
  while (first > 1 && line - first < REACH && !ends(first - 1)) first -= 1;
  let last = line;
  while (last < doc.lines && last - line < REACH && !ends(last + 1)) last += 1;
  return { first, last };
}

interface Level {
  indent: number;
  ordered: boolean;
  delimiter: string;
  items: { line: number; from: number; item: Item & { number: number } }[];
}

/** What happened to the items before they are counted again. */
export interface Counted {
  /** First items that begin a list of their own. */
  restart?: ReadonlySet<number>;
  /** Items that come from elsewhere: their numbers say nothing about this list. */
  foreign?: ReadonlySet<number>;
  /** Items changed places: the list begins with its smallest number. */
  shuffled?: boolean;
}

/**
 * Changes that put the numbers of the lists around `line` in order. A list keeps the number it begins
 * with; a list that numbers all its items alike stays so, which is what people write who let the
 * preview count.
 */
export function renumber(doc: Text, line: number, { restart = new Set(), foreign = new Set(), shuffled = false }: Counted = {}): ChangeSpec[] {
  const { first, last } = block(doc, line);
  const open: Level[] = [];
  const all: Level[] = [];
  for (let n = first; n <= last; n += 1) {
    const at = doc.line(n);
    const item = itemOf(at.text);
    if (item === null) continue;
    while (open.length > 0 && (open[open.length - 1]?.indent ?? 0) > item.indent) open.pop();
    let level = open[open.length - 1];
    const delimiter = item.mark.slice(-1);
    if (level === undefined || item.indent > level.indent || level.ordered !== (item.number !== null) || level.delimiter !== delimiter) {
      if (level !== undefined && item.indent <= level.indent) open.pop();
      level = { indent: item.indent, ordered: item.number !== null, delimiter, items: [] };
      open.push(level);
      all.push(level);
    }
    if (item.number !== null) level.items.push({ line: n, from: at.from + item.at, item: { ...item, number: item.number } });
  }
  const changes: ChangeSpec[] = [];
  for (const { items } of all) {
    const [head] = items;
    if (head === undefined) continue;
    const own = items.filter((i) => !foreign.has(i.line) && !restart.has(i.line));
    if (own.length > 1 && own.length === items.length && own.every((i) => i.item.number === own[0]?.item.number)) continue;
    const start = restart.has(head.line) ? 1 : shuffled ? Math.min(...items.map((i) => i.item.number)) : head.item.number;
    items.forEach(({ from, item }, i) => {
      if (item.number !== start + i) changes.push({ from, to: from + item.mark.length - 1, insert: String(start + i) });
    });
  }
  return changes.sort((a, b) => (a as { from: number }).from - (b as { from: number }).from);
}

function touchedLines(state: EditorState): Line[] {
  const lines: Line[] = [];
  for (const range of state.selection.ranges) {
    for (let at = range.from; ;) {
      const line = state.doc.lineAt(at);
      if (lines[lines.length - 1]?.number !== line.number && (line.from < range.to || range.empty || line.from === range.from)) lines.push(line);
      if (line.to >= range.to || line.number === state.doc.lines) break;
      at = line.to + 1;
    }
  }
  return lines;
}

/** The items of the selection and everything that hangs below them, by line number. */
function withChildren(doc: Text, lines: readonly Line[]): Set<number> {
  const found = new Set<number>();
  for (const line of lines) {
    if (found.has(line.number)) continue;
    found.add(line.number);
    const item = itemOf(line.text);
    if (item === null) continue;
    for (let n = line.number + 1; n <= doc.lines && n - line.number < REACH; n += 1) {
      const { text } = doc.line(n);
      if (isBlank(text)) {
        if (n === doc.lines || isBlank(doc.line(n + 1).text) || indentOf(doc.line(n + 1).text) < item.content) break;
      } else if (indentOf(text) < item.content) break;
      found.add(n);
    }
  }
  return found;
}

/** How far an item moves in: to the text of the item before it on its own level. 0: it has none, so nothing would hold it. */
function stepIn(doc: Text, line: Line, item: Item): number {
  for (let n = line.number - 1; n >= 1 && line.number - n < REACH; n -= 1) {
    const { text } = doc.line(n);
    const other = itemOf(text);
    if (other === null) {
      if (!isBlank(text) && indentOf(text) === 0) return 0;
      continue;
    }
    if (other.indent < item.indent) return 0;
    if (other.indent < item.content && other.indent === item.indent) return other.content - item.indent;
  }
  return 0;
}

/** How far an item moves out: to the mark of the item it hangs below. */
function stepOut(doc: Text, line: Line, item: Item): number {
  for (let n = line.number - 1; n >= 1 && line.number - n < REACH; n -= 1) {
    const other = itemOf(doc.line(n).text);
    if (other !== null && other.indent < item.indent) return item.indent - other.indent;
  }
  return item.indent;
}

function shift(direction: 1 | -1): StateCommand {
  return ({ state, dispatch }) => {
    if (state.readOnly) return false;
    const lines = touchedLines(state);
    const head = lines[0];
    const item = head === undefined ? null : itemOf(head.text);
    if (head === undefined || item === null || inCode(state, head.from)) return false;
    const by = direction === 1 ? stepIn(state.doc, head, item) : stepOut(state.doc, head, item);
    // In a list the key is ours although nothing can move: it must not indent one line into a code block.
    if (by === 0) return true;
    const changes: ChangeSpec[] = [];
    const moved = withChildren(state.doc, lines);
    for (const n of moved) {
      const line = state.doc.line(n);
      if (isBlank(line.text)) continue;
      const quote = /^(?:\s*>)*/.exec(line.text)?.[0].length ?? 0;
      const space = /^\s*/.exec(line.text.slice(quote))?.[0] ?? '';
      if (direction === 1) changes.push({ from: line.from + quote, insert: ' '.repeat(by) });
      else {
        const width = space.replace(/\t/g, '    ').length;
        changes.push({ from: line.from + quote, to: line.from + quote + space.length, insert: ' '.repeat(Math.max(0, width - by)) });
      }
    }
    const shifted = state.update({ changes, userEvent: direction === 1 ? 'input.indent' : 'delete.dedent' });
    const own = new Set([head.number]);
    dispatch(state.update(ordered(shifted, direction === 1 ? { restart: own } : { foreign: own })));
    return true;
  };
}

/** The transaction with the numbers of the lists at its selection put in order, as one step of undo. */
function ordered(transaction: Transaction, counted: Counted): TransactionSpec {
  const { newDoc, newSelection, changes } = transaction;
  const seen = new Set<number>();
  const fixes: ChangeSpec[] = [];
  for (const range of newSelection.ranges) {
    const line = newDoc.lineAt(range.head).number;
    const { first } = block(newDoc, line);
    if (seen.has(first)) continue;
    seen.add(first);
    fixes.push(...renumber(newDoc, line, counted));
  }
  const set = ChangeSet.of(fixes, newDoc.length);
  return { changes: changes.compose(set), selection: newSelection.map(set), userEvent: transaction.annotation(Transaction.userEvent) ?? 'input', scrollIntoView: true };
}

const inOrder = (command: StateCommand): StateCommand => ({ state, dispatch }) =>
  command({ state, dispatch: (transaction) => dispatch(transaction.docChanged ? state.update(ordered(transaction, { shuffled: true })) : transaction) });

export const indentItem = shift(1);
export const outdentItem = shift(-1);
export const lineUp = inOrder(moveLineUp);
export const lineDown = inOrder(moveLineDown);

/** Tab: items move in, several lines are indented, elsewhere a step of spaces is typed. */
export const indent: StateCommand = (target) => {
  if (indentItem(target)) return true;
  const { state } = target;
  if (state.readOnly) return false;
  if (state.selection.ranges.some((r) => !r.empty)) return indentMore(target);
  if (getIndentUnit(state) > 0 && state.facet(indentUnit).includes('\t')) return insertTab(target);
  const unit = getIndentUnit(state);
  const spec = state.changeByRange((range) => {
    const line = state.doc.lineAt(range.head);
    const insert = ' '.repeat(unit - ((range.head - line.from) % unit));
    return { changes: { from: range.head, insert }, range: EditorSelection.cursor(range.head + insert.length) };
  });
  target.dispatch(state.update(spec, { userEvent: 'input.indent', scrollIntoView: true }));
  return true;
};

export const outdent: StateCommand = (target) => outdentItem(target) || indentLess(target);
