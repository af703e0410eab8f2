// Tables as people see them in the source: what is typed, which command runs, what stands there after.

import { markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { EditorState, type StateCommand, type Transaction } from '@codemirror/state';
import { describe, expect, test } from 'vitest';

import { columns } from '../src/editor/columns';
import { alignHere, cellBelow, columnBack, columnLeft, columnOn, columnRight, formatTableHere, insertTable, nextCell, previousCell, removeColumn, removeRow, removeTable, rowAbove, rowBelow, rowDown, rowUp, tableAt } from '../src/editor/table-commands';
import { asCell, cellSpans, formatTable, parseTable } from '../src/editor/tables';
import { Random } from './random';

function run(marked: string, command: StateCommand): string {
  const caret = marked.indexOf('¦');
  let state = EditorState.create({ doc: marked.replace('¦', ''), selection: { anchor: caret }, extensions: [markdown({ base: markdownLanguage })] });
  const done = command({ state, dispatch: (transaction: Transaction) => { state = transaction.state; } });
  if (!done) return 'refused';
  const { head } = state.selection.main;
  return `${state.sliceDoc(0, head)}¦${state.sliceDoc(head)}`;
}

const lines = (...all: string[]): string => all.join('\n');

describe('widths', () => {
  test.each([['', 0], ['abc', 3], ['日本語', 6], ['ｶﾅ', 2], ['é', 1], ['👍', 2], ['👨‍👩‍👧', 2], ['한글', 4], ['ﬁ', 1]])('%j takes %i columns', (text, width) => expect(columns(text)).toBe(width));
});

describe('reading and writing', () => {
  test('pipes that are escaped do not end a cell', () => expect(cellSpans('| a \\| b | c |').length).toBe(2));
  test('outer pipes may be missing', () => expect(parseTable(['a | b', '--|:-:', '1 | 2'])).toEqual({ prefix: '', align: ['none', 'center'], rows: [['a', 'b'], ['1', '2']] }));
  test('rows that are too short or too long lose nothing', () => expect(parseTable(['a|b', '-|-', '1', '1|2|3'])?.rows).toEqual([['a', 'b', ''], ['1', '', ''], ['1', '2', '3']]));
  test('Japanese lines up', () => {
    const table = parseTable(['|名前|n|', '|-|-:|', '|a|1|', '|長い名前|100|']);
    expect(table === null ? [] : formatTable(table)).toEqual(['| 名前     |   n |', '| -------- | --: |', '| a        |   1 |', '| 長い名前 | 100 |']);
  });
  test('a table too wide for its lines is not padded', () => {
    const table = parseTable(['|a|b|', '|-|-|', `|${'x'.repeat(200)}|1|`]);
    expect(table === null ? [] : formatTable(table)[0]).toBe('| a | b |');
  });
  test('a second line that is no delimiter makes no table', () => expect(parseTable(['a | b', 'c | d'])).toBeNull());
  test('text put into a cell stays there', () => expect(asCell(' a | b\\|c\r\n d ')).toBe('a \\| b\\|c<br>d'));

  test('formatting twice is formatting once, and no cell changes', () => {
    const random = new Random(20_261_121);
    const next = (n: number): number => random.below(n);
    const words = ['', 'a', 'ab c', '日本', 'x\\|y', '`c`', '**b**', '👍', '1.5', ':-', '[l](u)'];
    for (let round = 0; round < 300; round += 1) {
      const width = 1 + next(5);
      const rows = Array.from({ length: 1 + next(5) }, () => Array.from({ length: width }, () => words[next(words.length)] ?? ''));
      const align = Array.from({ length: width }, () => (['none', 'left', 'center', 'right'] as const)[next(4)] ?? 'none');
      const once = formatTable({ prefix: '', align, rows });
      const read = parseTable(once);
      expect(read).toEqual({ prefix: '', align, rows });
      if (read !== null) expect(formatTable(read)).toEqual(once);
      expect(new Set(once.map(columns)).size).toBe(1);
    }
  });
});

const table = (...rows: string[]): string => lines('| a   | b   |', '| --- | --- |', ...rows);

describe('moving in a table', () => {
  test.each<[string, string, StateCommand, string]>([
    ['Tab goes to the next cell and aligns', '| lon¦ger | b |\n|-|-|\n| 1 | 2 |', nextCell, '| longer | b¦   |\n| ------ | --- |\n| 1      | 2   |'],
    ['Tab at the end of a row goes to the next', table('| 1   | 2   |').replace('| b  ', '| b¦  '), nextCell, table('| 1¦   | 2   |')],
    ['Tab in the last cell makes a row', table('| 1   | 2¦   |'), nextCell, table('| 1   | 2   |', '| ¦    |     |')],
    ['Shift-Tab goes back', table('| 1¦   | 2   |'), previousCell, table('| 1   | 2   |').replace('| b  ', '| b¦  ')],
    ['Enter goes down', table('| 1   | 2   |').replace('| b  ', '| b¦  '), cellBelow, table('| 1   | 2¦   |')],
    ['Enter in the last row makes one', table('| 1   | 2¦   |'), cellBelow, table('| 1   | 2   |', '|     | ¦    |')],
    ['Enter in an empty last row ends the table', table('| 1   | 2   |', '| ¦    |     |'), cellBelow, `${table('| 1   | 2   |')}\n¦`],
    ['in a quotation the marks stay', '> | a | b¦ |\n> |-|-|\n> | 1 | 2 |', nextCell, '> | a   | b   |\n> | --- | --- |\n> | 1¦   | 2   |'],
  ])('%s', (_name, before, command, after) => expect(run(before, command)).toBe(after));

  test('outside of a table the keys are somebody else’s', () => {
    for (const command of [nextCell, previousCell, cellBelow]) expect(run('a | b¦\n\nc', command)).toBe('refused');
    expect(run('```\n| a | b¦ |\n|-|-|\n```', nextCell)).toBe('refused');
  });
});

describe('changing a table', () => {
  const start = table('| 1   | 2   |', '| 3   | 4¦   |');
  test.each<[string, StateCommand, string]>([
    ['a row above', rowAbove, table('| 1   | 2   |', '|     | ¦    |', '| 3   | 4   |')],
    ['a row below', rowBelow, table('| 1   | 2   |', '| 3   | 4   |', '|     | ¦    |')],
    ['the row goes up', rowUp, table('| 3   | 4¦   |', '| 1   | 2   |')],
    ['the row is deleted', removeRow, table('| 1   | 2¦   |')],
    ['a column before', columnLeft, '| a   |     | b   |\n| --- | --- | --- |\n| 1   |     | 2   |\n| 3   | ¦    | 4   |'],
    ['a column after', columnRight, '| a   | b   |     |\n| --- | --- | --- |\n| 1   | 2   |     |\n| 3   | 4   | ¦    |'],
    ['the column goes back', columnBack, '| b   | a   |\n| --- | --- |\n| 2   | 1   |\n| 4¦   | 3   |'],
    ['the column is deleted', removeColumn, '| a   |\n| --- |\n| 1   |\n| 3¦   |'],
    ['aligned right', alignHere('right'), '| a   |   b |\n| --- | --: |\n| 1   |   2 |\n| 3   |   4¦ |'],
    ['the table goes', removeTable, '¦'],
  ])('%s', (_name, command, after) => expect(run(start, command)).toBe(after));

  test('what cannot move says so', () => {
    expect(run(start, rowDown)).toBe('refused');
    expect(run(start, columnOn)).toBe('refused');
  });

  test('a row moved above the heading becomes the heading', () => expect(run(table('| 1¦   | 2   |'), rowUp)).toBe('| 1¦   | 2   |\n| --- | --- |\n| a   | b   |'));

  test('only what differs is changed, so that edits from elsewhere stay apart', () => {
    const doc = '| a   | b   |\n| --- | --- |\n| 1   | 2   |\n| 3   | 4   |';
    const state = EditorState.create({ doc, selection: { anchor: doc.indexOf('4') }, extensions: [markdown({ base: markdownLanguage })] });
    let touched = 0;
    formatTableHere({ state, dispatch: (t) => t.changes.iterChanges(() => { touched += 1; }) });
    expect(touched).toBe(0);
    rowBelow({ state, dispatch: (t) => t.changes.iterChanges((from) => { touched += 1; expect(from).toBe(doc.length); }) });
    expect(touched).toBe(1);
  });
});

describe('a new table', () => {
  test('stands on lines of its own', () => expect(run('text¦', insertTable)).toBe('text\n\n| ¦    |     |\n| --- | --- |\n|     |     |'));
  test('takes the place of an empty line', () => expect(run('text\n\n¦\n\nmore', insertTable)).toBe('text\n\n| ¦    |     |\n| --- | --- |\n|     |     |\n\nmore'));
  test('is not put into a table', () => expect(run(table('| 1¦ | 2 |'), insertTable)).toBe('refused'));
  test('is found again', () => {
    const state = EditorState.create({ doc: '|     |     |\n| --- | --- |\n|     |     |', selection: { anchor: 2 }, extensions: [markdown({ base: markdownLanguage })] });
    expect(tableAt(state)?.cell).toEqual({ row: 0, column: 0 });
  });
});
