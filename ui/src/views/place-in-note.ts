// Going to a line, in the text or in the preview, whichever is on the screen.

import { editor } from '../actions/editor-handle';

export function goToLine(line: number): void {
  const text = editor();
  if (text !== null) {
    text.goTo(line);
    return;
  }
  // The preview counts lines from 0, and each of its blocks knows its first.
  let best: HTMLElement | null = null;
  for (const element of document.querySelectorAll<HTMLElement>('[data-testid="preview"] [data-line]')) {
    if (Number(element.dataset['line']) <= line - 1) best = element;
    else break;
  }
  best?.scrollIntoView({ block: 'start' });
}
