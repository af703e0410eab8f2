// Diagrams. Mermaid is loaded with the first one and draws in its strictest setting; what comes out is
// shown as a picture (`<img>`), where nothing can run, nothing is fetched and nothing can be clicked.
//
// Hazard: while Mermaid measures, its drawing is part of the page for a moment, and styles or pictures
// named in a diagram would be fetched then. So a diagram keeps none of its own configuration, and one
// that names an address in a place that loads is not drawn at all.

import type { Mermaid } from 'mermaid';

import { text } from '../text';

const LONGEST = 50_000;
const REMEMBERED = 60;

interface Drawn { url: string; width: number; labels: string }

const known = new Map<string, Drawn | string>();
let loading: Promise<Mermaid> | null = null;
let drawings = 0;
/** Mermaid keeps state while it draws: one after the other. */
let queue: Promise<unknown> = Promise.resolve();

/** Without what a diagram would set for itself: configuration and links. */
export function bare(source: string): string {
  return source
    .replace(/^\uFEFF?\s*---[ \t]*\n[\s\S]*?\n[ \t]*---[ \t]*(?:\n|$)/, '')
    .replace(/%%\{[\s\S]*?\}%%/g, '')
    .replace(/^[ \t]*(?:click|links?|properties)[ \t].*$/gim, '');
}

/** Whether a diagram names something that showing it would fetch. */
export function reachesOut(source: string): boolean {
  const plain = source
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_all, hex: string) => String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(hex, 16))))
    .replace(/\\(.)/g, '$1')
    .replace(/[#&]#?(\d+);/g, (_all, digits: string) => String.fromCodePoint(Math.min(0x10ffff, Number(digits))))
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .toLowerCase();
  if (/url\s*\(|image-set\s*\(|@import|@font-face|(?:^|[^a-z])src\s*[=:(]|<\s*(?:img|image|iframe|object|embed|link|style|script|svg|use|video|audio|source)\b/.test(plain)) return true;
  return /(?:^|[^a-z])(?:img|image|icon|sprite)["']?\s*[:=(]/.test(plain) && /\/\/|https?:|data:/.test(plain);
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function setUp(mermaid: Mermaid): void {
  const [ground, line, words, quiet, soft, warm] = ['--bg-editor', '--icon', '--text', '--text-2', '--bg-sunken', '--warn-soft'].map(token);
  mermaid.initialize({
    startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true, deterministicIds: true, logLevel: 'fatal',
    maxTextSize: LONGEST, maxEdges: 1_000, htmlLabels: false, flowchart: { htmlLabels: false }, class: { htmlLabels: false },
    fontFamily: token('--font-ui').replaceAll('"', "'"),
    theme: 'base',
    themeVariables: {
      darkMode: document.documentElement.dataset['scheme'] === 'dark', background: ground, primaryColor: soft, primaryTextColor: words, primaryBorderColor: line, lineColor: line, secondaryColor: soft, tertiaryColor: ground,
      textColor: words, titleColor: words, nodeTextColor: words, mainBkg: soft, nodeBorder: line, clusterBkg: ground, clusterBorder: token('--line-strong'), edgeLabelBackground: ground,
      actorBkg: soft, actorBorder: line, actorTextColor: words, signalColor: quiet, signalTextColor: words, labelBoxBkgColor: soft, labelBoxBorderColor: line, labelTextColor: words, loopTextColor: words,
      noteBkgColor: warm, noteTextColor: words, noteBorderColor: token('--warn-line'), fontSize: '14px',
    },
    secure: ['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'maxEdges', 'suppressErrorRendering', 'theme', 'themeCSS', 'themeVariables', 'fontFamily', 'altFontFamily', 'htmlLabels', 'flowchart', 'dompurifyConfig'],
  });
}

async function draw(source: string): Promise<Drawn | string> {
  if (source.length > LONGEST) return text.reading.diagramFault;
  const words = bare(source);
  if (reachesOut(words)) return text.reading.diagramOutside;
  loading ??= import('mermaid').then((module) => module.default);
  const mermaid = await loading;
  setUp(mermaid);
  const bench = document.createElement('div');
  bench.className = 'drawing-bench';
  bench.setAttribute('aria-hidden', 'true');
  document.body.append(bench);
  try {
    drawings += 1;
    const { svg } = await mermaid.render(`diagram-${drawings}`, words, bench);
    return asPicture(svg);
  } catch (reason) {
    const why = reason instanceof Error ? reason.message.split('\n')[0] ?? '' : '';
    return why === '' ? text.reading.diagramFault : `${text.reading.diagramFault} ${why}`;
  } finally {
    bench.remove();
  }
}

function asPicture(source: string): Drawn | string {
  const template = document.createElement('template');
  template.innerHTML = source;
  const svg = template.content.querySelector('svg');
  if (svg === null) return text.reading.diagramFault;
  const [, , width = 0, height = 0] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  if (!(width > 0) || !(height > 0)) return text.reading.diagramFault;
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const labels = [...new Set([...svg.querySelectorAll('title, desc, text, p')].map((e) => (e.textContent ?? '').trim()).filter((t) => t !== ''))].join(', ').slice(0, 300);
  return { url: `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`, width: Math.ceil(width), labels };
}

const themeOf = (): string => `${document.documentElement.dataset['theme'] ?? ''}${document.documentElement.dataset['scheme'] ?? ''}`;
const keyOf = (code: Element): string => `${themeOf()}\n${code.textContent ?? ''}`;
const places = (root: ParentNode): NodeListOf<HTMLElement> => root.querySelectorAll<HTMLElement>('pre > code.language-mermaid:not(.seen)');

/** Puts diagrams that were drawn before into their places, at once. */
export function knownDiagrams(root: ParentNode): void {
  for (const code of places(root)) {
    const drawn = known.get(keyOf(code));
    if (drawn !== undefined) put(code, drawn);
  }
}

function put(code: HTMLElement, drawn: Drawn | string): void {
  const pre = code.parentElement;
  const frame = pre?.closest<HTMLElement>('.code') ?? pre;
  if (pre === null || frame === null) return;
  if (typeof drawn === 'string') {
    code.classList.add('seen');
    const notice = document.createElement('p');
    notice.className = 'diagram-fault';
    notice.textContent = drawn;
    frame.before(notice);
    return;
  }
  const picture = document.createElement('img');
  picture.src = drawn.url;
  picture.width = drawn.width;
  picture.alt = text.reading.diagram(drawn.labels);
  const figure = document.createElement('figure');
  figure.className = 'diagram';
  const { line } = pre.dataset;
  if (line !== undefined) figure.dataset['line'] = line;
  figure.append(picture);
  frame.replaceWith(figure);
}

/** Draws the remaining diagrams; stops when `current` says that the page moved on. */
export async function drawDiagrams(root: ParentNode, current: () => boolean): Promise<void> {
  for (const code of places(root)) {
    const key = keyOf(code);
    const turn = queue.then(async () => known.get(key) ?? (current() ? draw(code.textContent ?? '') : null));
    queue = turn.catch(() => null);
    const drawn = await turn;
    if (drawn === null) return;
    known.set(key, drawn);
    const oldest = known.keys().next();
    if (known.size > REMEMBERED && oldest.done !== true) known.delete(oldest.value);
    if (!current()) return;
    put(code, drawn);
  }
}
