// A small Markdown converter for the fake host, in place of the engine's. It has the same contract
// (escaped text, `data-line` on blocks, `data-offset` on task boxes) and none of its duties: the
// text it sees is ours, so it escapes but does not sanitise. Never part of the app.

import { GFM, parser, type MarkdownConfig } from '@lezer/markdown';
import type { SyntaxNode } from '@lezer/common';

import { sizeOf } from '../../editor/image-size';
import { noteSyntax } from '../../editor/markdown-syntax';
import type { Field, Rendered } from '../generated';

/** What the engine's parser knows besides GFM: formulas and footnotes. */
const extras: MarkdownConfig = {
  defineNodes: ['Formula', 'FootnoteReference', { name: 'Footnote', block: true }],
  parseInline: [
    {
      name: 'Formula', before: 'Emphasis',
      parse(cx, next, pos) {
        if (next !== 36) return -1;
        const found = /^(?:\$\$([^$]+)\$\$|\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d))/.exec(cx.slice(pos, cx.end));
        return found === null ? -1 : cx.addElement(cx.elt('Formula', pos, pos + found[0].length));
      },
    },
    {
      name: 'FootnoteReference', before: 'Link',
      parse(cx, next, pos) {
        const found = next === 91 ? /^\[\^([\w-]+)\](?!:)/.exec(cx.slice(pos, cx.end)) : null;
        return found === null ? -1 : cx.addElement(cx.elt('FootnoteReference', pos, pos + found[0].length));
      },
    },
  ],
  parseBlock: [{
    name: 'Footnote', before: 'LinkReference',
    parse(cx, line) {
      if (!/^\[\^[\w-]+\]:/.test(line.text)) return false;
      const from = cx.lineStart;
      const to = from + line.text.length;
      cx.nextLine();
      cx.addElement(cx.elt('Footnote', from, to));
      return true;
    },
    endLeaf: (_cx, line) => /^\[\^[\w-]+\]:/.test(line.text),
  }],
};

const markdown = parser.configure([GFM, ...noteSyntax, extras]);
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c] ?? c);

const slug = (title: string): string => title.trim().toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, '').replace(/\s+/g, '-');

function fieldsOf(block: string): Field[] {
  const fields: Field[] = [];
  for (const line of block.split('\n').slice(1)) {
    const [, name, value = ''] = /^([^\s:#-][^:]*):\s*(.*)$/.exec(line) ?? [];
    const last = fields[fields.length - 1];
    if (name !== undefined) fields.push({ name, value: value.replace(/^\[|\]$/g, '').replace(/^["']|["']$/g, '') });
    else if (/^\s*-\s+\S/.test(line) && !/^---/.test(line) && last !== undefined) last.value += `${last.value === '' ? '' : ', '}${line.replace(/^\s*-\s+/, '')}`;
  }
  return fields;
}

export function render(source: string, allowRemoteImages: boolean): Rendered {
  let remoteImages = 0;
  let fields: Field[] = [];
  const numbers = new Map<string, number>();
  const used = new Set<string>();
  const footnotes: { number: number; html: string }[] = [];
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  };
  const lineStarts = [0];
  for (let i = 0; i < source.length; i += 1) if (source[i] === '\n') lineStarts.push(i + 1);
  const line = (at: number): number => {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if ((lineStarts[mid] ?? 0) <= at) low = mid;
      else high = mid - 1;
    }
    return low;
  };
  const at = (node: SyntaxNode): string => ` data-line="${line(node.from)}"`;

  const children = (node: SyntaxNode): SyntaxNode[] => {
    const found: SyntaxNode[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
    return found;
  };

  const text = (node: SyntaxNode, name: string): string => {
    const part = node.getChild(name);
    return part === null ? '' : source.slice(part.from, part.to);
  };

  const inline = (node: SyntaxNode, from = node.from, to = node.to): string => {
    let out = '';
    let position = from;
    for (const child of children(node)) {
      if (child.from < from || child.to > to) continue;
      out += escape(source.slice(position, child.from));
      out += span(child);
      position = child.to;
    }
    return out + escape(source.slice(position, to));
  };

  const wrapped = (node: SyntaxNode, tag: string): string => {
    const first = node.firstChild;
    const last = node.lastChild;
    return first && last ? `<${tag}>${inline(node, first.to, last.from)}</${tag}>` : '';
  };

  const image = (node: SyntaxNode): string => {
    const url = text(node, 'URL');
    const marks = node.getChildren('LinkMark');
    const sized = sizeOf(source.slice(marks[0]?.to ?? node.from, marks[1]?.from ?? node.to));
    const alt = escape(sized.alt);
    const size = `${sized.width === null ? '' : ` width="${sized.width}"`}${sized.height === null ? '' : ` height="${sized.height}"`}`;
    if (/^https?:/.test(url) && !allowRemoteImages) {
      remoteImages += 1;
      return `<span class="remote-image" data-src="${escape(url)}" role="img" aria-label="${alt}"></span>`;
    }
    return `<img${url.startsWith('inkdrop://file:') ? ' class="attachment"' : ''} src="${escape(url)}" alt="${alt}"${size}>`;
  };

  const span = (node: SyntaxNode): string => {
    switch (node.name) {
      case 'StrongEmphasis': return wrapped(node, 'strong');
      case 'Emphasis': return wrapped(node, 'em');
      case 'Strikethrough': return wrapped(node, 'del');
      case 'InlineCode': return wrapped(node, 'code');
      case 'Image': return image(node);
      case 'Link': {
        const marks = node.getChildren('LinkMark');
        if (node.getChild('URL') === null) return escape(source.slice(node.from, node.to));
        return `<a href="${escape(text(node, 'URL'))}">${inline(node, marks[0]?.to, marks[1]?.from)}</a>`;
      }
      case 'Autolink':
      case 'URL': {
        const url = source.slice(node.from, node.to).replace(/^<|>$/g, '');
        return `<a href="${escape(url)}">${escape(url)}</a>`;
      }
      case 'Formula': {
        const display = source.startsWith('$$', node.from);
        const marks = display ? 2 : 1;
        return `<span class="math math-${display ? 'display' : 'inline'}">${escape(source.slice(node.from + marks, node.to - marks))}</span>`;
      }
      case 'FootnoteReference': {
        const name = source.slice(node.from + 2, node.to - 1);
        const number = numberOf(name);
        const id = used.has(name) ? '' : ` id="user-content-fnref:${number}"`;
        used.add(name);
        return `<sup class="footnote-reference"><a class="fragment" href="#user-content-fn:${number}"${id}>${number}</a></sup>`;
      }
      case 'WikiLink': {
        const [title = '', label = title] = source.slice(node.from + 2, node.to - 2).split('|').map((part) => part.trim());
        return `<a class="wiki" href="sheaf://wiki/${encodeURIComponent(title)}" data-title="${escape(title)}">${escape(label === '' ? title : label)}</a>`;
      }
      case 'HardBreak': return '<br>';
      case 'Escape': return escape(source.slice(node.from + 1, node.to));
      case 'HeaderMark': case 'QuoteMark': case 'ListMark': case 'TaskMarker': case 'LinkMark': return '';
      default: return escape(source.slice(node.from, node.to));
    }
  };

  const table = (node: SyntaxNode): string => {
    const align = (source.slice(node.from, node.to).split('\n')[1] ?? '').split('|').slice(1, -1).map((c) => (/-:\s*$/.test(c) ? ' align="right"' : ''));
    const row = (r: SyntaxNode, tag: string): string => `<tr>${r.getChildren('TableCell').map((c, i) => `<${tag}${align[i] ?? ''}>${inline(c)}</${tag}>`).join('')}</tr>`;
    const head = node.getChild('TableHeader');
    return `<table${at(node)}><thead>${head ? row(head, 'th') : ''}</thead><tbody>${node.getChildren('TableRow').map((r) => row(r, 'td')).join('')}</tbody></table>`;
  };

  const item = (node: SyntaxNode): string => {
    const task = node.getChild('Task');
    const rest = children(node).filter((c) => c.name !== 'ListMark' && c.name !== 'Task').map(block).join('');
    if (task === null) return `<li${at(node)}>${rest.replace(/^<p[^>]*>([\s\S]*?)<\/p>/, '$1')}</li>`;
    const marker = task.getChild('TaskMarker');
    const from = marker?.from ?? task.from;
    const checked = /x/i.test(source.slice(from, from + 3));
    return `<li class="task-item"${at(node)}><input type="checkbox" class="task" data-offset="${from}"${checked ? ' checked' : ''}> ${inline(task, from + 4)}${rest}</li>`;
  };

  const quote = (node: SyntaxNode): string => {
    const body = children(node).map(block).join('');
    const kind = /^>\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]/.exec(source.slice(node.from, node.to))?.[1];
    if (kind === undefined) return `<blockquote${at(node)}>${body}</blockquote>`;
    return `<div class="callout callout-${kind.toLowerCase()}"${at(node)}>${body.replace(/^(<p[^>]*>)\[![A-Z]+\]\s*/, '$1')}</div>`;
  };

  const block = (node: SyntaxNode): string => {
    const heading = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name);
    if (heading) {
      const words = inline(node).trim();
      return `<h${heading[1]} id="user-content-${escape(slug(words.replace(/<[^>]+>/g, '')))}"${at(node)}>${words}</h${heading[1]}>`;
    }
    switch (node.name) {
      case 'Paragraph': return `<p${at(node)}>${inline(node).replace(/\n\s*&gt; ?/g, '\n')}</p>`;
      case 'FencedCode': {
        const language = text(node, 'CodeInfo');
        return `<pre${at(node)}><code${language === '' ? '' : ` class="language-${escape(language)}"`}>${escape(text(node, 'CodeText'))}\n</code></pre>`;
      }
      case 'BulletList': return `<ul${at(node)}>${node.getChildren('ListItem').map(item).join('')}</ul>`;
      case 'OrderedList': return `<ol${at(node)}>${node.getChildren('ListItem').map(item).join('')}</ol>`;
      case 'Blockquote': return quote(node);
      case 'Table': return table(node);
      case 'HorizontalRule': return `<hr${at(node)}>`;
      case 'QuoteMark': case 'HeaderMark': return '';
      case 'FrontMatter':
        fields = fieldsOf(source.slice(node.from, node.to));
        return '';
      case 'Footnote': {
        const [, name = '', words = ''] = /^\[\^([\w-]+)\]:\s*([\s\S]*)$/.exec(source.slice(node.from, node.to)) ?? [];
        const number = numberOf(name);
        footnotes.push({ number, html: `<li id="user-content-fn:${number}" value="${number}"${at(node)}><p>${escape(words)}</p><a class="footnote-back" href="#user-content-fnref:${number}">\u21a9\ufe0e</a></li>` });
        return '';
      }
      default: return `<p${at(node)}>${escape(source.slice(node.from, node.to))}</p>`;
    }
  };

  const blocks = children(markdown.parse(source).topNode).map(block).filter((html) => html !== '');
  footnotes.sort((a, b) => a.number - b.number);
  if (footnotes.length > 0) blocks.push(`<section class="footnotes"><ol>${footnotes.map((f) => f.html).join('')}</ol></section>`);
  return { html: blocks.join('\n'), remoteImages, fields };
}

/** The first words of a note, without its marks. */
export function plain(source: string): string {
  return source
    .replace(/```\w*\n?/g, ' ')
    .replace(/^\s{0,3}#{1,6}\s+/gm, '')
    .replace(/^\s*(?:>|[-*+]|\d+\.)\s+(?:\[[ xX]\]\s)?/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`~|]+/g, (run) => (run.startsWith('_') ? run : ''))
    .replace(/\s+/g, ' ')
    .trim();
}
