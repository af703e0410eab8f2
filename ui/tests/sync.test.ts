import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { SyncState } from '../src/ipc/generated';
import { Sync } from '../src/state/sync.svelte';
import { syncLine } from '../src/views/sync-words';
import { rig, type Rig } from './host';

describe('what is shown of the worker', () => {
  let app: Rig['app'];
  let host: Rig['host'];
  beforeEach(async () => {
    vi.useFakeTimers();
    ({ app, host } = await rig('?sync=idle&diagnosis=busy'));
    await vi.advanceTimersByTimeAsync(10);
  });
  afterEach(() => vi.useRealTimers());

  const goes = async (state: SyncState, ms: number) => {
    host.setSync(state);
    await vi.advanceTimersByTimeAsync(ms);
  };
  const offline: SyncState = { kind: 'offline', retryAt: 1_795_000_040_000 };

  test('a hiccup shorter than five seconds is not shown', async () => {
    await goes(offline, 4_000);
    expect(app.sync.status.state.kind).toBe('attention');
    await goes({ kind: 'idle' }, 10_000);
    expect(app.sync.status.state.kind).toBe('attention');
  });

  test('trouble that stays is', async () => {
    await goes(offline, 6_000);
    expect(app.sync.status.state.kind).toBe('offline');
  });

  test('after three failed tries in a row the likely cause is looked for, and forgotten when sync works again', async () => {
    const busy: SyncState = { kind: 'error', code: 'rateLimited', retryAt: 1_795_000_040_000 };
    for (const state of [busy, { kind: 'connecting' }, busy, { kind: 'connecting' }] satisfies SyncState[]) await goes(state, 6_000);
    expect(app.diagnosis.run).toBeNull();
    await goes(busy, 20_000);
    expect(app.diagnosis.suspect?.code).toBe('http_busy');
    expect(app.diagnosis.run?.half).toBe(true);
    await goes({ kind: 'idle' }, 100);
    expect(app.diagnosis.suspect).toBeNull();
  });

  test('what is sent in a blink shows no arrow, and an arrow that shows stays long enough to be seen', async () => {
    const sending: SyncState = { kind: 'pushing', done: 0, total: 1 };
    await goes(sending, 200);
    expect(app.sync.status.state.kind).toBe('attention');
    await goes({ kind: 'idle' }, 400);
    expect(app.sync.status.state.kind).toBe('attention');
    // News of the same transfer do not begin the wait anew.
    for (let done = 0; done < 4; done += 1) await goes({ kind: 'pushing', done, total: 9 }, 100);
    expect(app.sync.status.state).toEqual({ kind: 'pushing', done: 3, total: 9 });
    await goes({ kind: 'idle' }, 50);
    expect(app.sync.status.state.kind).toBe('pushing');
    await goes({ kind: 'idle' }, 300);
    expect(app.sync.status.state.kind).toBe('attention');
  });

  // On a fast line a whole run was over before its number came back, and the screen said "Looking…" for ever.
  test('what is heard of a run before its number is known is not lost', async () => {
    const call = host.call.bind(host) as (name: string, request: unknown) => Promise<unknown>;
    host.call = (async (name: string, request: unknown) => {
      const answer = await call(name, request);
      if (name === 'start_diagnosis') await new Promise((done) => { setTimeout(done, 300_000); });
      return answer;
    }) as typeof host.call;
    const started = app.diagnosis.start({ kind: 'target' });
    await vi.advanceTimersByTimeAsync(400_000);
    await started;
    expect(app.diagnosis.run?.finished).toBe(true);
    expect(app.diagnosis.run?.lines.filter((line) => line.state === 'waiting' || line.state === 'running')).toEqual([]);
  });

  test('what needs a person is shown at once', async () => {
    await goes({ kind: 'blocked', code: 'unauthorised', question: null }, 10);
    expect(app.sync.status.state.kind).toBe('blocked');
  });
});

test('every state has one line, and only what needs somebody is red', () => {
  const sync = new Sync();
  const states: SyncState[] = [
    { kind: 'off' }, { kind: 'idle' }, { kind: 'connecting' }, { kind: 'pushing', done: 1, total: 2 }, { kind: 'pulling', done: 1, total: 2 }, { kind: 'attention' },
    { kind: 'offline', retryAt: 0 }, { kind: 'error', code: 'serverFault', retryAt: 0 }, { kind: 'blocked', code: 'certificate', question: null }, { kind: 'paused' },
  ];
  const lines = states.map((state) => syncLine({ ...sync.status, state }, 1));
  expect(new Set(lines.map((l) => l.label)).size).toBeGreaterThanOrEqual(9);
  expect(lines.filter((l) => l.tone === 'danger')).toHaveLength(1);
  expect(lines.filter((l) => l.turning)).toHaveLength(1);
});
