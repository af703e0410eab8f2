// `[TOC]` or `[[toc]]` on a line of its own becomes the table of contents of the note.

import { text } from '../text';

const mark = /^\[{1,2}toc\]{1,2}$/i;

const isMark = (place: HTMLElement): boolean => mark.test((place.textContent ?? '').trim()) || (place.childNodes.length === 1 && place.firstElementChild?.matches('a.wiki') === true && /^toc$/i.test((place.textContent ?? '').trim()));

export function contents(root: DocumentFragment): void {
  const places = [...root.querySelectorAll<HTMLElement>('p')].filter(isMark);
  if (places.length === 0) return;
  const headings = [...root.querySelectorAll<HTMLElement>('h1[id], h2[id], h3[id], h4[id], h5[id], h6[id]')];
  const top = Math.min(...headings.map((h) => Number(h.tagName[1])), 6);
  for (const place of places) {
    const nav = document.createElement('nav');
    nav.className = 'toc';
    nav.setAttribute('aria-label', text.reading.contents);
    const { line } = place.dataset;
    if (line !== undefined) nav.dataset['line'] = line;
    const list = document.createElement('ul');
    for (const heading of headings) {
      const item = document.createElement('li');
      item.style.paddingInlineStart = `${(Number(heading.tagName[1]) - top) * 16}px`;
      const link = document.createElement('a');
      link.className = 'fragment';
      link.setAttribute('href', `#${heading.id}`);
      link.textContent = heading.textContent;
      item.append(link);
      list.append(item);
    }
    if (headings.length === 0) {
      const item = document.createElement('li');
      item.className = 't3';
      item.textContent = text.reading.noHeadings;
      list.append(item);
    }
    nav.append(list);
    place.replaceWith(nav);
  }
}
