// Icons a notebook may have. What is chosen is written into the notebook's document as a small drawing
// of its own, so that every program that knows the document's format shows the same.

import { icons } from '../parts/icons';

const drawn = {
  'house': '<path d="M2.5 7.25 8 2.5l5.5 4.75M4 6.25v6c0 .7.55 1.25 1.25 1.25h5.5c.7 0 1.25-.55 1.25-1.25v-6M6.75 13.5V9.75h2.5v3.75"/>',
  'briefcase': '<rect x="2" y="5" width="12" height="8.25" rx="1.75"/><path d="M5.5 5V3.75c0-.7.55-1.25 1.25-1.25h2.5c.7 0 1.25.55 1.25 1.25V5M2 8.75h12M8 8v1.5"/>',
  'star': '<path d="m8 2.25 1.75 3.6 3.95.55-2.85 2.8.67 3.95L8 11.3l-3.52 1.85.67-3.95L2.3 6.4l3.95-.55z"/>',
  'heart': '<path d="M8 13.25S2.25 9.9 2.25 6.1A3.1 3.1 0 0 1 8 4.45a3.1 3.1 0 0 1 5.75 1.65c0 3.8-5.75 7.15-5.75 7.15z"/>',
  'bulb': '<path d="M5.75 10.25a4.25 4.25 0 1 1 4.5 0c-.35.25-.5.6-.5 1v.5h-3.5v-.5c0-.4-.15-.75-.5-1zM6.5 13.75h3"/>',
  'code': '<path d="M5.25 4.5 1.75 8l3.5 3.5M10.75 4.5l3.5 3.5-3.5 3.5M9.25 3l-2.5 10"/>',
  'flask': '<path d="M6.25 2.25h3.5M6.75 2.25v4l-3.6 5.6c-.5.85.1 1.9 1.05 1.9h7.6c.95 0 1.55-1.05 1.05-1.9L9.25 6.25v-4M4.75 9.75h6.5"/>',
  'school': '<path d="M8 3 1.5 6.25 8 9.5l6.5-3.25zM4.25 7.75v3.1c1 1.05 2.3 1.65 3.75 1.65s2.75-.6 3.75-1.65v-3.1M14.5 6.25v3.5"/>',
  'music': '<circle cx="4.5" cy="11.75" r="1.75"/><circle cx="11.5" cy="10.25" r="1.75"/><path d="M6.25 11.75V4.25l7-1.75v7.75"/>',
  'camera': '<path d="M2 6c0-.7.55-1.25 1.25-1.25h1.5l1-1.75h4.5l1 1.75h1.5C13.45 4.75 14 5.3 14 6v6c0 .7-.55 1.25-1.25 1.25h-9.5C2.55 13.25 2 12.7 2 12z"/><circle cx="8" cy="8.75" r="2.5"/>',
  'plane': '<path d="m14 2.25-12 4.5 4.25 2.5M14 2.25l-4.25 11.5-3.5-4.5M14 2.25l-7.75 7v4l2-2.35"/>',
  'map': '<path d="M2 4.25 6 2.75l4 1.5 4-1.5v9l-4 1.5-4-1.5-4 1.5zM6 2.75v9M10 4.25v9"/>',
  'cup': '<path d="M2.75 5.25h8.5v4.5a3 3 0 0 1-3 3h-2.5a3 3 0 0 1-3-3zM11.25 6.25h.75a1.75 1.75 0 0 1 0 3.5h-.75M5.25 1.75v1.5M8.25 1.75v1.5"/>',
  'cart': '<path d="M1.75 2.75h1.5L5 10h7l1.75-5.25H3.75"/><circle cx="5.75" cy="12.75" r="1"/><circle cx="11.25" cy="12.75" r="1"/>',
  'purse': '<rect x="2" y="4.25" width="12" height="9" rx="1.75"/><path d="M4 4.25 10.25 2l1 2.25M14 7.5h-3a1.25 1.25 0 0 0 0 2.5h3"/>',
  'leaf': '<path d="M3 13c0-5.75 3-9.5 10.25-10.25C13.75 9.5 10 12 5.5 11.5M3 13c1-3 3-5 5.5-6.25"/>',
  'paw': '<circle cx="4" cy="7" r="1.35"/><circle cx="6.5" cy="4" r="1.35"/><circle cx="9.75" cy="4" r="1.35"/><circle cx="12.15" cy="7" r="1.35"/><path d="M8.1 7.75c1.75 0 3.25 2 3.25 3.75 0 2-1.75 1.5-3.25 1.5s-3.25.5-3.25-1.5c0-1.75 1.5-3.75 3.25-3.75z"/>',
  'tools': '<path d="M13.5 4.25 11.25 6.5 9.5 4.75l2.25-2.25a3.4 3.4 0 0 0-4.4 4.4L2.6 11.65a1.25 1.25 0 0 0 1.75 1.75L9.1 8.65a3.4 3.4 0 0 0 4.4-4.4z"/>',
  'rocket': '<path d="M6 10C6.25 6 9 2.75 13.5 2.5 13.25 7 10 9.75 6 10zM6 10l-2.25-.5 2-3h1.5M6 10l.5 2.25 3-2v-1.5M4.25 11.75 2.5 13.5"/>',
  'flag': '<path d="M3.5 14V2.5M3.5 3.25h9.25L11 6.25l1.75 3H3.5"/>',
  'bell': '<path d="M4 7a4 4 0 0 1 8 0c0 3 1.25 4 1.25 4H2.75S4 10 4 7zM6.75 13.25a1.35 1.35 0 0 0 2.5 0"/>',
  'moon': '<path d="M13.25 9.5A5.75 5.75 0 1 1 6.5 2.75a4.6 4.6 0 0 0 6.75 6.75z"/>',
  'people': '<circle cx="6" cy="5.25" r="2.25"/><path d="M1.75 13a4.25 4.25 0 0 1 8.5 0M10.5 3.25a2.25 2.25 0 0 1 0 4M11.75 9.4A4.25 4.25 0 0 1 14.25 13"/>',
  'game': '<path d="M5 5h6c2 0 3.25 2 3.25 5 0 2.5-1.75 3-2.75 1.5L10.25 10h-4.5L4.5 11.5C3.5 13 1.75 12.5 1.75 10c0-3 1.25-5 3.25-5zM5.5 6.5v2M4.5 7.5h2M10.75 7v.05M11.75 8.25v.05"/>',
} as const;

/** Of the window's own symbols, those that say something about what is in a notebook. */
const taken = ['book', 'books', 'archive', 'calendar', 'edit', 'list', 'quote', 'image', 'globe', 'computer', 'terminal', 'server', 'db', 'cloud', 'key', 'lock', 'link', 'clip', 'user', 'sun', 'activity', 'alert', 'eye', 'hash'] as const;

export type NotebookIconName = keyof typeof drawn | (typeof taken)[number];

const shapes: Record<NotebookIconName, string> = { ...Object.fromEntries(taken.map((name) => [name, icons[name]])) as Record<(typeof taken)[number], string>, ...drawn };

/** In the order in which they are offered. The first is what a notebook has when nothing was chosen. */
export const notebookIcons: readonly NotebookIconName[] = [...taken, ...Object.keys(drawn) as (keyof typeof drawn)[]];

const open = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16"';

export const symbol = (name: NotebookIconName): string => `${open} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${shapes[name]}</svg>`;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A letter or an emoji as an icon: the first that a person would count as one. */
export function character(typed: string): string | null {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(typed.trim());
  if (first === undefined) return null;
  const escaped = first.segment.replace(/[&<>"]/g, (c) => escapes[c] ?? c);
  // An emoji brings its colours along; a letter takes that of the names.
  return `${open} fill="currentColor"><text x="8" y="12.5" font-family="system-ui, sans-serif" font-size="12.5" font-weight="600" text-anchor="middle">${escaped}</text></svg>`;
}

const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;

/** Whether a drawing leaves its colour to us. Anything else keeps its own. */
export const takesOurColour = (svg: string): boolean => svg.includes('currentColor') && !emoji.test(svg);

/** The address of a drawing as a picture: in a picture nothing runs and nothing is asked from anywhere. */
export const pictureOf = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;
