// What the translations say: for every sentence of the English catalogue one of the same kind.

import { describe, expect, test } from 'vitest';

import { languageFor } from '../src/text';
import { de } from '../src/text/de';
import { findings } from '../src/text/diagnosis.generated';
import { en } from '../src/text/en';
import { errorCodes } from '../src/text/en-problems';
import { ja } from '../src/text/ja';
import { completed } from '../src/text/translation';

type Group = Record<string, unknown>;
const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Paths of what `words` says and `base` does not, or says in another way. */
function strangers(base: unknown, words: unknown, path = ''): string[] {
  if (!isGroup(base) || !isGroup(words)) return typeof base === typeof words && (typeof base !== 'function' || (words as () => void).length <= Math.max(base.length, 2)) ? [] : [path];
  return Object.entries(words).flatMap(([key, value]) => (key in base ? strangers(base[key], value, `${path}.${key}`) : [`${path}.${key}`]));
}

/** Paths that stay English. */
function missing(base: unknown, words: unknown, path = ''): string[] {
  if (!isGroup(base)) return words === undefined ? [path] : [];
  return Object.entries(base).flatMap(([key, value]) => missing(value, isGroup(words) ? words[key] : undefined, `${path}.${key}`));
}

/** Names, signs and examples that are the same everywhere. */
const same = /^\.(?:app\.name|windowTitle|note\.path|prefs\.(?:pixels|percent|zoom)|sync\.(?:pastePlaceholder|addressPlaceholder|databasePlaceholder|token\.placeholder)|sync\.foot\.seconds|customising\.(?:keys\.presets|languages)\..*)$/;

const places = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
const typed = (sentence: string): string[] => [...sentence.matchAll(/`[^`]*`/g)].map(([exact]) => exact);

describe.each([['de', de], ['ja', ja]] as const)('%s', (_name, words) => {
  test('says nothing that the English catalogue does not know', () => {
    expect(strangers(en, words)).toEqual([]);
  });

  test('says everything that the English catalogue says', () => {
    expect(missing(en, words).filter((path) => !same.test(path))).toEqual([]);
  });

  test('has sentences of its own for every error', () => {
    for (const code of errorCodes) {
      const said = completed(en, words).problems(code);
      expect(said.what, code).not.toBe(en.problems(code).what);
      expect([said.what, said.safe, said.todo].every((s) => s !== ''), code).toBe(true);
    }
  });

  test('fills the same places of a finding as the English one, and names what is to be typed exactly alike', () => {
    const own = words.diagnosis?.findings ?? {};
    for (const [code, english] of Object.entries(findings)) {
      const said = own[code];
      expect(said?.todo?.length, code).toBe(english.todo.length);
      for (const part of ['finding', 'means'] as const) {
        expect((said?.[part] ?? '') === '', `${code} ${part}`).toBe(english[part] === '');
        expect([...new Set(places(said?.[part] ?? ''))], `${code} ${part}`).toEqual([...new Set(places(english[part]))]);
      }
      english.todo.forEach((step, at) => {
        const here = said?.todo?.[at] ?? '';
        expect(new Set(places(here)), `${code} ${step}`).toEqual(new Set(places(step)));
        expect(new Set(typed(here)), `${code} ${step}`).toEqual(new Set(typed(step)));
      });
    }
  });
});

describe('the language', () => {
  test('is the chosen one, else the first of the computer that we speak, else English', () => {
    expect(languageFor('de', ['ja'])).toBe('de');
    expect(languageFor('', ['fr-FR', 'ja-JP', 'de'])).toBe('ja');
    expect(languageFor('', ['fr'])).toBe('en');
    expect(languageFor('xx', ['de'])).toBe('en');
  });
});
