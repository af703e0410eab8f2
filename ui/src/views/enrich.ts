// What the preview draws besides the engine's HTML: formulas, diagrams, the colours of code. What was
// drawn before is there at once; the rest follows without moving the caret or the scroll.

import { drawDiagrams, knownDiagrams } from './diagrams';
import { drawMath, knownMath } from './math';

export function enrichKnown(root: ParentNode): void {
  knownMath(root);
  knownDiagrams(root);
}

/** `current` says whether `root` is still on the screen. */
export async function enrich(root: ParentNode, current: () => boolean): Promise<void> {
  await drawMath(root, current);
  await drawDiagrams(root, current);
  if (current() && root.querySelector('pre code[class]') !== null) await (await import('./highlight-code')).highlightCode(root);
}
