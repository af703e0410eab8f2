// `/` opens a menu of things to insert. A list of CodeMirror's completion, which tells a screen
// reader what is chosen; what it offers comes from outside.

import { autocompletion, completionStatus, startCompletion, type Completion, type CompletionContext, type CompletionResult, type CompletionSource } from '@codemirror/autocomplete';
import { Facet, Prec, type EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

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

/** What stands after a slash at a position, `null` where a slash means a slash. */
function slashBefore(state: EditorState, pos: number): { from: number; typed: string } | null {
  const line = state.doc.lineAt(pos);
  const found = /(?:^|[\s([{>])\/([\p{L}\p{N}-]*)$/u.exec(line.text.slice(0, pos - line.from));
  if (found === null || state.readOnly) return null;
  const typed = found[1] ?? '';
  const from = pos - typed.length - 1;
  return isLiteral(state, from) ? null : { from, typed };
}

function offer(items: readonly SlashItem[], state: EditorState, pos: number): CompletionResult | null {
  const slash = slashBefore(state, pos);
  if (slash === null) return null;
  const { from, typed } = slash;
  const options = items.map((item, order) => ({ item, order, score: fit(item, typed) })).filter((o) => o.score !== null);
  // With a query the best comes first, whatever its group.
  if (typed !== '') options.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.order - b.order);
  if (options.length === 0) return null;
  return {
    from,
    filter: false,
    // At once, so that Enter behind a letter takes what the letter means.
    update: (_current, _from, _to, context) => offer(items, context.state, context.pos),
    options: options.map(({ item }): Completion => ({
      label: item.label,
      detail: `/${item.name}`,
      ...(typed === '' ? { section: { name: item.group, rank: items.findIndex((i) => i.group === item.group) } } : {}),
      apply: (view, _completion, start, end) => {
        view.dispatch({ changes: { from: start, to: end }, selection: { anchor: start }, userEvent: 'input.complete' });
        item.run(view);
      },
    })),
  };
}

const source = (items: () => readonly SlashItem[]): CompletionSource => (context: CompletionContext) => offer(items(), context.state, context.pos);

/** A kind of completion and the signs that open it. */
export interface CompletionKind {
  opens: string;
  source: CompletionSource;
  /** Whether what was typed since still means it, so that every letter asks anew. */
  continues?: (state: EditorState, pos: number) => boolean;
}

/** Kinds of completion besides the slash menu; the views add theirs. */
export const completionKinds = Facet.define<CompletionKind>();

// Asked only after a sign that opens something: asking after each letter would cost a second
// transaction for every keystroke.
const trigger = EditorView.updateListener.of((update) => {
  if (!update.docChanged || update.view.compositionStarted || !update.transactions.some((t) => t.isUserEvent('input.type'))) return;
  const { head } = update.state.selection.main;
  const sign = update.state.sliceDoc(head - 1, head);
  if (sign !== '' && update.state.facet(completionKinds).some((kind) => kind.opens.includes(sign) || kind.continues?.(update.state, head) === true)) startCompletion(update.view);
});

/** Whoever types `/date` and Enter means the date, also when the list is not there yet: it comes a moment after the slash. */
const enterBeforeTheList = (items: () => readonly SlashItem[]): Extension => Prec.highest(keymap.of([{
  key: 'Enter',
  run: (view) => {
    const { empty, head } = view.state.selection.main;
    if (!empty || completionStatus(view.state) !== 'pending') return false;
    const offered = offer(items(), view.state, head);
    const best = offered?.options[0];
    // A bare slash means nothing yet.
    if (offered === null || best === undefined || typeof best.apply !== 'function' || head - offered.from < 2) return false;
    best.apply(view, best, offered.from, head);
    return true;
  },
}]));

/** A list that scrolls can be focused, for those who look for it. */
const reachable = EditorView.updateListener.of((update) => {
  if (completionStatus(update.state) !== 'active') return;
  const list = update.view.dom.querySelector<HTMLElement>('.cm-tooltip-autocomplete > ul:not([tabindex])');
  if (list !== null) list.tabIndex = 0;
});

export function completion(slash: (() => readonly SlashItem[]) | null): Extension {
  return [
    slash === null ? [] : [completionKinds.of({ opens: '/', source: source(slash) }), enterBeforeTheList(slash)],
    trigger,
    reachable,
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
