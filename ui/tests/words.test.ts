import { Text } from '@codemirror/state';
import { describe, expect, test } from 'vitest';

import { countWords, structureOf } from '../src/editor/counts';
import { ago, languageOf, listDate, span, wait } from '../src/text/format';
import type { DiagnosisLine } from '../src/ipc/generated';
import { text } from '../src/text';
import { todo } from '../src/views/diagnosis/words';
import { fuzzy } from '../src/views/dialogs/fuzzy';
import { interpolate } from '../src/views/scroll-sync';

describe('counting', () => {
  test.each([
    ['', 0], ['one two', 2], ["it's one", 2], ['**bold** text', 2], ['- [ ] task', 1],
  ])('%j has %i words', (source, words) => expect(countWords(source)).toBe(words));

  test('Japanese is counted by words, not by spaces', () => expect(countWords('宿題を忘れてしまった')).toBeGreaterThan(2));

  test('boxes in code are no tasks', () => expect(structureOf(Text.of('- [ ] a\n- [x] b\n```\n- [ ] c\n```\n> - [X] d\n[ ] e'.split('\n'))).tasks).toEqual({ done: 2, all: 3 }));
});

describe('times', () => {
  const now = new Date(2026, 10, 21, 14, 32).getTime();
  test.each([
    [new Date(2026, 10, 21, 9, 5), '09:05'],
    [new Date(2026, 10, 20, 23, 59), 'Yesterday'],
    [new Date(2026, 10, 17, 12), 'Tue'],
    [new Date(2026, 10, 14, 12), '14 Nov'],
    [new Date(2025, 10, 14, 12), '14 Nov 2025'],
  ])('%s is written %s', (time, expected) => expect(listDate(time.getTime(), now)).toBe(expected));

  test.each([[0, 'just now'], [12, '12 s ago'], [90, '1 min ago'], [7_300, '2 h ago'], [180_000, '2 days ago']])('%i seconds are %s', (seconds, expected) => expect(ago(now - seconds * 1000, now)).toBe(expected));

  test.each([
    [new Date(2026, 10, 21, 9, 5), new Date(2026, 10, 21, 9, 5, 30), '09:05'],
    [new Date(2026, 10, 21, 9, 5), new Date(2026, 10, 21, 10, 20), '09:05 to 10:20'],
    [new Date(2026, 10, 20, 15, 52), new Date(2026, 10, 20, 16, 20), 'Yesterday, 15:52 to 16:20'],
    [new Date(2026, 10, 20, 23, 59), new Date(2026, 10, 21, 0, 1), 'Yesterday, 23:59 to 00:01'],
  ])('from %s to %s is written %s', (from, to, expected) => expect(span(from.getTime(), to.getTime(), now)).toBe(expected));

  test.each([[37, '40 s'], [30, '30 s'], [9, '9 s'], [119, '2 min'], [0, null]])('%i seconds to wait are %s', (seconds, expected) => expect(wait(now + seconds * 1000, now)).toBe(expected));
});

test('Japanese and Korean are recognised, German is not guessed', () => {
  expect([languageOf('日本語のメモ'), languageOf('한국어'), languageOf('Übung')]).toEqual(['ja', 'ko', undefined]);
});

// The form said "Use https://…" twice: as a step, and on the button below it.
test('a step that a button says already is left out, and one with a condition stays', () => {
  const line = (code: string): DiagnosisLine => ({ check: 'TLS-1', group: 'certificate', state: 'failed', code, values: { suggestion: 'http://host:5984', host: 'host' }, evidence: [], fixes: [], because: null, tookMs: 1 });
  const steps = (code: string, offered: boolean) => todo(line(code), offered).map((step) => step.map((part) => part.words).join(''));
  expect(steps('tls_expected', false)).toEqual(['Use http://host:5984.']);
  expect(steps('tls_expected', true)).toEqual([]);
  expect(steps('tls_plain_http', true)[0]).toBe('Use http://host:5984, if nobody can listen on the way.');
});

describe('finding commands', () => {
  test('beginnings of words count more than letters in between', () => {
    const score = (label: string) => fuzzy('sy', label)?.score ?? -1;
    expect(score('Sync now')).toBeGreaterThan(score('Side by side'));
    expect(fuzzy('zz', 'Sync now')).toBeNull();
  });
  test('the found letters are named', () => expect(fuzzy('bold', 'Bold')?.hits).toEqual([0, 1, 2, 3]));
});

test('a position between two landmarks lies between their counterparts', () => {
  const points: [number, number][] = [[0, 0], [100, 50], [200, 400]];
  expect([0, 50, 100, 150, 200].map((p) => interpolate(points, p))).toEqual([0, 25, 50, 225, 400]);
});

describe('the catalogue', () => {
  const sentences: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') sentences.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(text);
  const codes = ['notFound', 'invalid', 'notebookCycle', 'defaultNotebook', 'nameTaken', 'databaseLocked', 'databaseNewer', 'databaseCorrupt', 'diskFull', 'secretStore', 'passwordMissing', 'addressInvalid', 'hostNotFound',
    'connectionRefused', 'timedOut', 'unreachable', 'proxyPassword', 'proxyUnreachable', 'proxyRefused', 'certificate', 'notCouchdb', 'redirected', 'unauthorised', 'lockedOut', 'forbidden', 'readOnly', 'databaseMissing', 'rateLimited', 'quotaExceeded', 'tooLarge', 'serverFault', 'syncOff', 'appTooOld',
    'targetChanged', 'massDeletion', 'cancelled', 'bug'] as const;

  test('speaks without exclamation marks, without oops and please', () => {
    const all = [...sentences, ...codes.flatMap((code) => Object.values(text.problems(code, { host: 'h:1', database: 'd', user: 'u' })))];
    for (const sentence of all) expect(sentence).not.toMatch(/!(?!\[)|\boops\b|\bplease\b/i);
  });

  test('every code has a sentence of its own that ends', () => {
    const seen = new Set<string>();
    for (const code of codes) {
      const { what, safe, todo } = text.problems(code, { host: 'couch.example.org:6984', database: 'notes', user: 'anna' });
      for (const part of [what, safe, todo]) expect(part).toMatch(/[.]$/);
      expect(seen.has(what), what).toBe(false);
      seen.add(what);
    }
  });

  test('a proxy is named where it stands in the way, and the server as the one that was not asked', () => {
    const context = { host: 'couch.example.org:6984', proxy: 'proxy.corp:3128' };
    expect(text.problems('proxyUnreachable', context).what).toBe('The proxy proxy.corp:3128 on the way to couch.example.org does not answer.');
    expect(text.problems('proxyUnreachable').what).toBe('The proxy does not answer.');
  });

  test('host and port are named', () => {
    expect(text.problems('connectionRefused', { host: 'couch.example.org:6984' }).what).toBe('Nothing listens on port 6984 of couch.example.org.');
    expect(text.problems('hostNotFound', { host: 'couch.example.org:6984' }).what).toBe('No computer is called couch.example.org.');
  });
});
