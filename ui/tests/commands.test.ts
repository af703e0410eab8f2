// Text with selection, command, text with selection after. `<` anchor, `>` head, `|` both.

import { markdown, markdownLanguage, insertNewlineContinueMarkup } from '@codemirror/lang-markdown';
import { EditorSelection, EditorState, type StateCommand, type Transaction } from '@codemirror/state';
import { describe, expect, test } from 'vitest';

import { flipTaskAt, flipTasks, insertBlock, insertLink, toggleBullets, toggleHeading, toggleMark, toggleNumbers, toggleQuote, toggleTasks } from '../src/editor/commands';
import { linkAt } from '../src/editor/link-at';

function stateOf(marked: string): EditorState {
  const caret = marked.indexOf('|');
  const doc = marked.replace(caret < 0 ? /[<>]/g : '|', '');
  let anchor = caret;
  let head = caret;
  if (caret < 0) {
    anchor = marked.indexOf('<') - (marked.indexOf('>') < marked.indexOf('<') ? 1 : 0);
    head = marked.indexOf('>') - (marked.indexOf('<') < marked.indexOf('>') ? 1 : 0);
  }
  return EditorState.create({ doc, selection: EditorSelection.single(anchor, head), extensions: [markdown({ base: markdownLanguage })] });
}

function show(state: EditorState): string {
  const { anchor, head } = state.selection.main;
  const doc = state.doc.toString();
  if (anchor === head) return `${doc.slice(0, head)}|${doc.slice(head)}`;
  const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
  const [open, close] = anchor < head ? ['<', '>'] : ['>', '<'];
  return doc.slice(0, from) + open + doc.slice(from, to) + close + doc.slice(to);
}

function run(marked: string, command: StateCommand): string {
  let state = stateOf(marked);
  command({ state, dispatch: (transaction: Transaction) => { state = transaction.state; } });
  return show(state);
}

const bold = toggleMark('**');
const italic = toggleMark('*');
const code = toggleMark('`');

describe('commands of the editor', () => {
  test.each<[string, string, StateCommand, string]>([
    ['bold around a selection', 'a <word> b', bold, 'a **<word>** b'],
    ['bold around the word at the caret', 'a wo|rd b', bold, 'a **wo|rd** b'],
    ['bold where there is no word', 'a | b', bold, 'a **|** b'],
    ['bold taken away from outside', 'a **<word>** b', bold, 'a <word> b'],
    ['bold taken away from inside', 'a <**word**> b', bold, 'a <word> b'],
    ['bold of a word that is italic', '*<word>*', bold, '***<word>***'],
    ['italic of a word that is bold', '**<word>**', italic, '***<word>***'],
    ['italic taken away', '*<word>*', italic, '<word>'],
    ['code around Japanese', '<日本語>', code, '`<日本語>`'],
    ['a link around a selection', 'see <here> now', insertLink, 'see [here](|) now'],
    ['a link around an address', '<https://a.example>', insertLink, '[|](https://a.example)'],
    ['a link where nothing is selected', 'a |', insertLink, 'a [|]()'],
    ['a heading', 'titl|e', toggleHeading(2), '## titl|e'],
    ['another heading', '# titl|e', toggleHeading(3), '### titl|e'],
    ['no heading', '## titl|e', toggleHeading(2), 'titl|e'],
    ['a quote over several lines', '<a\nb>', toggleQuote, '> <a\n> b>'],
    ['a list over several lines', '<a\n\nb>', toggleBullets, '- <a\n\n- b>'],
    ['a numbered list counts', '<a\nb\nc>', toggleNumbers, '1. <a\n2. b\n3. c>'],
    ['a list becomes tasks', '- a|', toggleTasks, '- [ ] a|'],
    ['tasks become text', '- [x] a|', toggleTasks, 'a|'],
    ['indentation stays', '  a|', toggleBullets, '  - a|'],
    ['a task is checked', '- [ ] a|', flipTasks, '- [x] a|'],
    ['a task in a quote is unchecked', '> - [x] a|', flipTasks, '> - [ ] a|'],
    ['a list goes on', '- a|', insertNewlineContinueMarkup, '- a\n- |'],
    ['tasks go on unchecked', '- [x] a|', insertNewlineContinueMarkup, '- [x] a\n- [ ] |'],
    ['numbers go on counting', '1. a|', insertNewlineContinueMarkup, '1. a\n2. |'],
  ])('%s', (_name, before, command, after) => {
    expect(run(before, command)).toBe(after);
  });

  test('nothing changes a note that can only be read', () => {
    const state = EditorState.create({ doc: '- [ ] a', extensions: EditorState.readOnly.of(true) });
    for (const command of [bold, insertLink, toggleTasks, flipTasks, toggleQuote]) expect(command({ state, dispatch: () => expect.unreachable() })).toBe(false);
    expect(flipTaskAt(state, 2)).toBeNull();
  });
});

describe('a click on a rendered task box', () => {
  const state = EditorState.create({ doc: 'text\n- [ ] one\n  1. [x] two\n' });
  test('flips the box it was made from', () => {
    expect(state.update(flipTaskAt(state, 7) ?? {}).newDoc.toString()).toBe('text\n- [x] one\n  1. [x] two\n');
    expect(state.update(flipTaskAt(state, 20) ?? {}).newDoc.toString()).toBe('text\n- [ ] one\n  1. [ ] two\n');
  });
  test('touches nothing where no box is any more', () => {
    expect(flipTaskAt(state, 1)).toBeNull();
    expect(flipTaskAt(state, 9_999)).toBeNull();
  });
});

test('the address under the caret is found in every form of a link', () => {
  const state = EditorState.create({ doc: 'a [text](https://a.example/x) <https://b.example> https://c.example ![p](inkdrop://file:1) plain', extensions: [markdown({ base: markdownLanguage })] });
  const at = (word: string) => linkAt(state, state.doc.toString().indexOf(word) + 1);
  expect([at('text'), at('a.example'), at('b.example'), at('c.example'), at('file:1'), at('plain')]).toEqual(['https://a.example/x', 'https://a.example/x', 'https://b.example', 'https://c.example', 'inkdrop://file:1', null]);
});

describe('a picture', () => {
  test.each([
    ['in an empty note', '', 0, '![p](x)'],
    ['after text gets a line of its own', 'text', 4, 'text\n![p](x)'],
    ['in the middle of text', 'text', 2, 'te\n![p](x)\nxt'],
    ['before text', 'text', 0, '![p](x)\ntext'],
  ])('%s', (_name, doc, at, after) => {
    const state = EditorState.create({ doc });
    expect(state.update(insertBlock(state, '![p](x)', at)).newDoc.toString()).toBe(after);
  });
});
