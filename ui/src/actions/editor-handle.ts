// The editor on the screen, for actions that change text. Set and cleared by the view that owns it.
// It brings its own commands: actions are there from the start, the editor's code comes later, and
// a key must have done its work before the next one is typed.

import type { EditorView } from '@codemirror/view';

import type { TextCommand } from '../editor/text-commands';

export interface EditorHandle {
  view: EditorView;
  run: (command: TextCommand) => void;
  /** The caret is in a table. */
  inTable: () => boolean;
  insertPlain: (words: string) => void;
  /** Line and column count from 1. */
  goTo: (line: number, column?: number) => void;
  findNext: (direction: 1 | -1) => void;
  /** Asks for files to attach. */
  attach: () => void;
  pictureMenu: () => void;
  /** Opens the notes to link to. */
  linkNote: () => void;
  /** A key that belongs to the text, although an action wants it: Vim's. */
  wants: (event: KeyboardEvent) => boolean;
  /** Opens the find panel, or brings the keyboard back to it. */
  find: () => void;
}

/** How the find panel was asked for; a panel that opens reads it, one that is open hears `sheaf-find`. */
export const findWish = { replace: false };

let shown: EditorHandle | null = null;

export function setEditor(handle: EditorHandle | null): void {
  shown = handle;
}

export function editor(): EditorHandle | null {
  return shown;
}
