// Marks what the list was searched for in the text of the open note. Only what is on the screen is looked at.

import { RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from '@codemirror/view';

export const showFound = StateEffect.define<RegExp | null>();

const pattern = StateField.define<RegExp | null>({
  create: () => null,
  update: (value, transaction) => transaction.effects.reduce((last, effect) => (effect.is(showFound) ? effect.value : last), value),
});

const mark = Decoration.mark({ class: 'cm-found' });

function marks(view: EditorView): DecorationSet {
  const wanted = view.state.field(pattern, false) ?? null;
  if (wanted === null) return Decoration.none;
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (const match of view.state.sliceDoc(from, to).matchAll(wanted)) {
      if (match[0] !== '') builder.add(from + match.index, from + match.index + match[0].length, mark);
    }
  }
  return builder.finish();
}

/** The first place, in the beginning of a note at least. */
export function firstFound(state: EditorState, wanted: RegExp): number | null {
  const match = new RegExp(wanted.source, 'iu').exec(state.sliceDoc(0, 500_000));
  return match === null ? null : match.index;
}

export const foundWords: Extension = [
  pattern,
  ViewPlugin.fromClass(class {
    decorations: DecorationSet;
    constructor(view: EditorView) { this.decorations = marks(view); }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || update.startState.field(pattern, false) !== update.state.field(pattern, false)) this.decorations = marks(update.view);
    }
  }, { decorations: (plugin) => plugin.decorations }),
];
