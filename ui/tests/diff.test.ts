import { describe, expect, test } from 'vitest';

import { changesBetween } from '../src/editor/diff';
import { Random } from './random';

function apply(a: string, changes: { from: number; to: number; insert: string }[]): string {
  let out = '';
  let at = 0;
  for (const change of changes) {
    expect(change.from).toBeGreaterThanOrEqual(at);
    out += a.slice(at, change.from) + change.insert;
    at = change.to;
  }
  return out + a.slice(at);
}

describe('the difference of two texts', () => {
  test.each([
    ['nothing changed', 'abc\n', 'abc\n', []],
    ['a word was added', 'one two\n', 'one new two\n', [{ from: 4, to: 4, insert: 'new ' }]],
    ['a line was taken away', 'a\nb\nc\n', 'a\nc\n', [{ from: 2, to: 4, insert: '' }]],
    ['everything is new', '', 'all\n', [{ from: 0, to: 0, insert: 'all\n' }]],
    ['everything is gone', 'all\n', '', [{ from: 0, to: 4, insert: '' }]],
  ])('%s', (_name, a, b, changes) => {
    expect(changesBetween(a, b)).toEqual(changes);
  });

  test('two edits far apart stay two edits', () => {
    const changes = changesBetween('first line\nsame\nsame\nlast line\n', 'first row\nsame\nsame\nlast row\n');
    expect(changes.map((c) => c.insert)).toEqual(['row', 'row']);
  });

  test('a pair of surrogates is never cut in two', () => {
    for (const change of changesBetween('a😀b', 'a😁b')) {
      expect(change.insert.isWellFormed()).toBe(true);
      expect('a😀b'.slice(change.from, change.to).isWellFormed()).toBe(true);
    }
  });

  test('what it says leads from one text to the other, whatever they are', () => {
    const words = ['a', 'bb', ' ', '\n', '\n\n', 'ふ', '😀', '- [ ] ', 'x'];
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = new Random(seed);
      const text = () => Array.from({ length: random.below(40) }, () => random.pick(words)).join('');
      const a = text();
      const b = random.next() < 0.5 ? text() : a.slice(0, random.below(a.length + 1)) + text() + a.slice(random.below(a.length + 1));
      expect(apply(a, changesBetween(a, b)), `seed ${seed}`).toBe(b);
    }
  });

  test('texts that have little in common are replaced at once instead of searched for ever', () => {
    const a = Array.from({ length: 4_000 }, (_, i) => `left ${i}`).join('\n');
    const b = Array.from({ length: 4_000 }, (_, i) => `right ${i * 7}`).join('\n');
    expect(apply(a, changesBetween(a, b))).toBe(b);
  });
});
