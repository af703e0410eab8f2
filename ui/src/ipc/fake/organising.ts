// Notebooks and tags of the pretended engine.

import type { Touched } from '../generated';
import type { Handlers } from './handlers';
import { refuse, type FakeStore } from './store';

type Organising = Pick<Handlers, 'create_notebook' | 'rename_notebook' | 'set_notebook_icon' | 'move_notebook' | 'arrange_notebook' | 'delete_notebook' | 'create_tag' | 'rename_tag' | 'set_tag_color' | 'delete_tag'>;

/** `changed`: these notes are not what they were; `tell`: the sidebar is not. */
export function organising(store: () => FakeStore, changed: (ids: string[]) => Touched, tell: () => void): Organising {
  const book = (id: string): FakeStore['books'][number] => store().books.find((b) => b.id === id) ?? refuse('notFound');
  return {
    create_notebook: (r) => {
      const id = store().fresh('book');
      store().books.push({ id, name: r.name, parent: r.parent });
      tell();
      return store().sidebar().notebooks.find((b) => b.id === id) ?? refuse('bug');
    },
    rename_notebook: (r) => { book(r.id).name = r.name; tell(); return null; },
    set_notebook_icon: (r) => { book(r.id).icon = r.icon; tell(); return null; },
    move_notebook: (r) => {
      if (r.parent !== null && store().descendants(r.id).includes(r.parent)) refuse('notebookCycle');
      book(r.id).parent = r.parent;
      tell();
      return null;
    },
    arrange_notebook: (r) => {
      if (r.parent !== null && store().descendants(r.id).includes(r.parent)) refuse('notebookCycle');
      store().arrange(r.id, r.parent, r.before);
      tell();
      return null;
    },
    delete_notebook: (r) => {
      if (r.id === 'book:first') refuse('defaultNotebook');
      const gone = store().descendants(r.id);
      const notes = [...store().notes.values()].filter((n) => n.place.kind === 'notebook' && gone.includes(n.place.id));
      for (const note of notes) { note.place = { kind: 'trash' }; note.version += 1; }
      store().books.splice(0, store().books.length, ...store().books.filter((b) => !gone.includes(b.id)));
      return changed(notes.map((n) => n.id));
    },
    create_tag: (r) => {
      const known = store().tags.find((t) => t.name.toLowerCase() === r.name.toLowerCase());
      const tag = known ?? { id: store().fresh('tag'), name: r.name, color: r.color };
      if (known === undefined) store().tags.push(tag);
      tell();
      return { ...tag, notes: 0 };
    },
    rename_tag: (r) => {
      if (store().tags.some((t) => t.id !== r.id && t.name.toLowerCase() === r.name.toLowerCase())) refuse('nameTaken');
      (store().tags.find((t) => t.id === r.id) ?? refuse('notFound')).name = r.name;
      tell();
      return null;
    },
    set_tag_color: (r) => {
      (store().tags.find((t) => t.id === r.id) ?? refuse('notFound')).color = r.color;
      tell();
      return null;
    },
    delete_tag: (r) => {
      store().tags.splice(0, store().tags.length, ...store().tags.filter((t) => t.id !== r.id));
      const notes = [...store().notes.values()].filter((n) => n.tags.includes(r.id));
      for (const note of notes) note.tags = note.tags.filter((t) => t !== r.id);
      return changed(notes.map((n) => n.id));
    },
  };
}
