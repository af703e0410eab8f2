// What notes have beyond GFM, taught to the editor's parser: front matter and wiki links. The
// renderer (`crates/markdown`) reads the same forms.

import { yamlLanguage } from '@codemirror/lang-yaml';
import { tags as t } from '@lezer/highlight';
import { parseMixed } from '@lezer/common';
import type { BlockContext, LeafBlock, MarkdownConfig } from '@lezer/markdown';

const key = /^[\w"'][^:]*:(?:\s|$)/;
const yaml = /^\s*(?:$|#|-|[\w"'][^:]*:(?:\s|$)|[\]}"'])|^\s+\S/;

const BRACKET = 91;
const CLOSING = 93;

const wikiLinks: MarkdownConfig = {
  defineNodes: [{ name: 'WikiLink', style: { 'WikiLink/...': t.link } }, { name: 'WikiMark', style: t.processingInstruction }],
  parseInline: [{
    name: 'WikiLink',
    before: 'Link',
    parse(cx, next, pos) {
      if (next !== BRACKET || cx.char(pos + 1) !== BRACKET) return -1;
      for (let at = pos + 2; at < cx.end - 1; at += 1) {
        const sign = cx.char(at);
        if (sign === BRACKET || sign === 10) return -1;
        if (sign !== CLOSING) continue;
        if (cx.char(at + 1) !== CLOSING || at === pos + 2) return -1;
        return cx.addElement(cx.elt('WikiLink', pos, at + 2, [cx.elt('WikiMark', pos, pos + 2), cx.elt('WikiMark', at, at + 2)]));
      }
      return -1;
    },
  }],
};

const frontMatter: MarkdownConfig = {
  defineNodes: [{ name: 'FrontMatter', block: true }, { name: 'FrontMatterMark', style: t.processingInstruction }, { name: 'FrontMatterText' }],
  parseBlock: [{
    name: 'FrontMatter',
    before: 'HorizontalRule',
    parse(cx, line) {
      // A parser of blocks cannot look ahead: the second line decides, and a line that is no YAML ends it.
      if (cx.lineStart !== 0 || !/^---\s*$/.test(line.text) || !key.test(cx.peekLine())) return false;
      const marks = [cx.elt('FrontMatterMark', 0, 3)];
      const from = line.text.length + 1;
      while (cx.nextLine()) {
        if (!/^(?:---|\.\.\.)\s*$/.test(line.text)) {
          if (yaml.test(line.text)) continue;
          break;
        }
        const end = cx.lineStart;
        marks.push(cx.elt('FrontMatterText', from, end), cx.elt('FrontMatterMark', end, end + 3));
        cx.nextLine();
        cx.addElement(cx.elt('FrontMatter', 0, end + 3, marks));
        return true;
      }
      cx.addElement(cx.elt('FrontMatter', 0, cx.prevLineEnd(), marks));
      return true;
    },
  }],
  wrap: parseMixed((node) => (node.name === 'FrontMatterText' ? { parser: yamlLanguage.parser } : null)),
};

/** A paragraph beyond this many letters is plain text. Nobody writes one; somebody may paste or receive one. */
const LONG = 100_000;

/** Blocks inside each other, and marks in one paragraph, beyond which nothing more is taken apart: who walks the tree goes as deep as it. */
const DEEPEST = 100;
const MARKS = 1_500;

/** Whether a paragraph has so many marks that they could lie inside each other by the thousand. */
function tangled(content: string): boolean {
  if (content.length < MARKS) return false;
  let marks = 0;
  for (const _ of content.matchAll(/[*_~[]/g)) if ((marks += 1) > MARKS) return true;
  return false;
}

const tooDeep: MarkdownConfig = {
  parseBlock: [{
    name: 'TooDeep',
    before: 'IndentedCode',
    parse(cx, line) {
      if (cx.depth < DEEPEST) return false;
      const from = cx.lineStart + line.pos;
      const to = cx.lineStart + line.text.length;
      cx.nextLine();
      cx.addElement(cx.elt('Paragraph', from, to));
      return true;
    },
  }],
};

/**
 * The parser reads a paragraph in one go, however long it is, and fifty megabytes without an empty line stopped
 * the window for half a minute. Ended early, each piece is a step between which the window answers.
 */
const longText: MarkdownConfig = {
  parseBlock: [{
    name: 'LongText',
    before: 'LinkReference',
    leaf: () => {
      const end = (cx: BlockContext, leaf: LeafBlock, over = true): boolean => {
        if (leaf.content.length <= LONG && !(over && tangled(leaf.content))) return false;
        cx.addLeafElement(leaf, cx.elt('Paragraph', leaf.start, leaf.start + leaf.content.length));
        return true;
      };
      return { nextLine: (cx, _line, leaf) => end(cx, leaf, false), finish: (cx, leaf) => end(cx, leaf) };
    },
  }],
};

export const noteSyntax: MarkdownConfig[] = [wikiLinks, frontMatter, tooDeep, longText];
