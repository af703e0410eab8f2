// The floor under writing: CodeMirror with its own basic keys and the Markdown language, and nothing of ours.
// `cargo xtask bench --only write` opens it in the same web view as the app and types the same keys.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

declare global {
  interface Window { bareEditor: (doc: string) => void }
}

const parent = document.querySelector('#editor') ?? document.body;
let view: EditorView | null = null;

window.bareEditor = (doc) => {
  view?.destroy();
  view = new EditorView({
    parent,
    state: EditorState.create({ doc, extensions: [history(), keymap.of([...defaultKeymap, ...historyKeymap]), markdown({ base: markdownLanguage }), syntaxHighlighting(defaultHighlightStyle), EditorView.lineWrapping] }),
  });
  view.focus();
};
