// What an open note needs of the thing that shows it. The editor view is one; a note that is not on
// the screen has none and changes its state directly.

import { Annotation, type EditorState, type Transaction, type TransactionSpec } from '@codemirror/state';

export interface Surface {
  readonly state: EditorState;
  /** An input method is composing: nothing from outside may touch the text. */
  readonly composing: boolean;
  dispatch(spec: TransactionSpec): void;
}

/** Marks a change that came from the store, so that it is not taken for typing. */
export const arrived = Annotation.define<boolean>();

export function isArrived(transaction: Transaction): boolean {
  return transaction.annotation(arrived) === true;
}
