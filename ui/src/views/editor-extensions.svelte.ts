// What the views give the editor: the find panel, what a slash offers, which pictures may be shown, and
// the preferences of the moment.

import type { Extension } from '@codemirror/state';

import { noteExtensions, type EditorParts, type EditorPreferences } from '../editor/setup';
import type { PictureSource } from '../editor/pictures';
import { vimLoaded } from '../editor/vim';
import type { LinkTarget } from '../editor/link-completion';
import { call, currentHost } from '../ipc/call';
import { app } from '../state/app.svelte';
import type { OpenNote } from '../state/open-note.svelte';
import { findPanel } from './find-panel';
import { pictureMenu } from './text-menus';
import { slashItems } from './slash-items';

const attachment = /^(?:inkdrop|sheaf):\/\/((?:sheaf-)?file:[\w:.+=-]+)$/i;
const bitmap = /^data:image\/(?:png|jpe?g|gif|webp);base64,[\w+/=]+$/i;

const attachments: PictureSource = (address) => {
  const id = attachment.exec(address)?.[1];
  if (id !== undefined) return currentHost().attachmentUrl(id);
  return bitmap.test(address) ? address : null;
};
const everything: PictureSource = (address) => (/^https?:\/\//i.test(address) ? currentHost().webPictureUrl(address) : attachments(address));

/** Set once Vim has been loaded, so that what reads it is asked again. */
const vim = $state({ ready: vimLoaded() });

export function vimIsReady(): void {
  vim.ready = true;
}

let pane: HTMLElement | undefined;

export function setPane(element: HTMLElement | undefined): void {
  pane = element;
}

export function editorPreferences(note: OpenNote | null): EditorPreferences {
  const { lineNumbers, spellCheck, writing, remoteImages } = app.preferences.values;
  return {
    lineNumbers, spellCheck, writing, readOnly: note?.detail.place.kind === 'trash', focus: app.layout.focus, systemLanguage: navigator.language, vimReady: vim.ready,
    pictures: remoteImages || (note !== null && app.picturesShown.has(note.id)) ? everything : attachments,
  };
}

async function findTargets(typed: string): Promise<LinkTarget[]> {
  const found = await call('find_titles', { typed, limit: 12 });
  return found.filter((n) => n.id !== app.note?.id).map((n) => ({ id: n.id, title: n.title, place: n.place.kind === 'notebook' ? app.organisation.path(n.place.id).join(' / ') : '' }));
}

export const editorParts: EditorParts = { findPanel, slash: slashItems, scroller: () => pane, pictureMenu, findTargets };

export function extensions(): Extension {
  return noteExtensions(editorPreferences(null), editorParts);
}
