import { describe, expect, test } from 'vitest';

import { mergeMetadata } from '../src/merge/metadata';
import { linesOf, piecesOf, stretchesOf } from '../src/merge/pieces';
import { bothOf, compose, keyOf, placesOf, type Choice, type Place } from '../src/merge/places';
import type { NoteContent } from '../src/ipc/generated';
import { Random } from './random';

const kinds = (places: readonly Place[]): string[] => places.map((p) => p.kind);
const none: ReadonlyMap<string, Choice> = new Map();

function choosing(places: readonly Place[], choice: Choice): ReadonlyMap<string, Choice> {
  return new Map(places.flatMap((p, i) => (p.kind === 'open' ? [[keyOf(places, i), choice]] : [])));
}

describe('places', () => {
  test('what only one side changed is taken, what both changed alike is agreed', () => {
    const places = placesOf('a\nb\nc\nd\ne\n', 'A\nb\nc\nd\nE\n', 'a\nb\nC\nd\nE\n', true);
    expect(kinds(places)).toEqual(['mine', 'same', 'theirs', 'same', 'agreed']);
    expect(compose(places, none)).toBe('A\nb\nC\nd\nE\n');
  });

  test('different words of one line are put together, the same words are left to a person', () => {
    expect(kinds(placesOf('one two three four\n', 'ONE two three four\n', 'one two three FOUR\n', true))).toEqual(['merged']);
    const places = placesOf('limit is 100 now\n', 'limit is 200 now\n', 'limit is 500 now\n', true);
    expect(kinds(places)).toEqual(['open']);
    expect(compose(places, none)).toBeNull();
    expect(compose(places, choosing(places, { kind: 'theirs' }))).toBe('limit is 500 now\n');
    expect(compose(places, choosing(places, { kind: 'both' }))).toBe('limit is 200 now\nlimit is 500 now\n');
    expect(compose(places, choosing(places, { kind: 'edited', text: 'limit is 300\n' }))).toBe('limit is 300\n');
  });

  test('two who append to one list keep both, in the order every computer uses', () => {
    const both = (mineFirst: boolean): string | null => compose(placesOf('- a\n', '- a\n- mine\n', '- a\n- theirs\n', mineFirst), none);
    expect([both(true), both(false)]).toEqual(['- a\n- mine\n- theirs\n', '- a\n- theirs\n- mine\n']);
  });

  test('without a common text every difference is open, and what agrees is not', () => {
    const places = placesOf(null, 'x\ny\n', 'x\nz\n', true);
    expect(kinds(places)).toEqual(['same', 'open']);
    expect(compose(places, choosing(places, { kind: 'mine' }))).toBe('x\ny\n');
  });

  test('a text without a last line end never runs into another', () => {
    const places = placesOf('a\nb', 'a\nmine', 'a\ntheirs', true);
    expect(bothOf(places[1] as Place)).toBe('mine\ntheirs');
    expect(compose(places, choosing(places, { kind: 'both' }))).toBe('a\nmine\ntheirs');
  });

  test('a decision finds its place again after the text around it changed', () => {
    const before = placesOf('1\n2\n3\n', '1\nx\n3\n', '1\ny\n3\n', true);
    const choices = choosing(before, { kind: 'mine' });
    const after = placesOf('0\n1\n2\n3\n', '0\n1\nx\n3\n', '0\n1\ny\n3\nmore\n', true);
    expect(compose(after, choices)).toBe('0\n1\nx\n3\nmore\n');
  });

  test('whatever both sides do, one side chosen everywhere is that side where they contradict', () => {
    const random = new Random(Number(process.env['SEED'] ?? Date.now() % 1_000_000));
    const { seed } = random;
    const next = (n: number): number => random.below(n);
    const lines = (n: number): string[] => Array.from({ length: n }, () => `${'abcdef'[next(6)]} ${next(3)}`);
    for (let round = 0; round < 400; round += 1) {
      const base = lines(next(7));
      const edit = (): string => base.flatMap((line) => (next(4) === 0 ? lines(next(3)) : [line])).concat(next(3) === 0 ? lines(1) : []).join('\n');
      const [mine, theirs] = [edit(), edit()];
      const places = placesOf(base.join('\n'), mine, theirs, true);
      // The places together are each side, word for word.
      expect([places.map((p) => p.mine).join(''), places.map((p) => p.theirs).join(''), places.map((p) => p.base).join('')], `seed ${seed}`).toEqual([mine, theirs, base.join('\n')]);
      const all = (side: 'mine' | 'theirs'): ReadonlyMap<string, Choice> => new Map(places.map((_, i) => [keyOf(places, i), { kind: side }]));
      expect([compose(places, all('mine')), compose(places, all('theirs'))], `seed ${seed}`).toEqual([mine, theirs]);
      expect(compose(places, none) === null, `seed ${seed}`).toBe(places.some((p) => p.kind === 'open'));
    }
  });
});

describe('differences of words', () => {
  test('a line that gained and lost words is shown once, whole lines apart', () => {
    const lines = linesOf(piecesOf('keep\nlimit=100 then\ngone for good\n', 'keep\nlimit=200 then\n'));
    expect(lines.map((l) => l.kind)).toEqual(['same', 'changed', 'removed']);
    expect(lines[1]?.pieces.filter((p) => p.kind !== 'same').map((p) => p.text)).toEqual(['100', '200']);
  });

  test('pieces hold both texts, every letter', () => {
    const [before, after] = ['# Über\n本の一行\nthe quick fox', '# Über uns\n本の二行\nthe slow fox\n'];
    const pieces = piecesOf(before, after);
    expect(pieces.filter((p) => p.kind !== 'added').map((p) => p.text).join('')).toBe(before);
    expect(pieces.filter((p) => p.kind !== 'removed').map((p) => p.text).join('')).toBe(after);
  });

  test('random texts: pieces hold both, every letter', () => {
    const random = new Random(Number(process.env['SEED'] ?? Date.now() % 1_000_000));
    const word = (): string => random.pick(['100', '200', 'limit', 'limits', '本', '一行', ' ', ' ', '\n', '.', '=', 'x1']);
    for (let round = 0; round < 400; round += 1) {
      const before = Array.from({ length: random.below(12) }, word);
      const after = before.flatMap((w) => (random.below(4) === 0 ? [word(), word()].slice(0, random.below(3)) : [w]));
      const pieces = piecesOf(before.join(''), after.join(''));
      expect(pieces.filter((p) => p.kind !== 'added').map((p) => p.text).join(''), `seed ${random.seed}`).toBe(before.join(''));
      expect(pieces.filter((p) => p.kind !== 'removed').map((p) => p.text).join(''), `seed ${random.seed}`).toBe(after.join(''));
    }
  });

  test('long unchanged stretches are folded, a few lines around a change are not', () => {
    const text = Array.from({ length: 40 }, (_, i) => `line ${i}`).join('\n');
    const lines = linesOf(piecesOf(text, text.replace('line 20', 'row 20')));
    expect(stretchesOf(lines, new Set())).toEqual([{ kind: 'fold', from: 0, to: 17 }, { kind: 'lines', from: 17, to: 24 }, { kind: 'fold', from: 24, to: 40 }]);
    expect(stretchesOf(lines, new Set([0]))[0]).toEqual({ kind: 'lines', from: 0, to: 24 });
  });
});

describe('metadata', () => {
  const note = (over: Partial<NoteContent>): NoteContent => ({ title: 't', body: '', place: { kind: 'notebook', id: 'book:a' }, tags: [], status: 'none', pinned: false, updatedAt: 0, ...over });

  test('each field is merged on its own, tags as sets', () => {
    const merged = mergeMetadata(note({ tags: ['x', 'y'] }), note({ tags: ['x', 'y', 'mine'], status: 'active' }), note({ tags: ['y', 'theirs'], pinned: true }), 'mine');
    expect(merged.values).toEqual({ notebook: 'book:a', status: 'active', pinned: true, tags: ['y', 'mine', 'theirs'] });
    expect(Object.fromEntries(merged.fields.map((f) => [f.name, f.why]))).toEqual({ notebook: 'same', status: 'mine', pinned: 'theirs', tags: 'joined' });
  });

  test('where both changed a field the winner has it', () => {
    const merged = mergeMetadata(note({}), note({ status: 'active' }), note({ status: 'completed' }), 'theirs');
    expect([merged.values.status, merged.fields.find((f) => f.name === 'status')?.why]).toEqual(['completed', 'winner']);
  });
});
