// `/` opens a menu of things to insert. A list of CodeMirror's completion, which tells a screen
// reader what is chosen; what it offers comes from outside.

import { autocompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult, type CompletionSource } from '@codemirror/autocomplete';
import { Facet, Prec, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

import { isLiteral } from './typing';

export interface SlashItem {
  /** What is typed after the slash, in plain letters. */
  name: string;
  label: string;
  /** Other words that find it. */
  words: readonly string[];
  group: string;
  run: (view: EditorView) => void;
}

/** The better an item fits what was typed, the higher; `null` when it does not. */
export function fit(item: Pick<SlashItem, 'name' | 'label' | 'words'>, typed: string): number | null {
  const query = typed.toLowerCase();
  if (query === '') return 0;
  if (item.name.toLowerCase() === query) return 4;
  if (item.name.toLowerCase().startsWith(query)) return 3;
  const words = [...item.label.toLowerCase().split(/\s+/), ...item.words.map((w) => w.toLowerCase())];
  if (item.label.toLowerCase().startsWith(query)) return 2;
  return words.some((w) => w.startsWith(query)) ? 1 : null;
}

function source(items: () => readonly SlashItem[]): CompletionSource {
  return (context: CompletionContext): CompletionResult | null => {
    const { state, pos } = context;
    const line = state.doc.lineAt(pos);
    const found = /(?:^|[\s([{>])\/([\p{L}\p{N}-]*)$/u.exec(line.text.slice(0, pos - line.from));
    if (found === null || state.readOnly) return null;
    const typed = found[1] ?? '';
    const from = pos - typed.length - 1;
    if (isLiteral(state, from)) return null;
    const options = items().map((item, order) => ({ item, order, score: fit(item, typed) })).filter((o) => o.score !== null);
    // With a query the best comes first, whatever its group.
    if (typed !== '') options.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.order - b.order);
    if (options.length === 0) return null;
    return {
      from,
      filter: false,
      options: options.map(({ item }): Completion => ({
        label: item.label,
        detail: `/${item.name}`,
        ...(typed === '' ? { section: { name: item.group, rank: items().findIndex((i) => i.group === item.group) } } : {}),
        apply: (view, _completion, start, end) => {
          view.dispatch({ changes: { from: start, to: end }, selection: { anchor: start }, userEvent: 'input.complete' });
          item.run(view);
        },
      })),
    };
  };
}

/** A kind of completion and the signs that open it. */
export interface CompletionKind {
  opens: string;
  source: CompletionSource;
}

/** Kinds of completion besides the slash menu; the views add theirs. */
export const completionKinds = Facet.define<CompletionKind>();

// Asked only after a sign that opens something: asking after each letter would cost a second
// transaction for every keystroke.
const trigger = EditorView.updateListener.of((update) => {
  if (!update.docChanged || update.view.compositionStarted || !update.transactions.some((t) => t.isUserEvent('input.type'))) return;
  const { head } = update.state.selection.main;
  const sign = update.state.sliceDoc(head - 1, head);
  if (sign !== '' && update.state.facet(completionKinds).some((kind) => kind.opens.includes(sign))) startCompletion(update.view);
});

export function completion(slash: (() => readonly SlashItem[]) | null): Extension {
  return [
    slash === null ? [] : completionKinds.of({ opens: '/', source: source(slash) }),
    trigger,
    Prec.high(autocompletion({
      activateOnTyping: false,
      interactionDelay: 0,
      icons: false,
      maxRenderedOptions: 60,
      override: [async (context): Promise<CompletionResult | null> => {
        for (const kind of context.state.facet(completionKinds)) {
          const result = await kind.source(context);
          if (result !== null) return result;
        }
        return null;
      }],
    })),
  ];
}
