// Finds letters in order, and prefers beginnings of words and unbroken runs.

export interface Match {
  score: number;
  /** Indices of the letters (not UTF-16 units) that were found. */
  hits: number[];
}

export function fuzzy(needle: string, label: string): Match | null {
  const wanted = [...needle.toLowerCase().replace(/\s+/g, '')];
  const letters = [...label.toLowerCase()];
  if (wanted.length === 0) return { score: 0, hits: [] };
  let best: Match | null = null;
  for (let start = 0; start < letters.length; start += 1) {
    if (letters[start] !== wanted[0]) continue;
    const match = from(wanted, letters, start);
    if (match !== null && (best === null || match.score > best.score)) best = match;
  }
  return best;
}

function from(wanted: string[], letters: string[], start: number): Match | null {
  const hits: number[] = [];
  let score = 0;
  let at = start;
  for (const letter of wanted) {
    while (at < letters.length && letters[at] !== letter) at += 1;
    if (at === letters.length) return null;
    const beginsWord = at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1] ?? '');
    const continues = hits[hits.length - 1] === at - 1;
    score += continues ? 6 : beginsWord ? 4 : 0;
    hits.push(at);
    at += 1;
  }
  return { score: score - start * 0.1 - letters.length * 0.02, hits };
}

/** Spans in UTF-16 units as numbers of letters. */
export function lettersOf(label: string, spans: readonly (readonly [number, number])[]): number[] {
  const letters: number[] = [];
  let at = 0;
  [...label].forEach((letter, i) => {
    if (spans.some(([start, length]) => at >= start && at < start + length)) letters.push(i);
    at += letter.length;
  });
  return letters;
}
