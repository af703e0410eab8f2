// Mounts the find panel into the place CodeMirror keeps for panels.

import { openSearchPanel } from '@codemirror/search';
import type { EditorView, Panel, ViewUpdate } from '@codemirror/view';
import { mount, unmount } from 'svelte';

import FindPanel from './FindPanel.svelte';

const RECOUNT_AFTER = 150;

export function findPanel(view: EditorView): Panel {
  const dom = document.createElement('div');
  let component: { changed: () => void } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    dom,
    top: true,
    mount() { component = mount(FindPanel, { target: dom, props: { view } }) as { changed: () => void }; },
    update(update: ViewUpdate) {
      if (!update.docChanged && !update.selectionSet) return;
      clearTimeout(timer);
      timer = setTimeout(() => component?.changed(), RECOUNT_AFTER);
    },
    destroy() {
      clearTimeout(timer);
      if (component !== null) void unmount(component);
    },
  };
}

/** Opens the panel, or brings the keyboard back to it. */
export function openFindPanel(view: EditorView): void {
  openSearchPanel(view);
  view.dom.dispatchEvent(new Event('sheaf-find'));
}
