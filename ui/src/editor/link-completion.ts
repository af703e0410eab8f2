// `[[` offers notes by their titles and writes a link by id, which stays true when the note gets
// another title, and which other apps of the format understand.

import { insertCompletionText, startCompletion, type Completion, type CompletionContext, type CompletionResult, type CompletionSource } from '@codemirror/autocomplete';
import type { EditorState, Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';

import { linkText } from './link-text';
import { completionKinds } from './slash';
import { isLiteral } from './typing';

export interface LinkTarget { id: string; title: string; place: string }
export type FindTargets = (typed: string) => Promise<readonly LinkTarget[]>;

/** What stands after `[[` at a position, and where the brackets begin and end. */
export function openLink(state: EditorState, pos: number): { from: number; to: number; typed: string } | null {
  const line = state.doc.lineAt(pos);
  const found = /\[\[([^[\]\n|]{0,80})$/.exec(line.text.slice(0, pos - line.from));
  if (found === null || state.readOnly || isLiteral(state, pos - found[0].length)) return null;
  const closed = /^\]{0,2}/.exec(line.text.slice(pos - line.from))?.[0].length ?? 0;
  return { from: pos - found[0].length, to: pos + closed, typed: found[1] ?? '' };
}

function source(find: FindTargets, untitled: string): CompletionSource {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const open = openLink(context.state, context.pos);
    if (open === null) return null;
    const targets = await find(open.typed);
    if (targets.length === 0) return null;
    return {
      from: open.from + 2,
      filter: false,
      // No `validFor`: each letter asks anew, the store knows the titles.
      options: targets.map((target): Completion => ({
        label: target.title === '' ? untitled : target.title,
        detail: target.place,
        apply: (view: EditorView, _completion, _from, to) => {
          const now = openLink(view.state, to) ?? open;
          view.dispatch(insertCompletionText(view.state, linkText(target, untitled), now.from, now.to));
        },
      })),
    };
  };
}

export function linkCompletion(find: FindTargets, untitled: string): Extension {
  return completionKinds.of({ opens: '[', source: source(find, untitled), continues: (state, pos) => openLink(state, pos) !== null });
}

/** Writes the brackets and opens the list. */
export function beginLink(view: EditorView): void {
  const { main } = view.state.selection;
  const typed = view.state.sliceDoc(main.from, main.to).replace(/[[\]\n|]/g, ' ');
  view.dispatch({ changes: { from: main.from, to: main.to, insert: `[[${typed}]]` }, selection: { anchor: main.from + 2 + typed.length }, userEvent: 'input.type' });
  view.focus();
  startCompletion(view);
}
