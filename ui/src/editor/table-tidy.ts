// A table that was edited is aligned when the caret leaves it. Never while somebody composes a word,
// and never for what another device wrote: two windows that tidy the same table would edit it for ever.

import type { Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view';

import { isArrived } from './surface';
import { tableAt, writeTable } from './table-commands';

export const tidyTables: Extension = ViewPlugin.fromClass(
  class {
    /** A position in the table that was edited. */
    private edited: number | null = null;
    constructor(private readonly view: EditorView) {}

    update(update: ViewUpdate): void {
      if (update.docChanged) {
        if (this.edited !== null) this.edited = update.changes.mapPos(this.edited, 1);
        const typed = update.transactions.some((t) => t.docChanged && !isArrived(t) && (t.isUserEvent('input') || t.isUserEvent('delete')) && !t.isUserEvent('input.table'));
        const { head } = update.state.selection.main;
        // The tree costs nothing to ask only where a pipe stands.
        if (typed && update.state.doc.lineAt(head).text.includes('|')) this.edited = head;
      }
      if (this.edited === null || !update.selectionSet || update.view.compositionStarted) return;
      const { state } = update;
      const found = tableAt(state, Math.min(this.edited, state.doc.length));
      if (found === null) {
        this.edited = null;
        return;
      }
      const here = state.doc.lineAt(state.selection.main.head).number;
      if (here >= found.first && here < found.first + found.lines.length) return;
      this.edited = null;
      const at = state.doc.line(found.first).from;
      // A view may not be changed while it updates.
      queueMicrotask(() => {
        const now = this.view.state;
        const again = at > now.doc.length || this.view.compositionStarted || now.readOnly ? null : tableAt(now, now.doc.lineAt(at).to);
        if (again === null || now.doc !== state.doc) return;
        const spec = writeTable(now, again, again.table, null);
        if (!now.changes(spec.changes).empty) this.view.dispatch(spec);
      });
    }
  },
);

/** `Shift-Enter` in a cell: a line break that stays in it. */
export function breakInCell(view: EditorView): boolean {
  if (view.state.readOnly || tableAt(view.state) === null) return false;
  view.dispatch(view.state.replaceSelection('<br>'), { userEvent: 'input', scrollIntoView: true });
  return true;
}
