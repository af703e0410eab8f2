import { beforeEach, describe, expect, test } from 'vitest';

import { actions, keymapFor, keysOf, title } from '../src/actions/registry';
import { caps, Keymap, meanings, normalise } from '../src/actions/keymap';
import { deleteForGood, linkTo, setStatus, togglePin, trash, undoTrash } from '../src/actions/note';
import { rig, type Rig } from './host';

describe('the registry', () => {
  test('names every action once', () => {
    const ids = actions.map((a) => a.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const action of actions) expect(title(action).length).toBeGreaterThan(1);
  });

  test.each([true, false])('gives no key to two actions (macOS: %s)', (mac) => {
    expect(() => keymapFor(mac)).not.toThrow();
  });

  test('refuses two actions on one key', () => {
    expect(() => new Keymap([{ keys: 'Mod-n', action: 'a' }, { keys: 'Ctrl-N', action: 'b' }], false)).toThrow(/wanted by a and b/);
  });

  test('makes every action reachable from the keyboard, by a key or through the palette', () => {
    expect(actions.find((a) => a.id === 'app.palette')?.keys).toBeDefined();
    for (const action of actions) expect(keysOf(action, false) !== undefined || title(action) !== '').toBe(true);
  });
});

describe('keys', () => {
  const press = (key: string, code: string, held: Partial<KeyboardEvent> = {}) => ({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }) as KeyboardEvent;

  test('Mod is Cmd on macOS and Ctrl elsewhere', () => {
    expect(normalise('Mod-Shift-p', true)).toBe('Meta-Shift-p');
    expect(normalise('Shift-Mod-P', false)).toBe('Ctrl-Shift-p');
    expect(normalise('Mod--', false)).toBe('Ctrl--');
  });

  test('a Cyrillic layout reaches the same actions', () => {
    expect(meanings(press('т', 'KeyN', { ctrlKey: true }))).toContain('Ctrl-n');
  });

  test('a Latin letter counts as what it types, not where it lies', () => {
    // On AZERTY the key in the place of Q types A.
    expect(meanings(press('a', 'KeyQ', { ctrlKey: true }))).not.toContain('Ctrl-q');
  });

  test('digits with Shift are still digits', () => {
    expect(meanings(press('"', 'Digit2', { altKey: true, shiftKey: true }))).toContain('Alt-Shift-2');
  });

  test('keys are shown as they are printed on the machine', () => {
    expect(caps('Mod-Shift-p', false)).toEqual(['Ctrl', 'Shift', 'P']);
    expect(caps('Mod-Shift-p', true)).toEqual(['⇧', '⌘', 'P']);
  });
});

describe('actions on notes', () => {
  let host: Rig['host'];
  let app: Rig['app'];
  beforeEach(async () => { ({ host, app } = await rig()); });

  test('the next note is open after one went to the trash, and Undo brings it back', async () => {
    const gone = app.note?.id ?? '';
    const next = app.list.row(1)?.id;
    await trash(app);
    expect(host.store.row(gone).place.kind).toBe('trash');
    expect(app.note?.id).toBe(next);
    expect(app.overlays.toast?.undo).toBeDefined();
    await undoTrash(app);
    expect(host.store.row(gone).place.kind).toBe('notebook');
    expect(app.note?.id).toBe(gone);
  });

  test('several notes are changed together', async () => {
    app.selection.range(['note:pin', 'note:tax', 'note:rain'], 'note:rain');
    await setStatus(app, 'onHold');
    await togglePin(app);
    for (const id of ['note:pin', 'note:tax', 'note:rain']) expect(host.store.row(id)).toMatchObject({ status: 'onHold', pinned: true });
  });

  test('deleting for good names the number and asks first', async () => {
    await app.show({ kind: 'trash' });
    app.selection.range(['note:old', 'note:draft'], 'note:old');
    deleteForGood(app);
    const dialog = app.overlays.dialog;
    expect(dialog).toMatchObject({ kind: 'confirm', action: 'Delete 2 notes', danger: true });
    expect(host.store.notes.has('note:old')).toBe(true);
    if (dialog?.kind === 'confirm') await dialog.run();
    expect(host.store.notes.has('note:old')).toBe(false);
    expect(host.store.notes.has('note:draft')).toBe(false);
  });

  test('unsaved words reach the store before the note moves', async () => {
    const { note } = app;
    note?.dispatch({ changes: { from: 0, insert: 'Just typed. ' } });
    await trash(app);
    expect(host.store.row(note?.id ?? '').body).toMatch(/^Just typed/);
  });

  test('a new note goes where the list is', async () => {
    await app.show({ kind: 'notebook', id: 'book:rust', deep: false });
    await app.newNote();
    expect(host.store.row(app.note?.id ?? '').place).toEqual({ kind: 'notebook', id: 'book:rust' });
    await app.show({ kind: 'tag', id: 'tag:tax' });
    await app.newNote();
    expect(host.store.row(app.note?.id ?? '').tags).toEqual(['tag:tax']);
    await app.show({ kind: 'trash' });
    await app.newNote();
    expect(host.store.row(app.note?.id ?? '').place.kind).toBe('notebook');
  });

  test('links are written in the form all apps of the format know', () => expect(linkTo('note:abc')).toBe('inkdrop://note/abc'));
});
