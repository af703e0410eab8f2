// What the translations say: for every sentence of the English catalogue one of the same kind.

import { describe, expect, test } from 'vitest';

import { languageFor } from '../src/text';
import { de } from '../src/text/de';
import { en } from '../src/text/en';
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
const same = /^\.(?:app\.name|windowTitle|note\.path|prefs\.pixels|sync\.(?:pastePlaceholder|addressPlaceholder|databasePlaceholder)|sync\.foot\.seconds|customising\.(?:keys\.presets|languages)\..*)$/;
/** The network diagnosis and the pages that set up and join databases speak English only. */
const english = /^\.(?:diagnosis\b|problems\b|sync\.(?!foot|rail|guard|held|menu|hints|warnings|store\b|stored|storeHint|signIn)\w+\.)/;

describe.each([['de', de], ['ja', ja]] as const)('%s', (_name, words) => {
  test('says nothing that the English catalogue does not know', () => {
    expect(strangers(en, words)).toEqual([]);
  });

  test('says nearly everything: a new sentence may be English for a while, many may not', () => {
    const counts = (path: string): boolean => !same.test(path) && !english.test(path);
    const all = missing(en, undefined).filter(counts).length;
    const left = missing(en, words).filter(counts);
    expect(left.length / all, `still English: ${left.join(' ')}`).toBeLessThan(0.05);
  });

  test('speaks of every error', () => {
    const said = completed(en, words).problems('diskFull');
    expect(said.what).not.toBe(en.problems('diskFull').what);
    expect([said.what, said.safe, said.todo].every((s) => s !== '')).toBe(true);
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
