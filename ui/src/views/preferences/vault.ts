// What is shared by the dialogs of an encrypted database: how strong a passphrase is in words, and the
// recovery kit as a page.

import { call } from '../../ipc/call';
import type { VaultKit } from '../../ipc/generated';
import { text } from '../../text';

export const shortestPassphrase = 10;

export type Strength = 'weak' | 'fair' | 'good';

/** Repeated signs and keyboards' rows add nothing that a guesser does not try first. */
const beaten = /(.)\1{2,}|(?:012|123|234|345|456|567|678|789|890|abc|bcd|cde|qwe|wer|ert|asd|sdf|password|passwort|letmein)/giu;

/** A rough count of what a guesser has to try: words count as words, other signs one by one. */
export function strengthOf(passphrase: string): Strength | null {
  const signs = [...passphrase.trim()];
  if (signs.length === 0) return null;
  const words = new Set(passphrase.toLowerCase().split(/[\s\-_.,;:]+/u).filter((word) => [...word].length >= 3));
  const rest = [...passphrase.replace(beaten, '')];
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u, /[\u3040-\u30ff\u3400-\u9fff]/u].filter((kind) => kind.test(passphrase)).length;
  // A common word is one of some ten thousand; letters that make no words, by their alphabets.
  const asWords = words.size * 13;
  const asSigns = new Set(rest).size < 5 ? 0 : rest.length * (words.size >= 3 ? 1.5 : 2 + kinds * 0.6);
  const bits = Math.max(asWords, Math.min(asSigns, words.size <= 1 && kinds <= 2 ? 38 : 200));
  if (signs.length < shortestPassphrase || bits < 40) return 'weak';
  return bits < 62 ? 'fair' : 'good';
}

/** As text, for the clipboard. */
export function kitText(kit: VaultKit): string {
  const { page } = text.vault.recovery;
  return `${page.title}\n\n${page.database}: ${kit.display}\n${page.key}: ${kit.vault}\n\n${page.code}:\n${kit.code}\n\n${page.what}\n\n${page.how}\n\n${page.nobody}\n`;
}

/** A page beside the window, seen by the printer alone. */
export async function printKit(kit: VaultKit): Promise<void> {
  const { page: words } = text.vault.recovery;
  document.querySelector('body > .printed')?.remove();
  const page = document.createElement('div');
  page.className = 'printed kit';
  page.dataset['theme'] = 'light';
  page.setAttribute('aria-hidden', 'true');
  const add = (tag: string, said: string, name = ''): void => {
    const element = document.createElement(tag);
    element.textContent = said;
    if (name !== '') element.className = name;
    page.append(element);
  };
  add('h1', words.title, 'title');
  add('p', words.database, 'label');
  add('p', kit.display, 'value');
  add('p', words.key, 'label');
  add('p', kit.vault, 'value mono');
  add('p', words.code, 'label');
  add('p', kit.code, 'code mono');
  add('p', words.passphrase, 'label');
  add('p', '', 'blank');
  for (const sentence of [words.what, words.how, words.nobody]) add('p', sentence);
  document.body.append(page);
  await call('print');
}

/** The key must not stay in the window. While it is still printed it has to. */
export function forgetPrintedKit(): void {
  document.querySelector('body > .printed.kit')?.remove();
}
