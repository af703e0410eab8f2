// Colours by class only: `styles/editor.css` gives the classes their roles, so both themes and the
// preview use the same ones and no style is made at run time.

import { syntaxHighlighting } from '@codemirror/language';
import { tagHighlighter, tags as t } from '@lezer/highlight';

export const codeClasses = tagHighlighter([
  { tag: [t.keyword, t.modifier, t.operatorKeyword, t.controlKeyword, t.definitionKeyword, t.moduleKeyword, t.self], class: 'hl-keyword' },
  { tag: [t.string, t.special(t.string), t.character, t.regexp, t.attributeValue], class: 'hl-string' },
  { tag: [t.number, t.bool, t.null, t.atom, t.unit, t.color], class: 'hl-number' },
  { tag: [t.comment, t.lineComment, t.blockComment, t.docComment], class: 'hl-comment' },
  { tag: [t.typeName, t.className, t.namespace, t.tagName], class: 'hl-type' },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.function(t.definition(t.variableName)), t.macroName, t.labelName], class: 'hl-fn' },
  { tag: [t.meta, t.annotation, t.processingInstruction, t.attributeName, t.escape, t.inserted, t.deleted], class: 'hl-meta' },
]);

const markdownClasses = tagHighlighter([
  { tag: t.heading1, class: 'md-h1' },
  { tag: t.heading2, class: 'md-h2' },
  { tag: t.heading3, class: 'md-h3' },
  { tag: [t.heading4, t.heading5, t.heading6], class: 'md-h4' },
  { tag: t.strong, class: 'md-strong' },
  { tag: t.emphasis, class: 'md-em' },
  { tag: t.strikethrough, class: 'md-strike' },
  { tag: t.quote, class: 'md-quote' },
  { tag: t.link, class: 'md-link' },
  { tag: t.url, class: 'md-url' },
  { tag: t.monospace, class: 'md-mono' },
  { tag: t.contentSeparator, class: 'md-mark' },
  { tag: t.processingInstruction, class: 'md-mark' },
  { tag: t.labelName, class: 'md-mark' },
]);

export const markdownHighlighting = syntaxHighlighting(markdownClasses);
export const codeHighlighting = syntaxHighlighting(codeClasses);
