import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { undo } from '@codemirror/commands';
import type { Transaction } from '@codemirror/state';

import { App } from '../src/state/app.svelte';
import type { OpenNote } from '../src/state/open-note.svelte';
import { rig, type Rig } from './host';

let host: Rig['host'];
let app: Rig['app'];

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(async () => {
  vi.useFakeTimers();
  ({ host, app } = await rig('?sync=idle'));
});
afterEach(() => vi.useRealTimers());

function open(): OpenNote {
  if (app.note === null) throw new Error('no note is open');
  return app.note;
}

function type(note: OpenNote, at: number, insert: string): void {
  note.dispatch({ changes: { from: at, insert }, userEvent: 'input.type' });
}

const stored = (id: string) => host.store.row(id);

describe('the open note', () => {
  test('is saved a moment after the last key', async () => {
    const note = open();
    type(note, 0, 'Hello. ');
    expect(note.saving).toBe('edited');
    await wait(299);
    expect(stored(note.id).body).not.toMatch(/^Hello/);
    await wait(10);
    expect(stored(note.id).body).toMatch(/^Hello\. ## What/);
    expect(note.saving).toBe('saved');
  });

  test('is saved at once when another note is opened', async () => {
    const note = open();
    type(note, 0, 'Quick. ');
    await app.choose('note:backoff');
    await wait(0);
    expect(stored(note.id).body).toMatch(/^Quick/);
  });

  test('takes in a remote edit and keeps what is being typed', async () => {
    const note = open();
    type(note, 0, 'Mine. ');
    host.remoteEdit(note.id, (row) => { row.body += 'Theirs.\n'; });
    await wait(1_000);
    expect(note.text.toString()).toMatch(/^Mine\. [\s\S]*Theirs\.\n$/);
    expect(stored(note.id).body).toBe(note.text.toString());
    expect(note.saving).toBe('saved');
  });

  test('undoes its own edits and no remote ones', async () => {
    const note = open();
    const before = note.text.toString();
    type(note, 0, 'Mine. ');
    host.remoteEdit(note.id, (row) => { row.body += 'Theirs.\n'; });
    await wait(1_000);
    undo({ state: note.state, dispatch: (transaction: Transaction) => note.dispatch({ changes: transaction.changes, selection: transaction.selection, effects: transaction.effects }) });
    expect(note.text.toString()).toBe(`${before}Theirs.\n`);
  });

  test('keeps its undo history while other notes are open', async () => {
    const note = open();
    type(note, 0, 'Mine. ');
    await app.choose('note:backoff');
    await app.choose(note.id);
    expect(open()).toBe(note);
    expect(note.text.toString()).toMatch(/^Mine/);
  });

  test('says that it could not be saved, keeps the text, and saves it when the way is free', async () => {
    const note = open();
    host.failSaves = { code: 'diskFull' };
    type(note, 0, 'Precious. ');
    await wait(400);
    expect(note.saving).toBe('failed');
    expect(note.failure?.code).toBe('diskFull');
    expect(note.text.toString()).toMatch(/^Precious/);
    type(note, 0, 'Very ');
    expect(note.saving).toBe('failed');
    host.failSaves = null;
    await wait(6_000);
    expect(note.saving).toBe('saved');
    expect(stored(note.id).body).toMatch(/^Very Precious/);
  });

  test('touches nothing while an input method is composing, and everything after', async () => {
    const note = open();
    let composing = true;
    let state = note.state;
    note.attach({
      get state() { return state; },
      get composing() { return composing; },
      dispatch(spec) {
        expect(composing).toBe(false);
        const transaction = state.update(spec);
        state = transaction.state;
        note.applied(transaction);
      },
    });
    host.remoteEdit(note.id, (row) => { row.body = `Theirs. ${row.body}`; });
    await wait(1_000);
    expect(note.text.toString()).not.toMatch(/^Theirs/);
    composing = false;
    note.takeHeld();
    await wait(1_000);
    expect(note.text.toString()).toMatch(/^Theirs/);
  });

  test('keeps what was typed when the note is deleted elsewhere', async () => {
    const note = open();
    host.store.notes.delete(note.id);
    type(note, 0, 'Still here. ');
    await wait(1_000);
    expect(note.gone).toBe(true);
    expect(note.saving).toBe('failed');
    expect(note.text.toString()).toMatch(/^Still here/);
    await app.keepGone(note);
    expect(open().id).not.toBe(note.id);
    expect(stored(open().id).body).toMatch(/^Still here/);
  });

  test('saves a title and a text typed together in one go', async () => {
    const note = open();
    const before = stored(note.id).version;
    note.setTitle('New title');
    type(note, 0, 'x');
    await wait(400);
    expect(stored(note.id)).toMatchObject({ title: 'New title', version: before + 1 });
  });
});

test('a note deleted elsewhere makes room for the next one', async () => {
  const gone = open().id;
  const next = app.list.row(1)?.id;
  host.remoteDelete(gone);
  await wait(1_000);
  expect(open().id).toBe(next);
  expect(app.list.indexOf(gone)).toBe(-1);
});

describe('the window', () => {
  test('saves everything before it closes', async () => {
    const note = open();
    type(note, 0, 'Last words. ');
    host.shell({ type: 'closeRequested' });
    await wait(10);
    expect(stored(note.id).body).toMatch(/^Last words/);
    expect(host.closed).toBe(true);
  });

  test('does not close over text that cannot be saved', async () => {
    host.failSaves = { code: 'diskFull' };
    type(open(), 0, 'Last words. ');
    host.shell({ type: 'closeRequested' });
    await wait(10);
    expect(host.closed).toBe(false);
    expect(app.overlays.dialog?.kind).toBe('unsaved');
  });

  test('goes back and forward through the notes that were open', async () => {
    const first = open().id;
    await app.choose('note:backoff');
    await app.choose('note:pin');
    await app.step(-1);
    expect(open().id).toBe('note:backoff');
    await app.step(-1);
    expect(open().id).toBe(first);
    expect(app.trail.canGoBack).toBe(false);
    await app.step(1);
    expect(open().id).toBe('note:backoff');
  });

  test('shows the note that was asked for last, however slow the first answer is', async () => {
    vi.useRealTimers();
    ({ host, app } = await rig('?latency=5'));
    await Promise.all([app.choose('note:pin'), app.choose('note:backoff')]);
    expect(open().id).toBe('note:backoff');
  });

  test('opens again with the scope, the widths and the note it had', async () => {
    await app.show({ kind: 'tag', id: 'tag:rust' });
    await app.choose('note:pin');
    app.layout.setWidth('list', 400);
    app.rememberSoon();
    await wait(1_000);
    const again = new App();
    await again.boot();
    expect(again.scope).toEqual({ kind: 'tag', id: 'tag:rust' });
    expect(again.layout.listWidth).toBe(400);
    expect(again.note?.id).toBe('note:pin');
  });
});
