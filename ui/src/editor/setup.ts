// One editor for all notes: what it can do, in the order CodeMirror asks. Everything that depends on
// a preference sits in a compartment, so that it changes without losing caret or undo.

import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { insertNewlineContinueMarkup, deleteMarkupBackward, markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { indentUnit } from '@codemirror/language';
import { search } from '@codemirror/search';
import { Compartment, EditorState, Prec, type Extension, type StateEffect } from '@codemirror/state';
import { drawSelection, dropCursor, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder, rectangularSelection, type Panel } from '@codemirror/view';

import { text } from '../text';
import { blockDecorations } from './decorations';
import { codeHighlighting, markdownHighlighting } from './highlight';
import { languageFor } from './languages';

export interface EditorPreferences {
  lineNumbers: boolean;
  spellCheck: boolean;
  readOnly: boolean;
}

const numbers = new Compartment();
const spelling = new Compartment();
const editable = new Compartment();

const numbersFor = (on: boolean): Extension => (on ? lineNumbers() : []);
const spellingFor = (on: boolean): Extension => EditorView.contentAttributes.of({ spellcheck: String(on), autocorrect: on ? 'on' : 'off', autocapitalize: 'off' });
const editableFor = (readOnly: boolean): Extension => EditorState.readOnly.of(readOnly);

const markdownKeys = Prec.high(keymap.of([
  { key: 'Enter', run: insertNewlineContinueMarkup },
  { key: 'Backspace', run: deleteMarkupBackward },
  { key: 'Tab', run: indentMore, shift: indentLess },
]));

export interface EditorParts {
  /** Draws the find panel; the view decides how it looks. */
  findPanel: (view: EditorView) => Panel;
}

export function noteExtensions(preferences: EditorPreferences, parts: EditorParts | null): Extension[] {
  return [
    numbers.of(numbersFor(preferences.lineNumbers)),
    spelling.of(spellingFor(preferences.spellCheck)),
    editable.of(editableFor(preferences.readOnly)),
    history({ minDepth: 300 }),
    drawSelection({ cursorBlinkRate: 1100 }),
    dropCursor(),
    rectangularSelection(),
    EditorState.allowMultipleSelections.of(true),
    EditorView.lineWrapping,
    EditorView.perLineTextDirection.of(true),
    indentUnit.of('  '),
    highlightActiveLine(),
    placeholder(text.editor.placeholder),
    markdown({ base: markdownLanguage, codeLanguages: languageFor, addKeymap: false, completeHTMLTags: false }),
    markdownHighlighting,
    codeHighlighting,
    blockDecorations,
    markdownKeys,
    parts === null ? [] : search({ top: true, createPanel: parts.findPanel }),
    // Mod-Enter and friends belong to the registry of actions; CodeMirror keeps movement and deletion.
    keymap.of([...defaultKeymap.filter((binding) => !taken.has(binding.key ?? '')), ...historyKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': text.note.text, 'data-testid': 'editor' }),
  ];
}

const taken = new Set(['Mod-/', 'Mod-Enter', 'Mod-i', 'Alt-ArrowLeft', 'Alt-ArrowRight', 'Shift-Mod-k', 'Mod-Alt-\\', 'Alt-A', 'Ctrl-m', 'Mod-[', 'Mod-]']);

export function preferencesEffects(preferences: EditorPreferences): StateEffect<unknown>[] {
  return [
    numbers.reconfigure(numbersFor(preferences.lineNumbers)),
    spelling.reconfigure(spellingFor(preferences.spellCheck)),
    editable.reconfigure(editableFor(preferences.readOnly)),
  ];
}
