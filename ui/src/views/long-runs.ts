// Very long texts without a line break, cut into pieces that the web view lays out one by one. WebKit measures the
// rest of a text anew for every line it breaks: a word of 900,000 letters stopped the window for 18 seconds. What is
// copied and found stays the same, because only nodes are split and a place to break adds no letter.

/** Letters of one text; ordinary paragraphs are shorter. */
const LONG = 10_000;
const PIECE = 500;
/** No letter is longer; a text of nothing but accents has no letters. */
const MOST_JOINED = 64;

const space = /\s/;
/** What belongs to the letter before it. */
const joins = /[\p{M}\u200d\ufe0f\u{1f3fb}-\u{1f3ff}]/u;

/** Where a piece that begins at `from` ends, and whether the web view may break there anyhow. */
export function pieceEnd(text: string, from: number): { at: number; breaks: boolean } {
  let at = from + PIECE;
  if (at >= text.length) return { at: text.length, breaks: true };
  for (let back = at; back > from; back -= 1) if (space.test(text[back - 1] ?? '')) return { at: back, breaks: true };
  const end = Math.min(text.length, at + MOST_JOINED);
  while (at < end && (/[\udc00-\udfff]/.test(text[at] ?? '') || joins.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) || text[at - 1] === '\u200d')) at += 1;
  return { at, breaks: false };
}

export function breakUp(content: DocumentFragment): void {
  const long: Text[] = [];
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    // Lines of code are not broken.
    if (node instanceof Text && node.length > LONG && node.parentElement?.closest('pre') === null) long.push(node);
  }
  for (const node of long) {
    const { data } = node;
    const pieces = document.createDocumentFragment();
    for (let from = 0; from < data.length;) {
      const { at, breaks } = pieceEnd(data, from);
      pieces.append(data.slice(from, at));
      if (!breaks) pieces.append(document.createElement('wbr'));
      from = at;
    }
    node.replaceWith(pieces);
  }
}
