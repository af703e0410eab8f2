// A small Markdown converter for the fake host, in place of the engine's. It has the same contract
// (escaped text, `data-line` on blocks, `data-offset` on task boxes) and none of its duties: the
// text it sees is ours, so it escapes but does not sanitise. Never part of the app.

import { GFM, parser } from '@lezer/markdown';
import type { SyntaxNode } from '@lezer/common';

import { sizeOf } from '../../editor/image-size';

const markdown = parser.configure(GFM);
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c] ?? c);

interface Output {
  html: string;
  remoteImages: number;
}

export function render(source: string, allowRemoteImages: boolean): Output {
  let remoteImages = 0;
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
        return `<a href="${escape(text(node, 'URL'))}">${inline(node, marks[0]?.to, marks[1]?.from)}</a>`;
      }
      case 'Autolink':
      case 'URL': {
        const url = source.slice(node.from, node.to).replace(/^<|>$/g, '');
        return `<a href="${escape(url)}">${escape(url)}</a>`;
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
    return `<div class="callout callout-${kind.toLowerCase()}"${at(node)}>${body.replace(/^(<p[^>]*>)<a [^>]*>[^<]*<\/a>\s*/, '$1')}</div>`;
  };

  const block = (node: SyntaxNode): string => {
    const heading = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name);
    if (heading) return `<h${heading[1]}${at(node)}>${inline(node).trim()}</h${heading[1]}>`;
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
      default: return `<p${at(node)}>${escape(source.slice(node.from, node.to))}</p>`;
    }
  };

  return { html: children(markdown.parse(source).topNode).map(block).join('\n'), remoteImages };
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
