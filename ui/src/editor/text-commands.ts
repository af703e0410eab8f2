// The commands of the registry that change text, by the names of their actions.

import { addCursorAbove, addCursorBelow, copyLineDown, deleteLine, redo, selectLine, undo } from '@codemirror/commands';
import { selectNextOccurrence, selectSelectionMatches } from '@codemirror/search';
import type { Command } from '@codemirror/view';
import type { EditorView } from '@codemirror/view';

import { flipTasks, insertCallout, insertCodeBlock, insertFootnote, insertImage, insertLink, insertRule, toggleBullets, toggleHeading, toggleMark, toggleNumbers, toggleParagraph, toggleQuote, toggleTasks } from './commands';
import { indent, lineDown, lineUp, outdent } from './lists';
import { alignHere, columnBack, columnLeft, columnOn, columnRight, formatTableHere, insertTable, removeColumn, removeRow, removeTable, rowAbove, rowBelow, rowDown, rowUp } from './table-commands';

export const textCommands = {
  undo,
  redo,
  bold: toggleMark('**'),
  italic: toggleMark('*'),
  strike: toggleMark('~~'),
  code: toggleMark('`'),
  link: insertLink,
  image: insertImage,
  heading1: toggleHeading(1),
  heading2: toggleHeading(2),
  heading3: toggleHeading(3),
  heading4: toggleHeading(4),
  heading5: toggleHeading(5),
  heading6: toggleHeading(6),
  paragraph: toggleParagraph,
  quote: toggleQuote,
  list: toggleBullets,
  numbers: toggleNumbers,
  task: toggleTasks,
  toggleTask: flipTasks,
  codeBlock: insertCodeBlock,
  rule: insertRule,
  footnote: insertFootnote,
  calloutNote: insertCallout('NOTE'),
  calloutTip: insertCallout('TIP'),
  calloutImportant: insertCallout('IMPORTANT'),
  calloutWarning: insertCallout('WARNING'),
  calloutCaution: insertCallout('CAUTION'),
  indent,
  outdent,
  lineUp,
  lineDown,
  copyLine: copyLineDown,
  deleteLine,
  selectLine,
  nextOccurrence: selectNextOccurrence,
  allOccurrences: selectSelectionMatches,
  cursorAbove: addCursorAbove,
  cursorBelow: addCursorBelow,
  table: insertTable,
  tableFormat: formatTableHere,
  tableRowAbove: rowAbove,
  tableRowBelow: rowBelow,
  tableRowUp: rowUp,
  tableRowDown: rowDown,
  tableRowDelete: removeRow,
  tableColumnLeft: columnLeft,
  tableColumnRight: columnRight,
  tableColumnBack: columnBack,
  tableColumnOn: columnOn,
  tableColumnDelete: removeColumn,
  tableAlignLeft: alignHere('left'),
  tableAlignCenter: alignHere('center'),
  tableAlignRight: alignHere('right'),
  tableAlignNone: alignHere('none'),
  tableDelete: removeTable,
} satisfies Record<string, Command>;

export type TextCommand = keyof typeof textCommands;

export function runTextCommand(view: EditorView, name: TextCommand): boolean {
  const done = (textCommands[name] as Command)(view);
  view.focus();
  return done;
}
