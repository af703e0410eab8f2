// Formatted text from the clipboard as Markdown. The HTML is parsed into a fragment that loads and
// runs nothing; what comes out is text, and only addresses that the note may hold survive. Loaded when something formatted is pasted for the first time.

import TurndownService from 'turndown';

import { asCell, formatTable, type Align } from './tables';

const allowed = /^(?:https?:|mailto:|inkdrop:|sheaf:)/i;
const inert = ['script', 'style', 'noscript', 'template', 'iframe', 'object', 'embed', 'svg', 'math', 'head', 'title', 'meta', 'link', 'form', 'input', 'select', 'textarea', 'button', 'audio', 'video', 'canvas'];

/** The address without white space and control signs, which browsers ignore in schemes; `null` when notes have no use for it. */
function addressOf(value: string | null): string | null {
  const clean = (value ?? '').replace(/[\u0000-\u0020\u007f-\u009f]+/g, (run) => (/^ +$/.test(run) ? '%20' : ''));
  return allowed.test(clean) ? clean.replace(/\(/g, '%28').replace(/\)/g, '%29').replace(/</g, '%3C').replace(/>/g, '%3E') : null;
}

type Styled = HTMLElement & { style?: CSSStyleDeclaration };

const styleOf = (node: Styled): string => (node.getAttribute('style') ?? '').toLowerCase();
const isBold = (node: Styled): boolean => /font-weight:\s*(?:bold|[6-9]00)/.test(styleOf(node));
const isItalic = (node: Styled): boolean => /font-style:\s*italic/.test(styleOf(node));
const isStruck = (node: Styled): boolean => /text-decoration[^;]*line-through/.test(styleOf(node));

/** Marks need text on their inside: `** bold **` is not bold. */
function wrap(content: string, mark: string): string {
  const trimmed = content.trim();
  if (trimmed === '' || /\n\s*\n/.test(trimmed)) return content;
  const [before = ''] = /^\s*/.exec(content) ?? [];
  const [after = ''] = /\s*$/.exec(content) ?? [];
  return `${before}${mark}${trimmed}${mark}${after}`;
}

function alignOf(cell: Element): Align {
  const found = /(?:text-align:\s*|^)(left|center|right)/.exec(`${cell.getAttribute('align') ?? ''};${(cell.getAttribute('style') ?? '').toLowerCase()}`)?.[1] ?? /text-align:\s*(left|center|right)/.exec((cell.getAttribute('style') ?? '').toLowerCase())?.[1];
  return found === 'left' || found === 'center' || found === 'right' ? found : 'none';
}

/** By `item`: the parser of the tests has collections without an index. */
const list = (nodes: { readonly length: number; item(at: number): Element | null }): Element[] => Array.from({ length: nodes.length }, (_, at) => nodes.item(at)).filter((n) => n !== null);

function service(): TurndownService {
  const turndown = new TurndownService({ headingStyle: 'atx', hr: '---', bulletListMarker: '-', codeBlockStyle: 'fenced', emDelimiter: '*', linkStyle: 'inlined' });
  turndown.remove(inert as never);

  // Google Docs wraps everything in a bold element that is not bold.
  turndown.addRule('bold', {
    filter: (node) => node.nodeName === 'STRONG' || node.nodeName === 'B' || (node.nodeName === 'SPAN' && isBold(node)),
    replacement: (content, node) => (/font-weight:\s*(?:normal|400)/.test(styleOf(node as Styled)) ? content : isItalic(node as Styled) ? wrap(wrap(content, '*'), '**') : wrap(content, '**')),
  });
  turndown.addRule('italic', {
    filter: (node) => node.nodeName === 'EM' || node.nodeName === 'I' || (node.nodeName === 'SPAN' && isItalic(node) && !isBold(node)),
    replacement: (content, node) => (/font-style:\s*normal/.test(styleOf(node as Styled)) ? content : wrap(content, '*')),
  });
  turndown.addRule('struck', {
    filter: (node) => ['DEL', 'S', 'STRIKE'].includes(node.nodeName) || (node.nodeName === 'SPAN' && isStruck(node) && !isBold(node) && !isItalic(node)),
    replacement: (content) => wrap(content, '~~'),
  });
  turndown.addRule('link', {
    filter: (node) => node.nodeName === 'A',
    replacement: (content, node) => {
      const address = addressOf((node as Element).getAttribute('href'));
      const label = content.trim().replace(/\s*\n\s*/g, ' ');
      if (address === null || label === '') return content;
      return label === address ? `<${address}>` : `[${label}](${address})`;
    },
  });
  turndown.addRule('picture', {
    filter: 'img',
    replacement: (_content, node) => {
      const image = node as Element;
      const address = addressOf(image.getAttribute('src'));
      const alt = (image.getAttribute('alt') ?? '').replace(/[[\]\s]+/g, ' ').trim();
      return address === null || address.startsWith('mailto:') ? alt : `![${alt}](${address})`;
    },
  });
  turndown.addRule('task', {
    filter: (node) => node.nodeName === 'INPUT' && node.getAttribute('type') === 'checkbox' && node.closest('li') !== null,
    replacement: (_content, node) => ((node as Element).hasAttribute('checked') ? '[x] ' : '[ ] '),
  });
  turndown.addRule('item', {
    filter: 'li',
    replacement: (content, node) => {
      const item = node as Element;
      const parent = item.parentElement;
      const ordered = parent?.nodeName === 'OL';
      const start = Number(parent?.getAttribute('start') ?? 1);
      const place = parent === null ? 0 : list(parent.children).filter((c) => c.nodeName === 'LI').indexOf(item);
      const mark = ordered ? `${(Number.isInteger(start) ? start : 1) + place}. ` : '- ';
      const body = content.replace(/^\n+|\n+$/g, '').replace(/^(\[[ x]\])\s+/, '$1 ').replace(/\n(?=[^\n])/g, `\n${' '.repeat(mark.length)}`);
      return `${mark}${body}${item.nextElementSibling === null ? '' : '\n'}`;
    },
  });
  turndown.addRule('code', {
    filter: (node) => node.nodeName === 'PRE',
    replacement: (_content, node) => {
      const block = node as Element;
      const code = block.querySelector('code');
      const language = /(?:language|lang|highlight-source)-([\w+#-]+)/.exec(`${block.className} ${code?.className ?? ''} ${block.parentElement?.className ?? ''}`)?.[1] ?? '';
      const text = (block.textContent ?? '').replace(/\n$/, '');
      const longest = Math.max(0, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
      const fence = '`'.repeat(Math.max(3, longest + 1));
      return `\n\n${fence}${language}\n${text}\n${fence}\n\n`;
    },
  });
  turndown.addRule('cell', { filter: ['td', 'th'], replacement: (content) => content });
  turndown.addRule('table', {
    filter: 'table',
    replacement: (content, node) => {
      const table = node as Element;
      const rows = list(table.querySelectorAll('tr')).filter((r) => r.closest('table') === table);
      const cells = rows.map((row) => list(row.children).filter((c) => c.nodeName === 'TD' || c.nodeName === 'TH'));
      const width = Math.max(0, ...cells.map((c) => c.reduce((sum, cell) => sum + Math.max(1, Number(cell.getAttribute('colspan') ?? 1) || 1), 0)));
      // Pages are laid out with tables of one cell, and of tables.
      if (width < 2 || width > 60 || table.querySelectorAll('table').length > 0 || rows.length === 0) return `\n\n${content}\n\n`;
      const inner = rows.map((_row, r) => (cells[r] ?? []).flatMap((cell) => [asCell(turndown.turndown(parsed((cell as HTMLElement).innerHTML))), ...Array.from({ length: Math.min(width, Number(cell.getAttribute('colspan') ?? 1) || 1) - 1 }, () => '')]));
      const align = Array.from({ length: width }, (_, i): Align => { const cell = cells.find((c) => c[i] !== undefined)?.[i]; return cell === undefined ? 'none' : alignOf(cell); });
      const full = inner.map((row) => Array.from({ length: width }, (_, i) => row[i] ?? ''));
      return `\n\n${formatTable({ prefix: '', align, rows: full }).join('\n')}\n\n`;
    },
  });
  return turndown;
}

let turndown: TurndownService | null = null;

/** A template's content loads, runs and reports nothing. Without a page (in tests) Turndown parses by itself. */
function parsed(html: string): string | TurndownService.Node {
  if (typeof document === 'undefined') return html;
  const template = document.createElement('template');
  template.innerHTML = html;
  return template.content;
}

export function htmlToMarkdown(html: string): string {
  turndown ??= service();
  return turndown
    .turndown(parsed(html))
    .replace(/\u00a0/g, ' ')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
