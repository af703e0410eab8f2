// Focus and typewriter: the paragraph with the caret keeps its colour, the line with the caret its
// height on the screen.

import { Facet, RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';

/** The element that scrolls; the editor itself is as tall as its text. */
export const scroller = Facet.define<() => HTMLElement | undefined, () => HTMLElement | undefined>({ combine: (all) => all[0] ?? (() => undefined) });

/** Where the line with the caret stands, as part of the height. */
const CARET_AT = 0.56;
/** Lines of a paragraph looked at on each side. */
const REACH = 200;

const inside = Decoration.line({ class: 'cm-in' });

function paragraph(view: EditorView): DecorationSet {
  const { doc, selection } = view.state;
  const builder = new RangeSetBuilder<Decoration>();
  const blank = (n: number): boolean => doc.line(n).text.trim() === '';
  let first = doc.lineAt(selection.main.from).number;
  let last = doc.lineAt(selection.main.to).number;
  for (let i = 0; i < REACH && first > 1 && !blank(first) && !blank(first - 1); i += 1) first -= 1;
  for (let i = 0; i < REACH && last < doc.lines && !blank(last) && !blank(last + 1); i += 1) last += 1;
  for (let n = first; n <= last; n += 1) builder.add(doc.line(n).from, doc.line(n).from, inside);
  return builder.finish();
}

export const dimOthers: Extension = [
  EditorView.editorAttributes.of({ class: 'cm-dimmed' }),
  ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) { this.decorations = paragraph(view); }
      update(update: ViewUpdate): void {
        if (update.docChanged || update.selectionSet) this.decorations = paragraph(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
];

/** Pointer selections are left where the pointer is: a line that runs away under a drag cannot be selected. */
export const typewriter: Extension = ViewPlugin.fromClass(
  class {
    constructor(private readonly view: EditorView) {}
    update(update: ViewUpdate): void {
      if (!(update.docChanged || update.selectionSet) || update.transactions.some((t) => t.isUserEvent('select.pointer') || t.isUserEvent('select.search'))) return;
      if (!update.transactions.some((t) => t.isUserEvent('input') || t.isUserEvent('delete') || t.isUserEvent('select') || t.isUserEvent('move') || t.isUserEvent('undo') || t.isUserEvent('redo'))) return;
      this.view.requestMeasure({
        key: this,
        read: (view) => {
          const pane = view.state.facet(scroller)();
          const caret = view.coordsAtPos(view.state.selection.main.head);
          if (pane === undefined || caret === null) return null;
          const box = pane.getBoundingClientRect();
          return { pane, by: (caret.top + caret.bottom) / 2 - (box.top + box.height * CARET_AT) };
        },
        write: (found) => {
          if (found !== null && Math.abs(found.by) > 1) found.pane.scrollTop += found.by;
        },
      });
    }
  },
);
