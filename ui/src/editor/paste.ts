// What pasting means. Decided from the kinds the clipboard offers and where the caret is; reading the
// clipboard and storing files is the views' part.

import { EditorSelection, type EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

import { isLiteral } from './typing';
import { tableAt } from './table-commands';
import { asCell } from './tables';

const address = /^(?:https?:\/\/|mailto:|inkdrop:\/\/|sheaf:\/\/)\S+$/i;

/** One address and nothing else. */
export function addressIn(text: string): string | null {
  const trimmed = text.trim();
  return trimmed.length < 4_000 && address.test(trimmed) ? trimmed : null;
}

/** An address over selected words links them; `null` when this paste is something else. */
export function linkSelection(state: EditorState, text: string): TransactionSpec | null {
  const url = addressIn(text);
  if (url === null || state.readOnly || state.selection.ranges.some((r) => r.empty)) return null;
  for (const range of state.selection.ranges) {
    const words = state.sliceDoc(range.from, range.to);
    // An address is replaced by an address; several paragraphs are no label.
    if (/\n\s*\n/.test(words) || addressIn(words) !== null || isLiteral(state, range.from + 1)) return null;
  }
  const target = /[()\s]/.test(url) ? `<${url}>` : url;
  const spec = state.changeByRange((range) => {
    const words = state.sliceDoc(range.from, range.to);
    const label = words.replace(/(^|[^\\])([[\]])/g, '$1\\$2');
    const insert = `[${label}](${target})`;
    return { changes: { from: range.from, to: range.to, insert }, range: EditorSelection.cursor(range.from + insert.length) };
  });
  return { ...spec, userEvent: 'input.paste', scrollIntoView: true };
}

/** HTML that says no more than the plain text beside it. */
export function isPlainHtml(html: string): boolean {
  return !/<a\s[^>]*href|<(?:b|strong|i|em|h[1-6]|ul|ol|li|table|pre|code|blockquote|img|s|del|strike|hr)[\s>/]/i.test(html) && !/font-weight:\s*(?:bold|[6-9]00)|font-style:\s*italic/i.test(html);
}

/** Code editors put coloured HTML on the clipboard; the text beside it is what was copied. */
export function isCode(kinds: readonly string[], html: string): boolean {
  return kinds.includes('vscode-editor-data') || /<(?:div|pre)[^>]*style="[^"]*font-family:[^"]*(?:monospace|consolas|menlo|monaco)[^"]*white-space:\s*pre/i.test(html);
}

/** Text into the selection; in a table it stays in its cell, below a quotation mark it stays a quotation. */
export function insertText(state: EditorState, text: string): TransactionSpec {
  const { main } = state.selection;
  const clean = text.replace(/\r\n?/g, '\n');
  const inCell = state.selection.ranges.length === 1 && (clean.includes('\n') || clean.includes('|')) && state.doc.lineAt(main.from).number === state.doc.lineAt(main.to).number && tableAt(state, main.from) !== null && !/^\s*\|.*\|\s*\n/.test(clean);
  return { ...state.replaceSelection(inCell ? asCell(clean) : clean), userEvent: 'input.paste', scrollIntoView: true };
}

/** Converted blocks go on lines of their own; a phrase goes into the sentence. */
export function insertMarkdown(state: EditorState, markdown: string): TransactionSpec {
  const { main } = state.selection;
  const block = /\n|^(?:#{1,6} |- |\d+\. |> |```|\|)/.test(markdown);
  if (!block || state.selection.ranges.length > 1 || tableAt(state, main.from) !== null) return insertText(state, markdown);
  const line = state.doc.lineAt(main.from);
  const lead = state.sliceDoc(line.from, main.from);
  const rest = state.sliceDoc(main.to, state.doc.lineAt(main.to).to);
  // In a list or a quotation the lines hang below the mark they are pasted behind.
  const hang = /^\s*(?:>\s?)*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?$/.test(lead) ? ' '.repeat(/^\s*/.exec(lead)?.[0].length ?? 0) + '  ' : (/^\s*(?:>\s?)+$/.exec(lead)?.[0] ?? '');
  const body = hang === '' ? markdown : markdown.replace(/\n(?=[^\n])/g, `\n${hang}`);
  const insert = `${lead.trim() === '' || hang !== '' ? '' : '\n\n'}${body}${rest.trim() === '' ? '' : '\n\n'}`;
  return { changes: { from: main.from, to: main.to, insert }, selection: { anchor: main.from + insert.length - (rest.trim() === '' ? 0 : 2) }, userEvent: 'input.paste', scrollIntoView: true };
}

const wish = { plain: false };

/** The paste that follows is to be plain, whatever the clipboard holds. */
export function nextPastePlain(): void {
  wish.plain = true;
  // A press of the keys that pastes nothing must not change a later one.
  setTimeout(() => { wish.plain = false; }, 300);
}

export function pasting(markdown: boolean): Extension {
  return EditorView.domEventHandlers({
    keydown(event) {
      if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'v') nextPastePlain();
      return false;
    },
    paste(event, view) {
      const data = event.clipboardData;
      if (data === null || view.state.readOnly) return false;
      const { plain } = wish;
      wish.plain = false;
      const text = data.getData('text/plain');
      if (plain) {
        if (text === '') return false;
        event.preventDefault();
        view.dispatch(insertText(view.state, text));
        return true;
      }
      const link = linkSelection(view.state, text);
      if (link !== null) {
        event.preventDefault();
        view.dispatch(link);
        return true;
      }
      const html = data.getData('text/html');
      const literal = isLiteral(view.state, view.state.selection.main.from);
      if (markdown && html !== '' && !literal && !isCode([...data.types], html) && !isPlainHtml(html)) {
        event.preventDefault();
        void convert(view, html, text);
        return true;
      }
      if (text !== '' && !literal && tableAt(view.state) !== null) {
        event.preventDefault();
        view.dispatch(insertText(view.state, text));
        return true;
      }
      return false;
    },
  });
}

async function convert(view: EditorView, html: string, text: string): Promise<void> {
  const { htmlToMarkdown } = await import('./html-to-markdown');
  const markdown = htmlToMarkdown(html);
  view.dispatch(markdown === '' ? insertText(view.state, text) : insertMarkdown(view.state, markdown));
}
