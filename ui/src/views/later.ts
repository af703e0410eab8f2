// The preferences are a fifth of the code the window would read before its first frame, and nobody can ask for them earlier. They
// come when the editor is there, so that whoever opens them does not wait either. Dialogs are not for later: the first keys after
// the one that opens a dialog are meant for it, and would be lost.

import { loadEditor } from './editor-loader';

export const preferences = async () => (await import('./preferences/Preferences.svelte')).default;

export const preferencesAtLeisure = async () => {
  await loadEditor();
  return preferences();
};
