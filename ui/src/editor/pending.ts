// Places in the text where something is on its way: a picture that is being stored. The place moves
// with the text, also while the note is not on the screen, and what arrives goes where it belongs.

import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

interface Pending { id: number; at: number; label: string }

const begin = StateEffect.define<Pending>({ map: (value, mapping) => ({ ...value, at: mapping.mapPos(value.at, 1) }) });
const end = StateEffect.define<number>();

class Waiting extends WidgetType {
  constructor(private readonly label: string) { super(); }
  override eq(other: Waiting): boolean { return other.label === this.label; }
  toDOM(): HTMLElement {
    const box = document.createElement('span');
    box.className = 'cm-pending';
    box.setAttribute('role', 'status');
    box.textContent = this.label;
    return box;
  }
}

const field = StateField.define<readonly Pending[]>({
  create: () => [],
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged && next.length > 0) next = next.map((p) => ({ ...p, at: transaction.changes.mapPos(p.at, 1) }));
    for (const effect of transaction.effects) {
      if (effect.is(begin)) next = [...next, effect.value];
      else if (effect.is(end)) next = next.filter((p) => p.id !== effect.value);
    }
    return next;
  },
  provide: (self) => EditorView.decorations.from(self, (pending): DecorationSet => Decoration.set([...pending].sort((a, b) => a.at - b.at).map((p) => Decoration.widget({ widget: new Waiting(p.label), side: 1 }).range(p.at)))),
});

let last = 0;

/** Marks a place; the number finds it again. */
export function awaitAt(at: number, label: string): { id: number; effect: StateEffect<unknown> } {
  last += 1;
  return { id: last, effect: begin.of({ id: last, at, label }) };
}

export const arriveAt = (id: number): StateEffect<unknown> => end.of(id);

export function placeOf(state: EditorState, id: number): number | null {
  return state.field(field, false)?.find((p) => p.id === id)?.at ?? null;
}

export const pendingPlaces: Extension = field;
