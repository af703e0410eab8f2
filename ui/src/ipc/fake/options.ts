// In which state a window is opened: said in the page's address.

import type { SyncState } from '../generated';

export interface FakeOptions {
  notes: number | null;
  sync: string;
  /** What is wrong with the target in force; see `fake/diagnosis.ts`. */
  diagnosis?: string | null;
  keyring: boolean;
  latency: number;
  platform: 'macos' | 'windows' | 'linux';
  /** How much sync has to tell of: `long` is months of it. */
  activity?: string | null;
}

export function optionsFrom(search: string): FakeOptions {
  const query = new URLSearchParams(search);
  const notes = query.get('notes');
  const platform = query.get('platform');
  return {
    notes: notes === null ? null : Number(notes),
    sync: query.get('sync') ?? 'off',
    diagnosis: query.get('diagnosis'),
    activity: query.get('activity'),
    keyring: query.get('keyring') !== 'none',
    latency: Number(query.get('latency') ?? 0),
    platform: platform === 'macos' || platform === 'windows' ? platform : 'linux',
  };
}

export const states: Record<string, (now: number) => SyncState> = {
  off: () => ({ kind: 'off' }),
  idle: () => ({ kind: 'idle' }),
  connecting: () => ({ kind: 'connecting' }),
  pushing: () => ({ kind: 'pushing', done: 3, total: 12 }),
  pulling: () => ({ kind: 'pulling', done: 140, total: 482 }),
  attention: () => ({ kind: 'attention' }),
  offline: (now) => ({ kind: 'offline', retryAt: now + 40_000 }),
  error: (now) => ({ kind: 'error', code: 'rateLimited', retryAt: now + 120_000 }),
  proxy: (now) => ({ kind: 'error', code: 'proxyUnreachable', retryAt: now + 120_000 }),
  blocked: () => ({ kind: 'blocked', code: 'unauthorised', question: null }),
  tokenExpired: () => ({ kind: 'blocked', code: 'tokenExpired', question: null }),
  targetChanged: () => ({ kind: 'blocked', code: 'targetChanged', question: { kind: 'targetChanged', local_notes: 22, remote_documents: 310 } }),
  massDeletion: () => ({ kind: 'blocked', code: 'massDeletion', question: { kind: 'massDeletion', deletions: 214, notes: 482 } }),
  paused: () => ({ kind: 'paused' }),
};
