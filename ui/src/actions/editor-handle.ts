// The editor on the screen, for actions that change text. Set and cleared by the view that owns it.

import type { EditorView } from '@codemirror/view';

let shown: EditorView | null = null;

/** How the find panel was asked for; a panel that opens reads it, one that is open hears `sheaf-find`. */
export const findWish = { replace: false };

export function setEditor(view: EditorView | null): void {
  shown = view;
}

export function editor(): EditorView | null {
  return shown;
}
