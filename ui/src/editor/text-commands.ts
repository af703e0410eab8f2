// The commands of the registry that change text, by the names of their actions.

import { redo, undo } from '@codemirror/commands';
import { openSearchPanel } from '@codemirror/search';
import type { StateCommand } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';

import { flipTasks, insertLink, toggleBullets, toggleHeading, toggleMark, toggleNumbers, toggleQuote, toggleTasks } from './commands';

export const textCommands = {
  undo,
  redo,
  bold: toggleMark('**'),
  italic: toggleMark('*'),
  strike: toggleMark('~~'),
  code: toggleMark('`'),
  link: insertLink,
  heading1: toggleHeading(1),
  heading2: toggleHeading(2),
  heading3: toggleHeading(3),
  heading4: toggleHeading(4),
  heading5: toggleHeading(5),
  heading6: toggleHeading(6),
  quote: toggleQuote,
  list: toggleBullets,
  numbers: toggleNumbers,
  task: toggleTasks,
  toggleTask: flipTasks,
} satisfies Record<string, StateCommand>;

export type TextCommand = keyof typeof textCommands;

export function runTextCommand(view: EditorView, name: TextCommand): void {
  textCommands[name](view);
  view.focus();
}

export function openFindPanel(view: EditorView): void {
  openSearchPanel(view);
  view.dom.dispatchEvent(new Event('sheaf-find'));
}
