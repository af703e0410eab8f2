import { ChangeSet } from '@codemirror/state';
import { describe, expect, test } from 'vitest';

import { changesBetween } from '../src/editor/diff';
import { Draft, mergeLine } from '../src/editor/draft';
import { Random } from './random';

function type(draft: Draft, next: string): void {
  const now = draft.text.toString();
  draft.typed(ChangeSet.of(changesBetween(now, next), now.length));
  expect(draft.text.toString()).toBe(next);
}

const known = (body: string, version = '1', title = 'T') => ({ version, title, body });

describe('a draft', () => {
  test('has nothing to send before something is typed', () => {
    expect(new Draft(known('a')).send()).toBeNull();
  });

  test('sends only what changed, on the version it was made on', () => {
    const draft = new Draft(known('a'));
    type(draft, 'ab');
    expect(draft.send()).toEqual({ base: '1', body: 'ab' });
    draft.acknowledge('2');
    expect(draft.dirty).toBe(false);
    draft.setTitle('New');
    expect(draft.send()).toEqual({ base: '2', title: 'New' });
  });

  test('has nothing to send after a word was typed and deleted again', () => {
    const draft = new Draft(known('a'));
    type(draft, 'a word');
    type(draft, 'a');
    expect(draft.send()).toBeNull();
  });

  test('keeps what was typed while a save was on its way', () => {
    const draft = new Draft(known('a'));
    type(draft, 'ab');
    draft.send();
    type(draft, 'abc');
    draft.acknowledge('2');
    expect(draft.send()).toEqual({ base: '2', body: 'abc' });
  });

  test('puts a remote edit around what was typed', () => {
    const draft = new Draft(known('one two\nthree\n'));
    type(draft, 'one two and a half\nthree\n');
    draft.receive(known('ONE two\nthree\nfour\n', '2'));
    expect(draft.text.toString()).toBe('ONE two and a half\nthree\nfour\n');
    expect(draft.send()).toEqual({ base: '2', body: 'ONE two and a half\nthree\nfour\n' });
  });

  test('gives the editor exactly the changes that lead to its own text', () => {
    const draft = new Draft(known('abc\n'));
    type(draft, 'abcX\n');
    const before = draft.text;
    const changes = draft.receive(known('Yabc\n', '2'));
    expect(changes.apply(before).toString()).toBe(draft.text.toString());
  });

  test('does not say twice what both sides typed alike', () => {
    const draft = new Draft(known('list\n'));
    type(draft, 'list\n- milk\n');
    draft.receive(known('list\n- milk\n', '2'));
    expect(draft.text.toString()).toBe('list\n- milk\n');
    expect(draft.dirty).toBe(false);
  });

  // The store saved, the answer was lost, the person typed on, and the next save came back as stale.
  test('recognises its own words when an answer got lost', () => {
    const draft = new Draft(known('a\n'));
    type(draft, 'a\nfirst\n');
    draft.send();
    type(draft, 'a\nfirst and more\n');
    draft.send();
    draft.receive(known('a\nfirst\n', '2'));
    expect(draft.text.toString()).toBe('a\nfirst and more\n');
    expect(draft.send()).toEqual({ base: '2', body: 'a\nfirst and more\n' });
  });

  test('sends again after a failure, even when everything was undone since', () => {
    const draft = new Draft(known('a'));
    type(draft, 'ab');
    draft.send();
    type(draft, 'a');
    expect(draft.send()).toEqual({ base: '1', title: 'T', body: 'a' });
  });

  test('loses no word of either side, whatever both do', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = new Random(seed);
      let store = known(Array.from({ length: 8 }, (_, i) => `line${i} keeps words`).join('\n'));
      const draft = new Draft(store);
      const said: string[] = [];
      let counter = 0;
      const insert = (text: string, who: string): string => {
        counter += 1;
        const word = `${who}${counter}.`;
        said.push(word);
        // Between words, so that neither side types into a word of the other.
        const gaps = [...text.matchAll(/(?=[ \n])|$/g)].map((m) => m.index);
        const at = random.pick(gaps);
        return `${text.slice(0, at)} ${word}${text.slice(at)}`;
      };
      for (let step = 0; step < 25; step += 1) {
        const dice = random.next();
        if (dice < 0.4) type(draft, insert(draft.text.toString(), 'mine'));
        else if (dice < 0.65) store = known(insert(store.body, 'theirs'), String(Number(store.version) + 1));
        else if (dice < 0.75) draft.receive(store);
        else {
          const sending = draft.send();
          if (sending === null) continue;
          if (sending.base === store.version) {
            store = known(sending.body ?? store.body, String(Number(store.version) + 1));
            // Now and then the answer does not arrive.
            if (random.next() < 0.7) draft.acknowledge(store.version);
          } else draft.receive(store);
        }
      }
      for (let round = 0; round < 3; round += 1) {
        draft.receive(store);
        const sending = draft.send();
        if (sending === null) break;
        store = known(sending.body ?? store.body, String(Number(store.version) + 1));
        draft.acknowledge(store.version);
      }
      expect(store.body, `seed ${seed}`).toBe(draft.text.toString());
      for (const word of said) expect(store.body.split(word).length - 1, `${word}, seed ${seed}`).toBe(1);
    }
  });
});

describe('three versions of a title', () => {
  test.each([
    ['only mine changed', 'Plan', 'Plan B', 'Plan', 'Plan B'],
    ['only theirs changed', 'Plan', 'Plan', 'The plan', 'The plan'],
    ['both changed alike', 'Plan', 'Plan B', 'Plan B', 'Plan B'],
    ['both added a word', 'Plan', 'Plan today', 'The Plan', 'The Plan today'],
  ])('%s', (_name, base, mine, theirs, merged) => {
    expect(mergeLine(base, mine, theirs)).toBe(merged);
  });
});
