// The preferences and the dialogs are a third of the code the window would read before its first frame, and nobody can ask for
// them earlier. They come when the editor is there, so that the first key that opens one does not wait either.

import { loadEditor } from './editor-loader';

export const preferences = () => import('./preferences/Preferences.svelte');
export const openDialog = () => import('./dialogs/OpenDialog.svelte');

/** What cannot be read now is asked for again when somebody opens it. */
export async function bringTheRest(): Promise<void> {
  await loadEditor();
  await Promise.allSettled([openDialog(), preferences()]);
}
