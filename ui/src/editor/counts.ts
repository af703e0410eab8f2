// Words and tasks of a text, for the foot of the editor.

const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null;

/** Segmenting costs about 100 ns a character: longer texts are counted by spaces. */
const SEGMENT_AT_MOST = 300_000;

/** Words by Unicode segmentation, so Japanese counts; Markdown's marks do not. */
export function countWords(text: string): number {
  if (segmenter === null || text.length > SEGMENT_AT_MOST) return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu)?.length ?? 0;
  let words = 0;
  for (const segment of segmenter.segment(text)) if (segment.isWordLike === true) words += 1;
  return words;
}

export interface TaskCount {
  done: number;
  all: number;
}

export function countTasks(text: string): TaskCount {
  let done = 0;
  let all = 0;
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence)) fence = null;
      continue;
    }
    if (fence !== null) continue;
    const box = /^\s*(?:>\s?)*\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s/.exec(line)?.[1];
    if (box === undefined) continue;
    all += 1;
    if (box !== ' ') done += 1;
  }
  return { done, all };
}
