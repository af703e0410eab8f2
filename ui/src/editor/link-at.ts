// The address under a position of the source.

import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';

export function linkAt(state: EditorState, position: number): string | null {
  for (const side of [1, -1] as const) {
    for (let node = syntaxTree(state).resolveInner(position, side); ;) {
      if (node.name === 'URL') return state.sliceDoc(node.from, node.to);
      if (node.name === 'Link' || node.name === 'Image' || node.name === 'Autolink') {
        const url = node.getChild('URL');
        if (url !== null) return state.sliceDoc(url.from, url.to);
      }
      if (node.parent === null) break;
      node = node.parent;
    }
  }
  return null;
}
