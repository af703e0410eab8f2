// The words about a passphrase, and that nothing weak is called good.

import { describe, expect, test } from 'vitest';

import { strengthOf } from '../src/views/preferences/vault';

describe('a passphrase', () => {
  test.each([
    ['', null], ['short', 'weak'], ['aaaaaaaaaaaaaaaa', 'weak'], ['1234567890', 'weak'], ['password123', 'weak'], ['password password password', 'weak'],
    ['straw and ink', 'weak'], ['straw ink lantern orchard', 'fair'], ['straw ink lantern orchard copper', 'good'], ['kX9#vQ2$mL7!pR4', 'good'],
  ] as const)('%j is %s', (passphrase, strength) => {
    expect(strengthOf(passphrase)).toBe(strength);
  });
});
