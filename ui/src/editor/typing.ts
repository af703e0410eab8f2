// What happens to single signs as they are typed: marks wrap a selection, quotation marks and dashes
// become those of printers. Each replacement is a step of undo of its own, so Undo gives back what
// was typed.

import { isolateHistory } from '@codemirror/commands';
import { syntaxTree } from '@codemirror/language';
import { EditorSelection, type EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

const wrapping = new Set(['*', '_', '~', '`', '=']);

/** True where text is taken literally: code, addresses, HTML, front matter. */
export function isLiteral(state: EditorState, position: number): boolean {
  for (let node = syntaxTree(state).resolveInner(position, -1); ;) {
    if (/Code|URL|HTML|Comment|FrontMatter|LinkTitle|Autolink/.test(node.name)) return true;
    if (node.parent === null) return false;
    node = node.parent;
  }
}

/** A typed mark goes around what is selected instead of replacing it. */
export const wrapSelection: Extension = EditorView.inputHandler.of((view, _from, _to, text) => {
  const { state } = view;
  if (!wrapping.has(text) || state.readOnly || view.compositionStarted || state.selection.ranges.some((r) => r.empty)) return false;
  const spec = state.changeByRange((range) => ({
    changes: [{ from: range.from, insert: text }, { from: range.to, insert: text }],
    range: EditorSelection.range(range.anchor + 1, range.head + 1),
  }));
  view.dispatch(state.update(spec, { userEvent: 'input.type', scrollIntoView: true }));
  return true;
});

interface Quotes { double: readonly [string, string]; single: readonly [string, string] }

/** Unicode CLDR, delimiters of each language. */
const quotes: Record<string, Quotes> = {
  en: { double: ['“', '”'], single: ['‘', '’'] },
  de: { double: ['„', '“'], single: ['‚', '‘'] },
  fr: { double: ['«\u00a0', '\u00a0»'], single: ['‹\u00a0', '\u00a0›'] },
  es: { double: ['«', '»'], single: ['“', '”'] },
  it: { double: ['«', '»'], single: ['“', '”'] },
  ja: { double: ['「', '」'], single: ['『', '』'] },
  pl: { double: ['„', '”'], single: ['‚', '’'] },
  sv: { double: ['”', '”'], single: ['’', '’'] },
};

const opens = /(?:^|[\s([{\u2014\u2013/«„“‚‘「『-])$/;

/** What a typed sign becomes behind `before`, the text of its line; how many signs before it go too. `null`: it stays. */
export function typographic(before: string, sign: string, language: string): { remove: number; insert: string } | null {
  const set = quotes[language.split('-')[0]?.toLowerCase() ?? ''] ?? quotes['en'];
  if (set === undefined) return null;
  if (sign === '"') return { remove: 0, insert: set.double[opens.test(before) ? 0 : 1] };
  if (sign === "'") return { remove: 0, insert: opens.test(before) ? set.single[0] : /[\p{L}\p{N}]$/u.test(before) && language !== 'fr' ? '’' : set.single[1] };
  if (sign === '.' && before.endsWith('..') && !before.endsWith('...')) return { remove: 2, insert: '…' };
  // Dashes at the start of a line are rules, lists, tables and front matter; pipes are tables.
  if (sign === '-' && /[^\s|:>-]/.test(before) && !before.includes('|')) {
    if (before.endsWith('–')) return { remove: 1, insert: '—' };
    if (before.endsWith('-') && !before.endsWith('--') && !before.endsWith('<!-')) return { remove: 1, insert: '–' };
  }
  return null;
}

export function smartTypography(language: string): Extension {
  return EditorView.inputHandler.of((view, from, to, text) => {
    const { state } = view;
    if (text.length !== 1 || !'"\'.-'.includes(text) || state.readOnly || view.compositionStarted || state.selection.ranges.length > 1) return false;
    const line = state.doc.lineAt(from);
    const found = typographic(line.text.slice(0, from - line.from), text, language);
    if (found === null || isLiteral(state, from)) return false;
    // First as typed, then as meant: Undo undoes the second alone.
    view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: 'input.type', scrollIntoView: true });
    const spec: TransactionSpec = { changes: { from: from - found.remove, to: from + text.length, insert: found.insert }, selection: { anchor: from - found.remove + found.insert.length }, userEvent: 'input.typography', annotations: isolateHistory.of('full') };
    view.dispatch(spec);
    return true;
  });
}
