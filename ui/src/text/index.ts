// The catalogue in force. English until `speak` was asked for another language, which happens before
// anything that says a word is loaded (`main.ts`).

import { en } from './en';
import { completed, type Texts } from './translation';

export let text: Texts = en;

export const languages = ['en', 'de', 'ja'] as const;
export type Language = (typeof languages)[number];

/** The language a person chose, or the computer's where it is one of ours. */
export function languageFor(chosen: string, system: readonly string[]): Language {
  const wanted = chosen === '' ? system : [chosen];
  for (const tag of wanted) {
    const found = languages.find((l) => l === tag.toLowerCase().split('-')[0]);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** Languages written to the left mirror the window. */
export const directionOf = (language: string): 'ltr' | 'rtl' => (/^(?:ar|fa|he|ps|ur|yi|dv|ckb|sd|ug)\b/.test(language) ? 'rtl' : 'ltr');

export async function speak(language: Language): Promise<void> {
  if (language === 'de') text = completed<Texts>(en, (await import('./de')).de);
  else if (language === 'ja') text = completed<Texts>(en, (await import('./ja')).ja);
  else text = en;
}

export type { ActionId } from './en';
export type { Texts } from './translation';
