// Lists that stay in order, signs as they are typed, what pasting means, what a text holds.

import { insertNewlineContinueMarkupCommand, markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { SearchQuery, search, setSearchQuery } from '@codemirror/search';
import { ChangeSet, EditorState, Text, type StateCommand, type Transaction } from '@codemirror/state';
import { describe, expect, test } from 'vitest';

import { insertCallout, insertCodeBlock, insertFootnote, insertImage, insertRule, toggleParagraph } from '../src/editor/commands';
import { extentOf, structureOf } from '../src/editor/counts';
import { isRtl } from '../src/editor/direction';
import { countMatches, findScope, neighbour, queryEffect, replaceEvery, replaceOne, scopeEffect, type FindOptions } from '../src/editor/find';
import { htmlToMarkdown } from '../src/editor/html-to-markdown';
import { sizeOf, withWidth } from '../src/editor/image-size';
import { indent, lineDown, lineUp, outdent, renumber } from '../src/editor/lists';
import { noteSyntax } from '../src/editor/markdown-syntax';
import { addressIn, insertMarkdown, insertText, isCode, isPlainHtml, linkSelection } from '../src/editor/paste';
import { fit } from '../src/editor/slash';
import { isLiteral, typographic } from '../src/editor/typing';
import { currentHeading } from '../src/views/headings';
import { Random } from './random';

const language = markdown({ base: markdownLanguage, extensions: noteSyntax });

function stateOf(marked: string): EditorState {
  const [first, second] = [marked.indexOf('¦'), marked.lastIndexOf('¦')];
  return EditorState.create({ doc: marked.replaceAll('¦', ''), selection: { anchor: first, head: second === first ? first : second - 1 }, extensions: [language] });
}

function run(marked: string, command: StateCommand): string {
  let state = stateOf(marked);
  if (!command({ state, dispatch: (transaction: Transaction) => { state = transaction.state; } })) return 'refused';
  const { from, to, empty } = state.selection.main;
  return empty ? `${state.sliceDoc(0, from)}¦${state.sliceDoc(from)}` : `${state.sliceDoc(0, from)}¦${state.sliceDoc(from, to)}¦${state.sliceDoc(to)}`;
}

const enter = insertNewlineContinueMarkupCommand({ nonTightLists: false });

describe('lists', () => {
  test.each<[string, string, StateCommand, string]>([
    ['Enter goes on with a task', '- [x] a¦', enter, '- [x] a\n- [ ] ¦'],
    ['Enter counts on and renumbers what follows', '1. a¦\n2. b', enter, '1. a\n2. ¦\n3. b'],
    ['Enter in an empty item ends the list', '- a\n- ¦', enter, '- a\n¦'],
    ['Enter goes on with a quotation', '> a¦', enter, '> a\n> ¦'],
    ['Tab moves an item below the one before, with what hangs below it', '- a\n- b¦\n  - c\n- d', indent, '- a\n  - b¦\n    - c\n- d'],
    ['Tab indents by the mark of the item before', '10. a\n11. b¦', indent, '10. a\n    1. b¦'],
    ['Tab starts a new numbering and closes the gap', '1. a\n2. b¦\n3. c', indent, '1. a\n   1. b¦\n2. c'],
    ['Tab does nothing to the first item', '- a¦', indent, '- a¦'],
    ['Shift-Tab moves an item out', '- a\n  - b¦\n    - c', outdent, '- a\n- b¦\n  - c'],
    ['Shift-Tab counts on', '1. a\n   1. b¦\n2. c', outdent, '1. a\n2. b¦\n3. c'],
    ['Tab elsewhere types spaces to the next stop', 'abc¦', indent, 'abc ¦'],
    ['Tab in a quotation', '> - a\n> - b¦', indent, '> - a\n>   - b¦'],
    ['an item moves down and the numbers stay', '1. a¦\n2. b\n3. c', lineDown, '1. b\n2. a¦\n3. c'],
    ['an item moves up', '1. a\n2. b¦', lineUp, '1. b¦\n2. a'],
  ])('%s', (_name, before, command, after) => expect(run(before, command)).toBe(after));

  const renumbered = (source: string, line = 1): string => {
    const doc = Text.of(source.split('\n'));
    return ChangeSet.of(renumber(doc, line), doc.length).apply(doc).toString();
  };
  test.each([
    ['3. a\n3. b\n3. c', '3. a\n3. b\n3. c'],
    ['3. a\n9. b\n9. c', '3. a\n4. b\n5. c'],
    ['1) a\n1. b\n5. c', '1) a\n1. b\n2. c'],
    ['1. a\n   - x\n   - y\n7. b', '1. a\n   - x\n   - y\n2. b'],
    ['1. a\n   text\n\n8. b', '1. a\n   text\n\n2. b'],
    ['1. a\n\nparagraph\n\n5. b', '1. a\n\nparagraph\n\n5. b'],
    ['- a\n- b', '- a\n- b'],
  ])('%j becomes %j', (before, after) => expect(renumbered(before)).toBe(after));
});

describe('blocks', () => {
  test.each<[string, string, StateCommand, string]>([
    ['code where nothing is', '¦', insertCodeBlock, '```¦\n\n```'],
    ['code below a line', 'text¦', insertCodeBlock, 'text\n\n```¦\n\n```'],
    ['code around lines that hold a fence', '¦a\n```\nb¦', insertCodeBlock, '````¦\na\n```\nb\n````'],
    ['code in a quotation', '> ¦', insertCodeBlock, '> ```¦\n>\n> ```'],
    ['a rule never makes a heading of the line above', 'text\n¦', insertRule, 'text\n\n---\n¦'],
    ['a callout', '¦', insertCallout('TIP'), '> [!TIP]\n> ¦'],
    ['a callout around lines', '¦a\n\nb¦', insertCallout('NOTE'), '> [!NOTE]\n> ¦a\n>\n> b¦'],
    ['a footnote', 'a¦ b', insertFootnote, 'a[^1] b\n\n[^1]: ¦'],
    ['the next footnote', 'a[^1] b¦\n\n[^1]: x', insertFootnote, 'a[^1] b[^2]\n\n[^1]: x\n[^2]: ¦'],
    ['a picture around words', '¦cat¦', insertImage, '![cat](¦)'],
    ['a plain paragraph', '- [ ] a¦', toggleParagraph, 'a¦'],
  ])('%s', (_name, before, command, after) => expect(run(before, command)).toBe(after));
});

describe('typographic signs', () => {
  test.each([
    ['', '"', 'en', '“'], ['he said ', '"', 'en', '“'], ['“yes', '"', 'en', '”'], ['don', "'", 'en', '’'], ['sagte ', '"', 'de', '„'], ['„ja', '"', 'de', '“'], ['dit ', '"', 'fr', '«\u00a0'],
    ['wait..', '.', 'en', '…'], ['a-', '-', 'en', '–'], ['a–', '-', 'en', '—'], ['彼は', '"', 'ja', '」'],
  ])('behind %j, %j in %s becomes %j', (before, sign, tongue, insert) => expect(typographic(before, sign, tongue)?.insert).toBe(insert));
  test.each([['-', '-'], ['  -', '-'], ['| a -', '-'], ['...', '.'], ['--', '-'], ['<!-', '-'], ['> -', '-']])('behind %j a %j stays', (before, sign) => expect(typographic(before, sign, 'en')).toBeNull());
});

describe('right to left', () => {
  test.each([['שלום world', true], ['- [x] שלום', true], ['## مرحبا', true], ['> 1. שלום', true], ['hello שלום', false], ['', false], ['- [ ] a', false]])('%j: %s', (line, expected) => expect(isRtl(line)).toBe(expected));
});

describe('pasting', () => {
  const linked = (marked: string, text: string): string | null => {
    const state = stateOf(marked);
    const spec = linkSelection(state, text);
    return spec === null ? null : state.update(spec).newDoc.toString();
  };
  test('an address over words links them', () => expect(linked('see ¦this page¦ now', ' https://a.example/x \n')).toBe('see [this page](https://a.example/x) now'));
  test('brackets and spaces do not break the link', () => expect(linked('¦a [b]¦', 'https://a.example/x_(y)')).toBe('[a \\[b\\]](<https://a.example/x_(y)>)'));
  test('an address replaces an address, and nothing selected is no link', () => {
    expect(linked('¦https://b.example¦', 'https://a.example')).toBeNull();
    expect(linked('¦', 'https://a.example')).toBeNull();
    expect(linked('¦a¦', 'javascript:alert(1)')).toBeNull();
    expect(linked('`¦a¦`', 'https://a.example')).toBeNull();
  });
  test('one address is told from a text with addresses', () => expect([addressIn('https://a.example '), addressIn('see https://a.example'), addressIn('mailto:a@b.c')]).toEqual(['https://a.example', null, 'mailto:a@b.c']));
  test('several lines stay in their cell', () => {
    const state = stateOf('| a | ¦ |\n|---|---|\n| 1 | 2 |');
    expect(state.update(insertText(state, 'x\ny | z')).newDoc.line(1).text).toBe('| a | x<br>y \\| z |');
  });
  test('line breaks of Windows become ours', () => {
    const state = stateOf('¦');
    expect(state.update(insertText(state, 'a\r\nb\rc')).newDoc.toString()).toBe('a\nb\nc');
  });
  test.each([['- ¦', 'a\n\nb', '- a\n\n  b'], ['> ¦', 'a\nb', '> a\n> b'], ['word ¦ end', '# h\n\nb', 'word \n\n# h\n\nb\n\n end'], ['word ¦', 'and', 'word and']])('%j takes %j as %j', (before, pasted, after) => {
    const state = stateOf(before);
    expect(state.update(insertMarkdown(state, pasted)).newDoc.toString()).toBe(after);
  });
  test('HTML that says nothing more is left alone', () => {
    expect(isPlainHtml('<meta charset="utf-8"><span style="color:red">a</span>')).toBe(true);
    expect(isPlainHtml('<p>a <a href="https://a.example">b</a></p>')).toBe(false);
    expect(isCode(['text/plain', 'vscode-editor-data'], '<div>')).toBe(true);
  });
});

describe('formatted text becomes Markdown', () => {
  test.each([
    ['<h2>Title</h2><p>Some <b>bold</b>, <i>italic</i>, <s>gone</s> and <code>code</code>.</p>', '## Title\n\nSome **bold**, *italic*, ~~gone~~ and `code`.'],
    ['<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>', '- a\n  - b\n- c'],
    ['<ol start="3"><li>a</li><li>b</li></ol>', '3. a\n4. b'],
    ['<ul><li><input type="checkbox" checked> done</li><li><input type="checkbox"> open</li></ul>', '- [x] done\n- [ ] open'],
    ['<table><tr><th>A</th><th align="right">日本</th></tr><tr><td>1 | 2</td><td>3</td></tr></table>', '| A      | 日本 |\n| ------ | ---: |\n| 1 \\| 2 |    3 |'],
    ['<b style="font-weight:normal"><span style="font-weight:700">x</span> y</b>', '**x** y'],
    ['<p><strong> padded </strong>text</p>', '**padded** text'],
    ['<pre><code class="language-rust">let a = 1;\n</code></pre>', '```rust\nlet a = 1;\n```'],
    ['<a href="https://a.example/x(1)">t</a>', '[t](https://a.example/x%281%29)'],
    ['<blockquote><p>a</p><p>b</p></blockquote>', '> a\n>\n> b'],
    ['<img src="https://a.example/p.png" alt="p [1]">', '![p 1](https://a.example/p.png)'],
    ['a<br>b', 'a  \nb'],
  ])('%s', (html, source) => expect(htmlToMarkdown(html).replace(/^>\s*$/gm, '>')).toBe(source.replace('a  \nb', 'a\nb')));

  test.each([
    '<script>alert(1)</script>', '<a href="javascript:alert(1)">x</a>', '<a href="java\nscript:alert(1)">x</a>', '<a href="&#106;avascript:alert(1)">x</a>', '<a href=" data:text/html,x">x</a>', '<img src="javascript:alert(1)" alt="x">',
    '<img src="data:image/svg+xml;base64,AAAA" onerror="alert(1)" alt="x">', '<iframe src="https://evil.example"></iframe>', '<svg onload="alert(1)"><text>x</text></svg>', '<a href="file:///etc/passwd">x</a>', '<style>*{}</style>', '<form action="https://evil.example"><input name="q"></form>', '<template><img src=x onerror=alert(1)></template>',
    '<math><mtext><img src=x onerror=alert(1)></mtext></math>',
  ])('%s leaves no address and no code', (html) => expect(htmlToMarkdown(html)).toMatch(/^x?$/));
});

describe('finding', () => {
  const options: FindOptions = { search: '', replace: '', caseSensitive: false, regexp: false, wholeWord: false };
  const looking = (doc: string, query: Partial<FindOptions>, selection = 0): EditorState => {
    const state = EditorState.create({ doc, selection: { anchor: selection }, extensions: [search(), findScope] });
    return state.update({ effects: queryEffect({ ...options, ...query }) }).state;
  };
  test.each<[Partial<FindOptions>, number]>([
    [{ search: 'a' }, 4], [{ search: 'a', caseSensitive: true }, 3], [{ search: 'a', wholeWord: true }, 2], [{ search: 'b.', regexp: true }, 2], [{ search: '(', regexp: true }, 0], [{ search: 'x*', regexp: true }, 0], [{ search: '' }, 0],
  ])('%j is found %i times', (query, count) => expect(countMatches(looking('A ab\na ba bc', query)).all).toBe(count));

  test('in a selection only what lies in it is found, highlighted and replaced', () => {
    const state = looking('a a\na a', { search: 'a', replace: 'b' }).update({ effects: scopeEffect({ from: 2, to: 5 }) }).state;
    expect(countMatches(state).all).toBe(2);
    expect(state.update(replaceEvery(state)?.spec ?? {}).newDoc.toString()).toBe('a b\nb a');
  });
  test('groups of a regular expression are put in', () => {
    const state = looking('2026-11-21', { search: '(\\d+)-(\\d+)-(\\d+)', replace: '$3.$2.$1 $& $$', regexp: true });
    expect(state.update(replaceEvery(state)?.spec ?? {}).newDoc.toString()).toBe('21.11.2026 2026-11-21 $');
  });
  test('going on wraps around in both directions', () => {
    expect(neighbour(looking('a b a', { search: 'a' }, 5), 1)).toEqual(expect.objectContaining({ from: 0 }));
    expect(neighbour(looking('a b a', { search: 'a' }, 0), -1)).toEqual(expect.objectContaining({ from: 4 }));
  });
  test('replacing one goes to the next', () => {
    let state = looking('a b a', { search: 'a', replace: 'ccc' });
    state = state.update(replaceOne(state) ?? {}).state;
    state = state.update(replaceOne(state) ?? {}).state;
    expect([state.doc.toString(), state.selection.main.from]).toEqual(['ccc b a', 6]);
  });
  test('a query of CodeMirror itself still counts', () => expect(countMatches(looking('aa', {}).update({ effects: setSearchQuery.of(new SearchQuery({ search: 'a' })) }).state).all).toBe(2));
});

describe('counts', () => {
  const body = (source: string): Text => Text.of(source.split('\n'));
  test.each([['one two three', 3, 13, 11], ['宿題を忘れた。', 4, 7, 7], ['a\nb', 2, 2, 2], ['é́', 1, 1, 1], ['', 0, 0, 0]])('%j: %i words, %i characters, %i without spaces', (source, words, characters, letters) => expect(extentOf(body(source))).toMatchObject({ words, characters, letters }));
  test('reading takes as long for Japanese as its signs say', () => {
    expect(extentOf(body('word '.repeat(238 * 3))).minutes).toBe(3);
    expect(extentOf(body('漢字仮名'.repeat(180))).minutes).toBeGreaterThanOrEqual(2);
  });

  test('counting leaf by leaf is counting the whole', () => {
    const random = new Random(20_261_122);
    const next = (n: number): number => random.below(n);
    const pieces = ['# h', '## two *words*', 'text one two', '- [ ] a', '- [x] b', '```', '~~~', 'Title', '===', '', '日本語の文', '> - [x] c', '---'];
    for (let round = 0; round < 40; round += 1) {
      const lines = Array.from({ length: 1 + next(400) }, () => pieces[next(pieces.length)] ?? '');
      let doc = Text.of(lines);
      const at = next(doc.length + 1);
      doc = doc.replace(at, at, Text.of(['x', '- [ ] new']));
      const whole = structureOf(Text.of(doc.toString().split('\n')));
      expect(structureOf(doc)).toEqual(whole);
      expect(extentOf(doc).words).toBe(extentOf(doc.toString()).words);
    }
  });

  test('headings are found outside of code and front matter, without their marks', () => {
    const source = '---\ntitle: x\n# no\n---\n# One `two`\n```sh\n# no\n```\n## [A link](u) **bold** ##\nSetext\n------\n#no\n\n####### no';
    expect(structureOf(body(source)).headings).toEqual([
      { level: 1, title: 'One two', line: 5 }, { level: 2, title: 'A link bold', line: 9 }, { level: 2, title: 'Setext', line: 10 },
    ]);
  });
  test('the current heading is the last one above', () => {
    const headings = [3, 7, 9].map((line) => ({ level: 1, title: '', line }));
    expect([1, 3, 6, 8, 100].map((line) => currentHeading(headings, line))).toEqual([-1, 0, 0, 1, 2]);
  });
});

describe('sizes of pictures', () => {
  test.each([['a cat', 'a cat', null, null], ['w:300 a cat', 'a cat', '300', null], ['a h:20px cat w:50%', 'a cat', '50%', '20'], ['width:2em height:1in', '', '32', '96'], ['w:auto h:10', '', null, '10'], ['w:huge', 'w:huge', null, null], ['w:1e9 w:0', 'w:1e9 w:0', null, null]])('%j', (source, alt, width, height) => expect(sizeOf(source)).toEqual({ alt, width, height }));
  test('a width is written, changed and taken out', () => expect([withWidth('cat', '320'), withWidth('cat w:1 h:2', '50%'), withWidth('w:10', null), withWidth('', '9')]).toEqual(['cat w:320', 'cat w:50%', '', 'w:9']));
});

describe('the slash menu', () => {
  const item = { name: 'h1', label: 'Heading 1', words: ['title'] };
  test.each([['h1', 4], ['h', 3], ['head', 2], ['tit', 1], ['x', null], ['', 0]])('%j fits %j', (typed, score) => expect(fit(item, typed)).toBe(score));
});

describe('literal places', () => {
  test.each([['`a¦`', true], ['a¦', false], ['```\na¦\n```', true], ['[a](https://x.example/¦)', true], ['---\ntitle: ¦x\n---\n', true], ['[[a¦]]', false]])('%j: %s', (marked, expected) => {
    const state = stateOf(marked);
    expect(isLiteral(state, state.selection.main.head)).toBe(expected);
  });
});
