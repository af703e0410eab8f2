// Mounts the find panel into the place CodeMirror keeps for panels.

import type { EditorView, Panel } from '@codemirror/view';
import { mount, unmount } from 'svelte';

import FindPanel from './FindPanel.svelte';

export function findPanel(view: EditorView): Panel {
  const dom = document.createElement('div');
  let component: Record<string, unknown> | null = null;
  return {
    dom,
    top: true,
    mount() { component = mount(FindPanel, { target: dom, props: { view } }); },
    destroy() { if (component !== null) void unmount(component); },
  };
}
