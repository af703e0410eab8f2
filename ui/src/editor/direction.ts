// Lines whose first letter is written from right to left run that way. Marks of Markdown do not
// count, so a list of Hebrew items stands at the right. Only visible lines are looked at.

import { RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';

// Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms; the scripts of the supplementary plane.
const anyRtl = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const marks = /^[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?(?:\[[ xX]\]\s+)?[\s>#|*_~`=:.+\-\d[\]()!]*/;
const firstLetter = /\p{L}/u;

export function isRtl(line: string): boolean {
  if (!anyRtl.test(line)) return false;
  const letter = firstLetter.exec(line.slice(marks.exec(line)?.[0].length ?? 0))?.[0];
  return letter !== undefined && anyRtl.test(letter);
}

const rtl = Decoration.line({ attributes: { dir: 'rtl' } });

function build(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  let last = -1;
  for (const { from, to } of view.visibleRanges) {
    if (!anyRtl.test(view.state.doc.sliceString(from, to))) continue;
    for (let at = from; at <= to;) {
      const line = view.state.doc.lineAt(at);
      if (line.from > last && isRtl(line.text)) builder.add(line.from, line.from, rtl);
      last = line.from;
      at = line.to + 1;
    }
  }
  return builder.finish();
}

export const lineDirection: Extension = [
  EditorView.perLineTextDirection.of(true),
  ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) { this.decorations = build(view); }
      update(update: ViewUpdate): void {
        if (update.docChanged || update.viewportChanged) this.decorations = build(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
];
