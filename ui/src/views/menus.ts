// The menus that several places open: of a note, of a notebook, of a tag, of sync.

import { copyLink, deleteForGood, duplicate, inTrash, restore, setStatus, subjects, togglePin, trash, askMove } from '../actions/note';
import { askMoveNotebook, deleteNotebook, deleteTag, newNotebook, recolour, renameNotebook, renameTag, stepNotebook } from '../actions/organise';
import { openHistory } from '../actions/history';
import { openMerge } from '../actions/merge';
import { capsOf, perform } from '../actions/registry';
import { openPreferences } from '../actions/view';
import { attempt } from '../actions/attempt';
import { call } from '../ipc/call';
import type { NoteStatus } from '../ipc/generated';
import { app } from '../state/app.svelte';
import type { IconName } from '../parts/icons';
import type { MenuItem } from '../state/overlays.svelte';
import { text, type ActionId } from '../text';
import { statusClass, statusIcon, statuses, tagColor, tagColors } from './glyphs';

export function statusItems(current: NoteStatus | null, choose: (status: NoteStatus) => void): MenuItem[] {
  return statuses.map((status) => ({
    label: text.status[status], icon: statusIcon[status], iconClass: statusClass[status], checked: status === current, keys: capsOf(`note.status.${status}`), run: () => choose(status),
  }));
}

const copyAction = { markdown: 'note.copyMarkdown', html: 'note.copyHtml', rich: 'note.copyRich' } as const;

/** For the open note and for a selection of several. */
export function noteItems(): MenuItem[] {
  const ids = subjects(app);
  if (inTrash(app)) {
    return [
      { label: text.note.restore, icon: 'undo', run: () => void restore(app) },
      ...(ids.length === 1 ? [{ label: text.actions['note.history'], icon: 'history', keys: capsOf('note.history'), run: () => void openHistory(app, ids[0] ?? '') } as const] : []),
      { label: text.note.move, icon: 'book', run: () => askMove(app) },
      { label: text.note.deleteForGood, icon: 'trash', danger: true, separated: true, run: () => deleteForGood(app) },
    ];
  }
  const rows = ids.map((id) => app.list.find(id) ?? (app.note?.id === id ? app.note.detail : undefined));
  const pinned = rows.every((r) => r?.pinned === true);
  const first = rows[0];
  const same = first !== undefined && rows.every((r) => r?.status === first.status) ? first.status : null;
  const single: MenuItem[] = ids.length === 1
    ? [
        { label: text.note.duplicate, icon: 'copy', keys: capsOf('note.duplicate'), separated: true, run: () => void duplicate(app) },
        ...(app.layout.solo ? [] : [{ label: text.actions['note.window'], icon: 'window', keys: capsOf('note.window'), run: () => void perform('note.window') } as const]),
        { label: text.actions['note.history'], icon: 'history', keys: capsOf('note.history'), run: () => void openHistory(app, ids[0] ?? '') },
        { label: text.note.copyLink, icon: 'link', keys: capsOf('note.copyLink'), run: () => void copyLink(app) },
        { label: text.actions['note.makeTemplate'], icon: 'template', run: () => void perform('note.makeTemplate') },
        { label: text.reading.copyAs, icon: 'copy', children: (['markdown', 'html', 'rich'] as const).map((kind) => ({ label: text.reading.copyKinds[kind], keys: capsOf(copyAction[kind]), run: () => void perform(copyAction[kind]) })) },
        { label: text.reading.print, icon: 'print', keys: capsOf('note.print'), run: () => void perform('note.print') },
      ]
    : [];
  return [
    { label: text.note.move, icon: 'book', keys: capsOf('note.move'), run: () => askMove(app) },
    { label: text.note.status, icon: 'st-none', children: statusItems(same, (status) => void setStatus(app, status)) },
    { label: text.note.tags, icon: 'tag', keys: capsOf('note.tags'), run: () => app.overlays.open({ kind: 'tags', ids }) },
    { label: pinned ? text.bulk.unpin : text.note.pin, icon: 'pin', keys: capsOf('note.pin'), run: () => void togglePin(app) },
    ...single,
    { label: text.note.trash, icon: 'trash', keys: capsOf('note.trash'), danger: true, separated: true, run: () => void trash(app) },
  ];
}

export function notebookItems(id: string): MenuItem[] {
  const isDefault = app.organisation.data.defaultNotebook === id;
  return [
    { label: text.notebook.newInside, icon: 'plus', run: () => newNotebook(app, id) },
    { label: text.notebook.rename, icon: 'edit', run: () => renameNotebook(app, id) },
    { label: text.organising.icon.choose, icon: 'image', run: () => app.overlays.open({ kind: 'icon', id }) },
    { label: text.notebook.move, icon: 'book', run: () => askMoveNotebook(app, id) },
    { label: text.organising.notebook.up, icon: 'up', keys: capsOf('organise.notebookUp'), disabled: app.organisation.neighbour(id, -1) === undefined, separated: true, run: () => void stepNotebook(app, id, -1) },
    { label: text.organising.notebook.down, icon: 'down', keys: capsOf('organise.notebookDown'), disabled: app.organisation.neighbour(id, 1) === undefined, run: () => void stepNotebook(app, id, 1) },
    { label: text.organising.notebook.focus, icon: 'focus', separated: true, run: () => void app.narrow(id) },
    { label: isDefault ? text.notebook.default : text.notebook.delete, icon: 'trash', danger: !isDefault, disabled: isDefault, separated: true, run: () => deleteNotebook(app, id) },
  ];
}

export function colourItems(id: string): MenuItem[] {
  const current = app.organisation.tag(id)?.color;
  return tagColors.map((color) => ({ label: text.tag.colours[color], dot: tagColor(color), checked: color === current, run: () => void recolour(app, id, color) }));
}

export function tagItems(id: string): MenuItem[] {
  return [
    { label: text.tag.rename, icon: 'edit', run: () => renameTag(app, id) },
    { label: text.tag.colour, dot: tagColor(app.organisation.tag(id)?.color), children: colourItems(id) },
    { label: text.tag.delete, icon: 'trash', danger: true, separated: true, run: () => deleteTag(app, id) },
  ];
}

/** Where help is, on systems without a menu bar. */
export function helpItems(): MenuItem[] {
  const item = (id: ActionId, icon: IconName, separated = false): MenuItem => ({ label: text.actions[id], icon, keys: capsOf(id), separated, run: () => void perform(id) });
  return [
    item('sync.diagnose', 'activity'), item('sync.activity', 'history'),
    item('app.shortcuts', 'keyboard', true), item('app.palette', 'terminal'),
    item('app.support', 'archive', true), item('app.logFolder', 'notes'),
    item('app.about', 'info', true),
  ];
}

export function syncItems(): MenuItem[] {
  const { kind } = app.sync.status.state;
  const { menu } = text.sync;
  const items: MenuItem[] = [];
  if (kind !== 'off' && kind !== 'paused') items.push({ label: menu.now, icon: 'sync', run: () => void app.sync.syncNow() }, { label: menu.pause, icon: 'pause', run: () => void app.sync.pause() });
  if (kind === 'paused') items.push({ label: menu.resume, icon: 'sync', run: () => void app.sync.resume() });
  if (app.sync.status.conflicts > 0) items.push({ label: menu.conflicts, icon: 'conflict', run: () => void openMerge(app, null) });
  items.push(
    { label: menu.preferences, icon: 'gear', separated: items.length > 0, run: () => openPreferences(app, 'sync') },
    { label: text.actions['sync.activity'], icon: 'history', run: () => void perform('sync.activity') },
    { label: menu.diagnose, icon: 'activity', run: () => void perform('sync.diagnose') },
    { label: menu.log, icon: 'terminal', run: () => void attempt(app, () => call('open_folder', { folder: 'logs' })) },
  );
  return items;
}
