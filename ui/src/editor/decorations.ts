// What plain highlighting cannot do: marks that hang in the margin, lines that indent what wraps,
// blocks of code as one surface. Only the visible part of a note is ever decorated.

import { syntaxTree } from '@codemirror/language';
import { RangeSetBuilder, type EditorState } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';

import { flipTaskAt } from './commands';

/** Widths in pixels of the marks in front of list text; `styles/editor.css` sets the same. */
const MARK = 20;
const NUMBER = 26;
const BOX = 32;
/** One column of indentation in front of a list mark. */
const COLUMN = 10;

const line = (kind: string, indent = 0): Decoration =>
  Decoration.line(indent === 0 ? { class: kind } : { class: kind, attributes: { style: `padding-inline-start:${indent}px;text-indent:-${indent}px` } });
const span = (kind: string): Decoration => Decoration.mark({ class: kind });

const hang = span('cm-hang');
const box = span('cm-box');
const inlineCode = span('cm-inline-code');
const codeLine = line('cm-code');
const codeFirst = line('cm-code cm-code-first');
const codeLast = line('cm-code cm-code-last');
const codeOnly = line('cm-code cm-code-first cm-code-last');
const frontMatter = line('cm-front-matter');
/** `> [!WARNING]`: GitHub's alerts. */
const callout = /^(>\s?)(\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\])/i;
const callouts: Record<string, Decoration> = Object.fromEntries(['note', 'tip', 'important', 'warning', 'caution'].map((kind) => [kind, span(`cm-callout cm-callout-${kind}`)]));
const tableLine = line('cm-table');
const headings = [1, 2, 3, 4, 5, 6].map((level) => line(`cm-heading cm-heading-${level}`));

interface Found {
  from: number;
  to: number;
  decoration: Decoration;
}

/** Quotations inside each other whose marks are drawn as such; in deeper ones they are letters. */
const DEEPEST_QUOTE = 12;

const indentColumns = (text: string): number => [...text].reduce((sum, c) => sum + (c === '\t' ? 4 - (sum % 4) : 1), 0);

function decorate(state: EditorState, from: number, to: number, out: Found[]): void {
  const { doc } = state;
  let quotedLine = -1;
  let quotes = 0;
  syntaxTree(state).iterate({
    from,
    to,
    enter(node) {
      const heading = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name);
      if (heading !== null) {
        const style = headings[Number(heading[1]) - 1];
        for (let at = doc.lineAt(node.from); style !== undefined;) {
          out.push({ from: at.from, to: at.from, decoration: style });
          if (at.to >= node.to) break;
          at = doc.line(at.number + 1);
        }
        return;
      }
      switch (node.name) {
        case 'HeaderMark': {
          const at = doc.lineAt(node.from);
          if (node.from !== at.from || !at.text.startsWith('#')) break;
          const gap = at.text[node.to - at.from] === ' ' ? 1 : 0;
          out.push({ from: node.from, to: node.to + gap, decoration: hang });
          break;
        }
        case 'FencedCode':
        case 'CodeBlock': {
          const first = doc.lineAt(node.from).number;
          const last = doc.lineAt(node.to).number;
          const visibleFirst = Math.max(first, doc.lineAt(Math.max(from, node.from)).number);
          const visibleLast = Math.min(last, doc.lineAt(Math.min(to, node.to)).number);
          for (let n = visibleFirst; n <= visibleLast; n += 1) {
            const at = doc.line(n).from;
            out.push({ from: at, to: at, decoration: first === last ? codeOnly : n === first ? codeFirst : n === last ? codeLast : codeLine });
          }
          break;
        }
        case 'FrontMatter':
          for (let n = doc.lineAt(Math.max(from, node.from)).number; n <= doc.lineAt(Math.min(to, node.to)).number; n += 1) {
            const at = doc.line(n).from;
            out.push({ from: at, to: at, decoration: frontMatter });
          }
          return false;
        case 'Blockquote': {
          const mark = callout.exec(doc.lineAt(node.from).text.slice(node.from - doc.lineAt(node.from).from));
          if (mark !== null) {
            const start = node.from + (mark[1]?.length ?? 0);
            out.push({ from: start, to: start + (mark[2]?.length ?? 0), decoration: callouts[mark[3]?.toLowerCase() ?? ''] ?? inlineCode });
          }
          break;
        }
        case 'InlineCode':
          out.push({ from: node.from, to: node.to, decoration: inlineCode });
          break;
        case 'Table': {
          for (let n = doc.lineAt(Math.max(from, node.from)).number; n <= doc.lineAt(Math.min(to, node.to)).number; n += 1) {
            const at = doc.line(n).from;
            out.push({ from: at, to: at, decoration: tableLine });
          }
          return false;
        }
        case 'QuoteMark': {
          const at = doc.lineAt(node.from);
          quotes = at.from === quotedLine ? quotes + 1 : 1;
          quotedLine = at.from;
          if (quotes > DEEPEST_QUOTE) break;
          const gap = at.text[node.to - at.from] === ' ' ? 1 : 0;
          if (node.from === at.from) out.push({ from: at.from, to: at.from, decoration: line('cm-quote', MARK) });
          out.push({ from: node.from, to: node.to + gap, decoration: span('cm-mark cm-item-mark') });
          break;
        }
        case 'ListMark':
          listMark(state, node.from, node.to, out);
          break;
      }
      return undefined;
    },
  });
}

function listMark(state: EditorState, from: number, to: number, out: Found[]): void {
  const at = state.doc.lineAt(from);
  const lead = at.text.slice(0, from - at.from);
  // Inside a quotation the quote's own marks indent the line.
  if (lead.trim() !== '') return;
  const numbered = /\d/.test(at.text[from - at.from] ?? '');
  const gap = at.text[to - at.from] === ' ' ? 1 : 0;
  const task = /^\[([ xX])\](?=\s|$)/.exec(at.text.slice(to + gap - at.from));
  const columns = indentColumns(lead) * COLUMN;
  const width = columns + (numbered ? NUMBER : MARK) + (task === null ? 0 : BOX);
  const done = task !== null && task[1] !== ' ';
  out.push({ from: at.from, to: at.from, decoration: line(done ? 'cm-item cm-done' : 'cm-item', width) });
  if (lead !== '') out.push({ from: at.from, to: from, decoration: Decoration.mark({ class: 'cm-lead', attributes: { style: `width:${columns}px` } }) });
  out.push({ from, to: to + gap, decoration: span(numbered ? 'cm-mark cm-item-mark cm-number' : 'cm-mark cm-item-mark') });
  if (task !== null) {
    const start = to + gap;
    const after = at.text[start + 3 - at.from] === ' ' ? 1 : 0;
    out.push({ from: start, to: start + 3 + after, decoration: box });
  }
}

function build(view: EditorView): DecorationSet {
  const found: Found[] = [];
  for (const { from, to } of view.visibleRanges) decorate(view.state, from, to, found);
  found.sort((a, b) => a.from - b.from || a.decoration.startSide - b.decoration.startSide || b.to - a.to);
  const builder = new RangeSetBuilder<Decoration>();
  let last: Found | null = null;
  for (const item of found) {
    // Adjacent visible ranges can find the same node twice.
    if (last !== null && last.from === item.from && last.to === item.to && last.decoration === item.decoration) continue;
    builder.add(item.from, item.to, item.decoration);
    last = item;
  }
  return builder.finish();
}

/** A click on a task's box checks it. With a modifier it selects, as everywhere. */
export const taskClicks = EditorView.domEventHandlers({
  mousedown(event, view) {
    if (event.button !== 0 || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || event.detail > 1) return false;
    const target = event.target instanceof Element ? event.target.closest('.cm-box') : null;
    if (target === null) return false;
    const change = flipTaskAt(view.state, view.posAtDOM(target));
    if (change === null) return false;
    event.preventDefault();
    view.dispatch(change);
    return true;
  },
});

export const blockDecorations = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = build(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state)) this.decorations = build(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

