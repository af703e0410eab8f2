// Setup links of the pretended engine: readable to whoever looks, which is all a pretence needs.

import type { ParsedAddress } from '../generated';
import { refuse } from './store';

const prefix = 'sheaf://setup/';

export function closeLink(passphrase: string, carried: ParsedAddress): string {
  if (passphrase.length < 8) refuse('invalid', 'the passphrase is too short');
  return prefix + btoa(encodeURIComponent(JSON.stringify([passphrase, carried])));
}

export function openLink(link: string, passphrase: string): ParsedAddress {
  const text = link.replace(/\s/g, '');
  if (!text.startsWith(prefix)) refuse('addressInvalid');
  let box: [string, ParsedAddress];
  try {
    box = JSON.parse(decodeURIComponent(atob(text.slice(prefix.length)))) as [string, ParsedAddress];
  } catch {
    return refuse('addressInvalid');
  }
  if (box[0] !== passphrase) refuse('wrongPassphrase');
  return box[1];
}

/** When a token says that it ends, in milliseconds since 1970. */
export function tokenEnd(token: string): number | null {
  try {
    const ends = (JSON.parse(atob(token.split('.')[1] ?? '')) as { exp?: unknown }).exp;
    return typeof ends === 'number' ? ends * 1000 : null;
  } catch {
    return null;
  }
}
