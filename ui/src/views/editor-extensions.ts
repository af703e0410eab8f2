// What the views give the editor: the find panel and the preferences of the moment.

import type { Extension } from '@codemirror/state';

import { noteExtensions, type EditorPreferences } from '../editor/setup';
import { app } from '../state/app.svelte';
import type { OpenNote } from '../state/open-note.svelte';
import { findPanel } from './find-panel';

export function editorPreferences(note: OpenNote | null): EditorPreferences {
  const { lineNumbers, spellCheck } = app.preferences.values;
  return { lineNumbers, spellCheck, readOnly: note?.detail.place.kind === 'trash' };
}

export function extensions(): Extension {
  return noteExtensions(editorPreferences(null), { findPanel });
}
