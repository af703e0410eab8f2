// Words on the screen come from the catalogue: no component has letters of its own.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.svelte'));
const spoken = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label', 'hint']);
/** Names of keys and the samples on buttons that show what they do. */
const signs = /^(Esc|Aa|\.\*|[\s/:·,–—-]*)$/;

interface Node { type?: string; name?: string; data?: string; value?: unknown; [key: string]: unknown }

function literals(node: Node, found: string[]): void {
  if (node.type === 'Text' && typeof node.data === 'string' && /\p{L}/u.test(node.data)) found.push(node.data.trim());
  if (node.type === 'Attribute') {
    if (spoken.has(node.name ?? '') && Array.isArray(node.value)) for (const part of node.value as Node[]) literals(part, found);
    return;
  }
  if (node.type === 'StyleSheet' || node.type === 'Script' || node.type === 'StyleDirective') return;
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) value.forEach((v) => typeof v === 'object' && v !== null && literals(v as Node, found));
    else if (typeof value === 'object' && value !== null && 'type' in value) literals(value as Node, found);
  }
}

test.each(files)('%s has no words of its own', (file) => {
  const tree = parse(readFileSync(join(source, file), 'utf8'), { modern: true });
  const found: string[] = [];
  literals(tree.fragment as unknown as Node, found);
  expect(found.filter((f) => !signs.test(f))).toEqual([]);
});
