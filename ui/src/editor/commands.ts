// Markdown commands: functions of editor state. Marks around a selection, marks in front of lines,
// task boxes.

import { EditorSelection, type ChangeSpec, type EditorState, type Line, type StateCommand, type TransactionSpec } from '@codemirror/state';

const letter = /[\p{L}\p{N}_]/u;

function wordAt(state: EditorState, at: number): { from: number; to: number } {
  const line = state.doc.lineAt(at);
  let from = at - line.from;
  let to = from;
  while (from > 0 && letter.test(line.text[from - 1] ?? '')) from -= 1;
  while (to < line.length && letter.test(line.text[to] ?? '')) to += 1;
  return { from: line.from + from, to: line.from + to };
}

/** Puts `mark` on both sides of each selection (or the word at the caret), or takes it away. */
export function toggleMark(mark: string): StateCommand {
  return ({ state, dispatch }) => {
    if (state.readOnly) return false;
    const size = mark.length;
    const spec = state.changeByRange((range) => {
      const { from, to } = range.empty ? wordAt(state, range.head) : range;
      const text = state.sliceDoc(from, to);
      const outside = state.sliceDoc(from - size, from) === mark && state.sliceDoc(to, to + size) === mark && !longer(state, mark, from - size, to + size);
      if (outside) {
        return { changes: [{ from: from - size, to: from }, { from: to, to: to + size }], range: EditorSelection.range(range.anchor - size, range.head - size) };
      }
      if (text.length >= 2 * size && text.startsWith(mark) && text.endsWith(mark)) {
        return { changes: [{ from, to: from + size }, { from: to - size, to }], range: EditorSelection.range(from, to - 2 * size) };
      }
      return { changes: [{ from, insert: mark }, { from: to, insert: mark }], range: EditorSelection.range(range.anchor + size, range.head + size) };
    });
    dispatch(state.update(spec, { userEvent: 'input', scrollIntoView: true }));
    return true;
  };
}

/** `*` must not be mistaken for the inner half of `**`. */
function longer(state: EditorState, mark: string, from: number, to: number): boolean {
  const sign = mark[0] ?? '';
  return mark.length === 1 && state.sliceDoc(from - 1, from) === sign && state.sliceDoc(to, to + 1) === sign && state.sliceDoc(from - 2, from - 1) !== sign;
}

/** `[text](|)`, or the same around a pasted-looking address. */
export const insertLink: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const spec = state.changeByRange((range) => {
    const text = state.sliceDoc(range.from, range.to);
    if (/^https?:\/\/\S+$/.test(text)) {
      return { changes: { from: range.from, to: range.to, insert: `[](${text})` }, range: EditorSelection.cursor(range.from + 1) };
    }
    const at = range.to + (text === '' ? 1 : 3);
    return { changes: { from: range.from, to: range.to, insert: `[${text}]()` }, range: EditorSelection.cursor(at) };
  });
  dispatch(state.update(spec, { userEvent: 'input', scrollIntoView: true }));
  return true;
};

function selectedLines(state: EditorState): Line[] {
  const lines: Line[] = [];
  for (const range of state.selection.ranges) {
    for (let at = range.from; ;) {
      const line = state.doc.lineAt(at);
      if (lines[lines.length - 1]?.number !== line.number) lines.push(line);
      if (line.to >= range.to || line.to + 1 > state.doc.length) break;
      at = line.to + 1;
    }
  }
  return lines;
}

const anyMark = /^(\s*)(?:#{1,6}\s+|>\s?|[-*+]\s+\[[ xX]\]\s+|[-*+]\s+|\d+[.)]\s+)?/;

/** Gives every selected line the mark `make` returns, or takes it away when all have one that `has` knows. */
function toggleLines(has: RegExp, make: (index: number) => string): StateCommand {
  return ({ state, dispatch }) => {
    if (state.readOnly) return false;
    const lines = selectedLines(state).filter((l, _i, all) => all.length === 1 || l.text.trim() !== '');
    const off = lines.every((l) => has.test(l.text));
    const changes: ChangeSpec[] = lines.map((line, index) => {
      const found = anyMark.exec(line.text);
      const indent = found?.[1]?.length ?? 0;
      const end = found?.[0].length ?? 0;
      return { from: line.from + indent, to: line.from + end, insert: off ? '' : make(index) };
    });
    dispatch(state.update({ changes, userEvent: 'input', scrollIntoView: true }));
    return true;
  };
}

export const toggleHeading = (level: number): StateCommand => toggleLines(new RegExp(`^\\s*#{${level}}\\s`), () => `${'#'.repeat(level)} `);
export const toggleQuote = toggleLines(/^\s*>/, () => '> ');
export const toggleBullets = toggleLines(/^\s*[-*+]\s+(?!\[[ xX]\]\s)/, () => '- ');
export const toggleNumbers = toggleLines(/^\s*\d+[.)]\s/, (i) => `${i + 1}. `);
export const toggleTasks = toggleLines(/^\s*[-*+]\s+\[[ xX]\]\s/, () => '- [ ] ');

/** Takes headings, list marks and quotation marks away. */
export const toggleParagraph: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const changes: ChangeSpec[] = [];
  for (const line of selectedLines(state)) {
    const found = anyMark.exec(line.text);
    const indent = found?.[1]?.length ?? 0;
    if (found !== null && found[0].length > indent) changes.push({ from: line.from + indent, to: line.from + found[0].length });
  }
  if (changes.length === 0) return false;
  dispatch(state.update({ changes, userEvent: 'delete', scrollIntoView: true }));
  return true;
};

/** What a block takes over from its line: the marks of a quotation. */
const quoteOf = (text: string): string => /^\s*(?:>\s?)+/.exec(text)?.[0] ?? '';

/** Puts `lines` below the caret's line, or in its place when it is blank; `caret` counts lines, then signs, of what is put in. */
function placeBlock(state: EditorState, lines: readonly string[], caret: { line: number; column: number }): TransactionSpec {
  const line = state.doc.lineAt(state.selection.main.head);
  const quote = quoteOf(line.text);
  const bare = line.text.slice(quote.length).trim() === '';
  const before = bare ? '' : `\n${quote.trimEnd()}\n`;
  const placed = lines.map((l) => (l === '' ? quote.trimEnd() : quote + l));
  const from = bare ? line.from : line.to;
  const column = quote.length + caret.column;
  const anchor = from + before.length + placed.slice(0, caret.line).reduce((sum, l) => sum + l.length + 1, 0) + column;
  return { changes: { from, to: bare ? line.to : from, insert: before + placed.join('\n') }, selection: { anchor }, userEvent: 'input', scrollIntoView: true };
}

/** A fenced block: around the selected lines, or an empty one with the caret where its language is named. */
export const insertCodeBlock: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const { main } = state.selection;
  if (main.empty) {
    dispatch(state.update(placeBlock(state, ['```', '', '```'], { line: 0, column: 3 })));
    return true;
  }
  const first = state.doc.lineAt(main.from);
  const last = state.doc.lineAt(main.to);
  const longest = Math.max(0, ...(state.sliceDoc(first.from, last.to).match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  dispatch(state.update({ changes: [{ from: first.from, insert: `${fence}\n` }, { from: last.to, insert: `\n${fence}` }], selection: { anchor: first.from + fence.length }, userEvent: 'input', scrollIntoView: true }));
  return true;
};

export const insertRule: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const line = state.doc.lineAt(state.selection.main.head);
  // Dashes right below a paragraph would make it a heading.
  const above = line.number > 1 && state.doc.line(line.number - 1).text.trim() !== '' && line.text.trim() === '';
  const lines = above ? ['', '---', ''] : ['---', ''];
  dispatch(state.update(placeBlock(state, lines, { line: lines.length - 1, column: 0 })));
  return true;
};

/** A callout around the selected lines, or a new one. */
export const insertCallout = (kind: string): StateCommand => ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const { main } = state.selection;
  const lines = selectedLines(state);
  const first = lines[0];
  if (first === undefined) return false;
  if (main.empty && first.text.trim() === '') {
    dispatch(state.update(placeBlock(state, [`> [!${kind}]`, '> '], { line: 1, column: 2 })));
    return true;
  }
  const changes: ChangeSpec[] = lines.map((l, i) => ({ from: l.from, insert: `${i === 0 ? `> [!${kind}]\n` : ''}${l.text === '' ? '>' : '> '}` }));
  dispatch(state.update({ changes, userEvent: 'input', scrollIntoView: true }));
  return true;
};

/** `[^1]` at the caret and its text at the end of the note, where the caret goes. */
export const insertFootnote: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const { head } = state.selection.main;
  const used = new Set([...state.doc.toString().matchAll(/\[\^(\d+)\]/g)].map((m) => Number(m[1])));
  let number = 1;
  while (used.has(number)) number += 1;
  const mark = `[^${number}]`;
  const last = state.doc.line(state.doc.lines).text;
  const lead = last === '' ? (state.doc.lines > 1 && state.doc.line(state.doc.lines - 1).text.trim() === '' ? '' : '\n') : /^\[\^\d+\]:/.test(last) ? '\n' : '\n\n';
  const text = `${lead}${mark}: `;
  dispatch(state.update({ changes: [{ from: head, insert: mark }, { from: state.doc.length, insert: text }], selection: { anchor: state.doc.length + mark.length + text.length }, userEvent: 'input', scrollIntoView: true }));
  return true;
};

/** `![|]()`, or the same around selected words or an address. */
export const insertImage: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const spec = state.changeByRange((range) => {
    const text = state.sliceDoc(range.from, range.to);
    const isAddress = /^(?:https?|inkdrop|sheaf):\/\/\S+$/.test(text);
    const insert = isAddress ? `![](${text})` : `![${text}]()`;
    return { changes: { from: range.from, to: range.to, insert }, range: EditorSelection.cursor(range.from + (isAddress || text === '' ? 2 : insert.length - 1)) };
  });
  dispatch(state.update(spec, { userEvent: 'input', scrollIntoView: true }));
  return true;
};

/** Plain text at each caret. */
export const insertWords = (words: string): StateCommand => ({ state, dispatch }) => {
  if (state.readOnly) return false;
  dispatch(state.update(state.replaceSelection(words), { userEvent: 'input', scrollIntoView: true }));
  return true;
};

const box = /^(\s*(?:>\s?)*\s*(?:[-*+]|\d+[.)])\s+)\[([ xX])\]/;

/** Checks or unchecks the tasks of the selected lines. */
export const flipTasks: StateCommand = ({ state, dispatch }) => {
  if (state.readOnly) return false;
  const changes: ChangeSpec[] = [];
  for (const line of selectedLines(state)) {
    const found = box.exec(line.text);
    if (found === null) continue;
    const at = line.from + (found[1]?.length ?? 0) + 1;
    changes.push({ from: at, to: at + 1, insert: found[2] === ' ' ? 'x' : ' ' });
  }
  if (changes.length === 0) return false;
  dispatch(state.update({ changes, userEvent: 'input' }));
  return true;
};

/**
 * The change a click on a rendered task box makes. `offset` points at (or just before) the box in
 * the source that was rendered; the text may have moved since, so only a box that is there is touched.
 */
export function flipTaskAt(state: EditorState, offset: number): TransactionSpec | null {
  if (state.readOnly || offset > state.doc.length) return null;
  const line = state.doc.lineAt(offset);
  const found = box.exec(line.text);
  if (found === null) return null;
  const at = line.from + (found[1]?.length ?? 0) + 1;
  return { changes: { from: at, to: at + 1, insert: found[2] === ' ' ? 'x' : ' ' }, userEvent: 'input' };
}

/** Text on a line of its own at the caret: what a dropped picture becomes. */
export function insertBlock(state: EditorState, text: string, at = state.selection.main.head): TransactionSpec {
  const line = state.doc.lineAt(at);
  const before = at > line.from && line.text.slice(0, at - line.from).trim() !== '' ? '\n' : '';
  const after = at < line.to ? '\n' : '';
  const insert = before + text + after;
  return { changes: { from: at, insert }, selection: { anchor: at + insert.length }, userEvent: 'input.paste', scrollIntoView: true };
}
