// Every theme: each role of colour on every surface it may stand on, by the contrast WCAG 2.2 asks for.

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8').replace(/@media[\s\S]*$/, '');

function themeOf(name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!(block[1] ?? '').includes(`[data-theme="${name}"]`)) continue;
    for (const role of (block[2] ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\s*;/g)) found[role[1] ?? ''] = role[2] ?? '';
  }
  return found;
}

const themes = {
  light: themeOf('light'),
  dark: themeOf('dark'),
  paper: { ...themeOf('light'), ...themeOf('paper') },
  midnight: themeOf('midnight'),
};

const panes = ['bg-sidebar', 'bg-list', 'bg-editor', 'bg-raised', 'bg-sunken'];
const rows = ['bg-hover', 'bg-selected', 'bg-selected-quiet'];
const soft = ['warn-soft', 'danger-soft', 'ok-soft', 'accent-soft'];
const code = ['keyword', 'string', 'number', 'comment', 'type', 'fn', 'meta'];
const tags = ['default', 'red', 'orange', 'yellow', 'olive', 'green', 'teal', 'blue', 'violet', 'purple', 'pink', 'brown', 'grey', 'black'];
const rules: [string, string[], number][] = [
  ['text', [...panes, ...rows, ...soft, 'bg-code', 'bg-field', 'bg-selection'], 4.5],
  ['text-2', [...panes, ...rows, ...soft, 'bg-code', 'bg-field', 'bg-selection'], 4.5],
  ['text-3', [...panes, ...rows, ...soft, 'bg-code', 'bg-field'], 4.5],
  ['text-dim', ['bg-editor'], 4.5],
  ['accent', [...panes, 'bg-selected', 'bg-selected-quiet', 'accent-soft'], 4.5],
  ['on-accent', ['accent-fill', 'accent-fill-hover'], 4.5], ['on-danger', ['danger-fill'], 4.5],
  ['ok', [...panes, 'ok-soft'], 4.5], ['warn', [...panes, 'warn-soft', 'bg-selected', 'bg-selected-quiet'], 4.5], ['danger', [...panes, 'danger-soft'], 4.5],
  ['hit-text', ['hit-bg'], 4.5], ['ins-text', ['ins-bg', 'ins-word'], 4.5], ['del-text', ['del-bg', 'del-word'], 4.5],
  ['syn-mark', ['bg-editor'], 4.5], ['syn-heading', ['bg-editor'], 4.5], ['syn-link', ['bg-editor'], 4.5], ['syn-quote', ['bg-editor'], 4.5], ['syn-code', ['bg-editor', 'bg-code'], 4.5],
  ...code.map((name): [string, string[], number] => [`syn-${name}`, ['bg-editor', 'bg-code'], 4.5]),
  ['icon', [...panes, ...rows], 3], ['line-field', panes, 3],
  ...tags.map((name): [string, string[], number] => [`tag-${name}`, panes.slice(0, 3), 3]),
];

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255).map((p) => (p <= 0.04045 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each(Object.entries(themes))('%s', (_name, theme: Record<string, string>) => {
  test('names every role', () => {
    expect(Object.keys(theme).sort()).toEqual(Object.keys(themes.light).sort());
  });

  test.each(rules)('%s can be read wherever it stands', (role, places, least) => {
    for (const place of places) expect(ratio(theme[role] ?? '', theme[place] ?? ''), `${role} on ${place}`).toBeGreaterThanOrEqual(least);
  });
});
