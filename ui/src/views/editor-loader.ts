// Brings the editor after the list is on the screen: CodeMirror is most of the window's code, and
// nobody can type before they have seen where they are.

import type * as Module from './editor-bundle';

type Bundle = typeof Module;

let loading: Promise<Bundle> | null = null;
let bundle: Bundle | null = null;

/** The next frame; a window that is hidden has none and waits no longer than this. */
const NO_FRAME = 100;

function painted(): Promise<void> {
  return new Promise((done) => {
    const late = setTimeout(done, NO_FRAME);
    requestAnimationFrame(() => {
      clearTimeout(late);
      setTimeout(done, 0);
    });
  });
}

export function loadEditor(): Promise<Bundle> {
  loading ??= painted().then(async () => {
    bundle = await import('./editor-bundle');
    return bundle;
  });
  return loading;
}

/** The editor, once a note could be opened. */
export function loadedEditor(): Bundle | null {
  return bundle;
}
