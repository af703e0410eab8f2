// The languages of fenced blocks, each loaded when one is first seen.

import { LanguageDescription } from '@codemirror/language';
import { languages } from '@codemirror/language-data';

export function languageFor(name: string): LanguageDescription | null {
  return LanguageDescription.matchLanguageName(languages, /^[^\s{,:]*/.exec(name)?.[0] ?? '', false);
}
