import { highlightTree } from '@lezer/highlight';

import { codeClasses } from '../editor/highlight';
import { languageFor } from '../editor/languages';

const coloured = new WeakSet<Element>();

/** Colours the blocks of code of a preview, by the same parsers as the editor. */
export async function highlightCode(root: ParentNode): Promise<void> {
  for (const code of root.querySelectorAll('pre > code[class*="language-"]')) {
    if (coloured.has(code)) continue;
    const name = /language-(\S+)/.exec(code.className)?.[1] ?? '';
    const description = languageFor(name);
    if (description === null) continue;
    const support = description.support ?? (await description.load());
    const source = code.textContent ?? '';
    const parts = document.createDocumentFragment();
    let at = 0;
    highlightTree(support.language.parser.parse(source), codeClasses, (from, to, classes) => {
      if (from > at) parts.append(source.slice(at, from));
      const span = document.createElement('span');
      span.className = classes;
      span.textContent = source.slice(from, to);
      parts.append(span);
      at = to;
    });
    parts.append(source.slice(at));
    code.replaceChildren(parts);
    coloured.add(code);
  }
}
