// One editor for all notes: what it can do, in the order CodeMirror asks. Everything that depends on
// a preference sits in one compartment, so that it changes without losing caret or undo.

import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { deleteMarkupBackward, insertNewlineContinueMarkupCommand, markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { indentUnit } from '@codemirror/language';
import { search } from '@codemirror/search';
import { Compartment, EditorState, Facet, Prec, type Extension, type StateEffect } from '@codemirror/state';
import { drawSelection, dropCursor, EditorView, highlightActiveLine, highlightWhitespace, keymap, lineNumbers, placeholder, rectangularSelection, type Panel } from '@codemirror/view';

import type { WritingSettings } from '../ipc/generated';
import { text } from '../text';
import { dimOthers, scroller, typewriter } from './attention';
import { blockDecorations, taskClicks } from './decorations';
import { lineDirection } from './direction';
import { findScope } from './find';
import { foundWords } from './found-words';
import { codeHighlighting, markdownHighlighting } from './highlight';
import { languageFor } from './languages';
import { linkCompletion, type FindTargets } from './link-completion';
import { indent, outdent } from './lists';
import { noteSyntax } from './markdown-syntax';
import { pasting } from './paste';
import { pendingPlaces } from './pending';
import { picturePreviews, type PictureSource } from './pictures';
import { completion, type SlashItem } from './slash';
import { cellBelow, nextCell, previousCell } from './table-commands';
import { breakInCell, tidyTables } from './table-tidy';
import { smartTypography, wrapSelection } from './typing';
import { vimKeys } from './vim';

export interface EditorPreferences {
  lineNumbers: boolean;
  spellCheck: boolean;
  readOnly: boolean;
  writing: WritingSettings;
  /** Only the text is on the screen. */
  focus: boolean;
  /** Language of the computer, for quotation marks when no other is chosen. */
  systemLanguage: string;
  /** Which pictures may be shown; a new function when that changed. */
  pictures: PictureSource | null;
  /** The keys of Vim are there (they are loaded when they are first wanted). */
  vimReady: boolean;
}

/** What the views give the editor once. */
export interface EditorParts {
  /** Draws the find panel; the view decides how it looks. */
  findPanel: (view: EditorView) => Panel;
  slash: () => readonly SlashItem[];
  /** The element that scrolls. */
  scroller: () => HTMLElement | undefined;
  pictureMenu: (view: EditorView, at: number, element: HTMLElement) => void;
  /** Notes by a few letters, for links. */
  findTargets: FindTargets;
}

const preferred = new Compartment();
const current = Facet.define<EditorPreferences, EditorPreferences | null>({ combine: (all) => all[0] ?? null });

/** Extra words the browser should not add while somebody writes. */
function contentAttributes({ spellCheck, writing }: EditorPreferences): Record<string, string> {
  return {
    spellcheck: String(spellCheck), autocorrect: spellCheck ? 'on' : 'off', autocapitalize: 'off', writingsuggestions: 'false',
    ...(writing.language === '' ? {} : { lang: writing.language }),
  };
}

function extensionsFor(p: EditorPreferences, parts: EditorParts | null): Extension[] {
  const { writing } = p;
  return [
    current.of(p),
    // Before every other keymap, as its documentation asks.
    writing.vim && p.vimReady ? Prec.highest(vimKeys()) : [],
    p.lineNumbers ? lineNumbers() : [],
    EditorView.contentAttributes.of(contentAttributes(p)),
    EditorState.readOnly.of(p.readOnly),
    indentUnit.of(writing.indentWithTabs ? '\t' : ' '.repeat(writing.indentWidth)),
    EditorState.tabSize.of(writing.indentWidth === 2 ? 4 : writing.indentWidth),
    writing.wrapLines ? EditorView.lineWrapping : EditorView.editorAttributes.of({ class: 'cm-unwrapped' }),
    writing.highlightLine && !p.focus ? highlightActiveLine() : [],
    writing.showWhitespace ? highlightWhitespace() : [],
    // Before the pairs: a quotation mark that becomes a printer's needs no second one.
    writing.smartTypography ? smartTypography(writing.language === '' ? p.systemLanguage : writing.language) : [],
    writing.closeBrackets ? [closeBrackets(), keymap.of(closeBracketsKeymap)] : [],
    completion(writing.slashCommands && parts !== null ? parts.slash : null),
    parts === null ? [] : linkCompletion(parts.findTargets, text.untitled),
    pasting(writing.pasteMarkdown),
    writing.imagePreviews && p.pictures !== null && parts !== null ? picturePreviews(p.pictures, { resize: text.editing.resizePicture }, parts.pictureMenu) : [],
    p.focus && writing.dimOthers ? dimOthers : [],
    writing.typewriter || p.focus ? typewriter : [],
  ];
}

const continueMarkup = insertNewlineContinueMarkupCommand({ nonTightLists: false });

const markdownKeys = Prec.high(keymap.of([
  { key: 'Enter', run: cellBelow },
  { key: 'Enter', run: continueMarkup },
  { key: 'Shift-Enter', run: breakInCell },
  { key: 'Backspace', run: deleteMarkupBackward },
  { key: 'Tab', run: nextCell, shift: previousCell },
  { key: 'Tab', run: indent, shift: outdent },
]));

export function noteExtensions(preferences: EditorPreferences, parts: EditorParts | null): Extension[] {
  return [
    preferred.of(extensionsFor(preferences, parts)),
    history({ minDepth: 300 }),
    drawSelection({ cursorBlinkRate: 1100 }),
    dropCursor(),
    rectangularSelection(),
    EditorState.allowMultipleSelections.of(true),
    lineDirection,
    placeholder(text.editor.placeholder),
    markdown({ base: markdownLanguage, codeLanguages: languageFor, addKeymap: false, completeHTMLTags: false, extensions: noteSyntax }),
    // A quotation mark or an apostrophe in prose is rarely the first of a pair.
    markdownLanguage.data.of({ closeBrackets: { brackets: ['(', '[', '{', '"', '`', '「', '『', '（', '«', '„'], before: ')]}:;,.>"\'`*_」』）»' } }),
    markdownHighlighting,
    codeHighlighting,
    blockDecorations,
    taskClicks,
    tidyTables,
    pendingPlaces,
    foundWords,
    wrapSelection,
    markdownKeys,
    parts === null ? [] : [search({ top: true, createPanel: parts.findPanel }), findScope, scroller.of(parts.scroller)],
    // Mod-Enter and friends belong to the registry of actions; CodeMirror keeps movement and deletion.
    keymap.of([...defaultKeymap.filter((binding) => !taken.has(binding.key ?? '')), ...historyKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': text.note.text, 'data-testid': 'editor' }),
  ];
}

const taken = new Set(['Mod-/', 'Mod-Enter', 'Mod-i', 'Alt-ArrowLeft', 'Alt-ArrowRight', 'Shift-Mod-k', 'Mod-Alt-\\', 'Alt-A', 'Ctrl-m', 'Mod-[', 'Mod-]']);

/** Settings are read anew after each change, so equal ones are not the same object. */
function same(a: EditorPreferences, b: EditorPreferences): boolean {
  const names = Object.keys(b) as (keyof EditorPreferences)[];
  const writing = Object.keys(b.writing) as (keyof WritingSettings)[];
  return names.every((name) => name === 'writing' || a[name] === b[name]) && writing.every((name) => a.writing[name] === b.writing[name]);
}

/** What brings a state to these preferences; nothing when it has them. */
export function preferencesEffects(state: EditorState, preferences: EditorPreferences, parts: EditorParts | null): StateEffect<unknown>[] {
  const before = state.facet(current);
  if (before !== null && same(before, preferences)) return [];
  return [preferred.reconfigure(extensionsFor(preferences, parts))];
}
