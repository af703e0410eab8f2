// Marks what the list was searched for in the preview, without touching its elements: the browser
// draws the ranges. Where it cannot, nothing is marked.

const NAME = 'found';
const MOST = 2_000;

export function markFound(root: Element | null, pattern: RegExp | null): void {
  if (typeof Highlight === 'undefined' || CSS.highlights === undefined) return;
  CSS.highlights.delete(NAME);
  if (root === null || pattern === null) return;
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && ranges.length < MOST; node = walker.nextNode()) {
    for (const match of (node.nodeValue ?? '').matchAll(pattern)) {
      if (match[0] === '') continue;
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      ranges.push(range);
    }
  }
  if (ranges.length > 0) CSS.highlights.set(NAME, new Highlight(...ranges));
}
