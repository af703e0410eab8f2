// The metadata block of a note as a quiet table above its text.

import type { Field } from '../ipc/generated';
import { text } from '../text';

export function frontMatter(fields: readonly Field[]): HTMLElement | null {
  if (fields.length === 0) return null;
  const list = document.createElement('dl');
  list.className = 'front-matter';
  list.setAttribute('aria-label', text.reading.properties);
  for (const { name, value } of fields) {
    const row = document.createElement('div');
    const term = document.createElement('dt');
    term.textContent = name;
    const words = document.createElement('dd');
    words.textContent = value === '' ? '–' : value;
    row.append(term, words);
    list.append(row);
  }
  return list;
}
