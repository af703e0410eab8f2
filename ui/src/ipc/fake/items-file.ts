// Notes as a file of the pretended engine, out and in again.

import type { ReportText, SavedReport, Touched } from '../generated';
import type { Handlers } from './handlers';
import { refuse, type FakeStore } from './store';

function everyItem(store: FakeStore): string {
  return JSON.stringify({ items: [...store.notes.values()].map((row) => ({ uuid: row.id, content_type: 'Note', content: { title: row.title, text: row.body, references: [] } })) });
}

/** `write` saves a text among the downloads. */
export function itemsFile(store: () => FakeStore, now: () => number, changed: (ids: string[]) => Touched, write: (text: ReportText) => SavedReport): Pick<Handlers, 'export_items' | 'save_items' | 'import_items'> {
  return {
    export_items: () => ({ text: everyItem(store()), notes: store().notes.size, notebooks: 0, tags: 0 }),
    save_items: () => write({ text: everyItem(store()), fileName: 'sheaf-notes-2026-11-21.json' }),
    import_items: (r) => {
      const file = ((): { items?: { uuid: string; content_type: string; content: { title?: string; text?: string } }[] } => {
        try {
          return JSON.parse(r.text) as object;
        } catch {
          return {};
        }
      })();
      if (!Array.isArray(file.items)) refuse('invalid');
      const items = file.items ?? [];
      const notes = items.filter((item) => item.content_type === 'Note' && !store().notes.has(item.uuid));
      const at = now();
      for (const { uuid, content } of notes) store().notes.set(uuid, { id: uuid, title: content.title ?? '', body: content.text ?? '', place: { kind: 'notebook', id: 'book:first' }, before: null, tags: [], status: 'none', pinned: false, created: at, updated: at, version: 1, others: [] });
      changed(notes.map((note) => note.uuid));
      return { notes: notes.length, notebooks: 0, tags: 0, alreadyHere: items.filter((item) => item.content_type === 'Note').length - notes.length, skipped: items.filter((item) => item.content_type !== 'Note').length };
    },
  };
}
