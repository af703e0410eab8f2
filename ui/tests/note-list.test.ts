import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { RequestOf } from '../src/ipc/host';
import { NoteList } from '../src/state/note-list.svelte';
import { rig } from './host';

let asked: RequestOf<'list_notes'>[] = [];

beforeEach(() => { asked = []; });
afterEach(() => vi.useRealTimers());

async function listOf(query: string): Promise<NoteList> {
  const { host } = await rig(query);
  const call = host.call.bind(host);
  host.call = (name, request) => {
    if (name === 'list_notes') asked.push(request as RequestOf<'list_notes'>);
    return call(name, request);
  };
  return new NoteList();
}

describe('a list of 100,000 notes', () => {
  test('fetches only what is in sight', async () => {
    const list = await listOf('?notes=100000');
    await list.ask({ scope: { kind: 'all' } });
    expect(list.total).toBe(100_000);
    expect(asked.map((a) => a.offset)).toEqual([0]);
    list.want(50_010, 50_030);
    await vi.waitUntil(() => list.row(50_020) !== undefined);
    expect(asked.map((a) => a.offset)).toEqual([0, 50_000]);
    expect(list.row(50_020)?.title).toMatch(/^Note 50021:/);
    expect(list.row(70_000)).toBeUndefined();
  });

  test('does not keep every page it has ever shown', async () => {
    const list = await listOf('?notes=5000');
    await list.ask({ scope: { kind: 'all' } });
    for (let page = 1; page < 40; page += 1) await list.fetch(page * 100);
    const kept = Array.from({ length: 40 }, (_, page) => list.row(page * 100)).filter((r) => r !== undefined);
    expect(kept.length).toBeLessThan(30);
  });
});

describe('a list', () => {
  test('keeps its rows on the screen while it is read again', async () => {
    const list = await listOf('');
    await list.ask({ scope: { kind: 'all' } });
    const reading = list.reload(false);
    expect(list.row(0)).toBeDefined();
    await reading;
    expect(list.row(0)).toBeDefined();
  });

  test('shows the answer to the last question when answers cross', async () => {
    const list = await listOf('');
    await Promise.all([list.ask({ search: 'checkpoint' }), list.ask({ search: 'heron' })]);
    expect(list.total).toBe(1);
    expect(list.row(0)?.id).toBe('note:walk');
  });

  test('says what its rows answer, and a question that was overtaken is no failure', async () => {
    const list = await listOf('?latency=20');
    await list.ask({ scope: { kind: 'all' } });
    const overtaken = list.ask({ search: 'checkpoint' });
    const asking = list.ask({ search: 'heron' });
    expect(list.answered.search).toBe('');
    await Promise.all([overtaken, asking]);
    expect(list.answered.search).toBe('heron');
    expect(list.failure).toBeNull();
  });

  test('turns many changes into one reading', async () => {
    vi.useFakeTimers();
    const list = await listOf('');
    await list.ask({ scope: { kind: 'all' } });
    asked = [];
    for (let i = 0; i < 50; i += 1) list.refreshSoon();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(1);
  });

  test('moves no row from under the pointer', async () => {
    vi.useFakeTimers();
    const list = await listOf('');
    await list.ask({ scope: { kind: 'all' } });
    asked = [];
    list.pointed();
    list.refreshSoon();
    await vi.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(600);
    expect(asked).toHaveLength(1);
  });

  test('grows before the eyes while changes do not stop', async () => {
    vi.useFakeTimers();
    const list = await listOf('');
    await list.ask({ scope: { kind: 'all' } });
    asked = [];
    for (let i = 0; i < 100; i += 1) {
      list.refreshSoon();
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(12);
  });
});
