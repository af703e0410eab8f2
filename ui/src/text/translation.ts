// What a translation is: the shape of the English catalogue with other words. What it leaves out is said
// in English, so that a new sentence never keeps a window from opening.

import type { en } from './en';

/** The catalogue without its very words. */
export type Wording<T> = T extends string ? string
  : T extends (...given: infer A) => infer R ? (...given: A) => Wording<R>
  : T extends readonly (infer E)[] ? readonly Wording<E>[]
  : { readonly [K in keyof T]: Wording<T[K]> };

export type Texts = Wording<typeof en>;

export type Partly<T> = T extends string | readonly unknown[] ? T : T extends (...given: never[]) => unknown ? T : { readonly [K in keyof T]?: Partly<T[K]> };

export type Translation = Partly<Texts>;

const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `words` over `base`, at every depth. */
export function completed<T>(base: T, words: unknown): T {
  if (!isGroup(base) || !isGroup(words)) return (words ?? base) as T;
  return Object.fromEntries(Object.entries(base).map(([key, value]) => [key, completed(value, words[key])])) as T;
}
