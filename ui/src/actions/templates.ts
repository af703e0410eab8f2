// Notes that begin with a template, and the note of the day.

import { call } from '../ipc/call';
import type { NoteDetail } from '../ipc/generated';
import type { App } from '../state/app.svelte';
import { text } from '../text';
import { attempt } from './attempt';
import type { Action } from './registry';
import { isoDate } from './writing';

const open = (app: App): boolean => app.note !== null && app.layout.page === 'notes' && app.selection.ids.size <= 1 && app.note.detail.place.kind === 'notebook';

const two = (n: number): string => String(n).padStart(2, '0');

/** `{{date}}`, `{{time}}`, `{{weekday}}`, `{{title}}`, `{{uuid}}`; anything else in braces stays. */
export function filled(template: string, values: { now: Date; title: string; uuid: () => string }): string {
  const { now, title, uuid } = values;
  return template.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => {
    switch (name.toLowerCase()) {
      case 'date': return isoDate(now);
      case 'time': return `${two(now.getHours())}:${two(now.getMinutes())}`;
      case 'weekday': return text.organising.daily.weekday(now);
      case 'title': return title;
      case 'uuid': return uuid();
      default: return whole;
    }
  });
}

export async function newFrom(app: App, template: NoteDetail, title = ''): Promise<void> {
  const name = title === '' ? filled(template.title, { now: new Date(), title: '', uuid: () => crypto.randomUUID() }) : title;
  const body = filled(template.body, { now: new Date(), title: name, uuid: () => crypto.randomUUID() });
  await app.newNote(name, { body, tags: template.tags, status: template.status });
}

export async function keepAsTemplate(app: App): Promise<void> {
  const { note } = app;
  if (note === null || !(await note.flush())) return;
  await attempt(app, async () => {
    const made = await call('make_template', { id: note.id });
    app.overlays.say({ icon: 'template', message: text.organising.template.kept(made.title || text.untitled) });
  });
}

/** The note called like today; made with the template for it when there is none yet. */
export async function daily(app: App): Promise<void> {
  await attempt(app, async () => {
    const title = isoDate(new Date());
    const found = await call('list_notes', { scope: { kind: 'all' }, search: `title:"${title}"`, sort: { key: 'created', ascending: true }, offset: 0, limit: 20 });
    const today = found.items.find((n) => n.title.trim() === title);
    app.layout.page = 'notes';
    app.layout.single = 'note';
    if (today !== undefined) {
      if (await app.openNote(today.id)) app.selection.only(today.id);
      app.focusWish = { place: 'text' };
      return;
    }
    const templates = await call('list_notes', { scope: { kind: 'templates' }, search: '', sort: { key: 'title', ascending: true }, offset: 0, limit: 500 });
    const named = templates.items.find((n) => n.title.trim().toLowerCase() === text.organising.daily.template.toLowerCase());
    const template = named === undefined ? null : await call('get_note', { id: named.id });
    const chosen = app.preferences.values.dailyNotebook;
    const notebook = app.organisation.notebook(chosen) === undefined ? app.organisation.data.defaultNotebook : chosen;
    await app.newNote(title, { notebook, body: template === null ? '' : filled(template.body, { now: new Date(), title, uuid: () => crypto.randomUUID() }), tags: template?.tags ?? [], status: template?.status ?? 'none' });
  });
}

export const templateActions: Action[] = [
  { id: 'note.fromTemplate', group: 'note', icon: 'template', keys: 'Mod-t', run: (app) => app.overlays.open({ kind: 'templates' }) },
  { id: 'note.makeTemplate', group: 'note', icon: 'template', when: open, run: keepAsTemplate },
  { id: 'note.daily', group: 'note', icon: 'calendar', keys: 'Mod-Shift-j', run: daily },
  { id: 'go.templates', group: 'go', icon: 'template', when: (app) => app.organisation.data.templates > 0, run: (app) => app.show({ kind: 'templates' }) },
];
