import { describe, expect, test } from 'vitest';

import { pieceEnd } from '../src/views/long-runs';

function pieces(text: string): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length;) {
    const { at } = pieceEnd(text, from);
    expect(at).toBeGreaterThan(from);
    found.push(text.slice(from, at));
    from = at;
  }
  return found;
}

describe('a very long text in pieces', () => {
  test('loses nothing, whatever it is made of', () => {
    for (const text of ['a'.repeat(3_210), 'ink and straw '.repeat(400), '👨‍👩‍👧'.repeat(500), 'e\u0301'.repeat(1_000), '\u0301'.repeat(1_200), '文'.repeat(999)]) expect(pieces(text).join('')).toBe(text);
  });
  test('ends where a line may end, if there is such a place', () => {
    for (const piece of pieces('ink and straw '.repeat(400)).slice(0, -1)) expect(piece.endsWith(' ')).toBe(true);
  });
  test('never ends within a letter', () => {
    for (const piece of pieces('👨‍👩‍👧'.repeat(500))) {
      expect(piece).not.toMatch(/^[\udc00-\udfff]|^\u200d|\u200d$/);
    }
    for (const piece of pieces('e\u0301'.repeat(1_000))) expect(piece.startsWith('e')).toBe(true);
  });
});
