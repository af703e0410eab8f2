// Notes in memory with the rules the engine keeps: versions, stale edits, trash, conflicts, counts.
// It decides like the engine where a screen can tell the difference, and nowhere else.

import type {
  ApiError, ErrorCode, ListNotes, Mentions, NoteDetail, NotePage, NoteStatus, NoteSummary, NotebookIcon, NotebookRow, Place, Sidebar, Span, TagColor, UpdateOutcome,
} from '../generated';
import { fuzzy } from '../../views/dialogs/fuzzy';
import type { OtherLeaf } from './history';
import { plain } from './render';
import type { Seed, SeedNote } from './seed';
import { within } from './days';

export interface Row {
  id: string;
  title: string;
  body: string;
  place: Place;
  before: string | null;
  tags: string[];
  status: NoteStatus;
  pinned: boolean;
  created: number;
  updated: number;
  version: number;
  /** Live leaves beside the one shown. */
  others: OtherLeaf[];
}

export function refuse(code: ErrorCode, detail?: string): never {
  const error: ApiError = detail === undefined ? { code } : { code, detail };
  throw error;
}

export class FakeStore {
  readonly notes = new Map<string, Row>();
  readonly books: { id: string; name: string; parent: string | null; order?: number; icon?: NotebookIcon | null }[] = [];
  readonly tags: { id: string; name: string; color: TagColor }[] = [];
  private counter = 0;
  /** The rows of the last question, until something changes: a long list is asked for page by page. */
  private last: { key: string; rows: Row[]; needles: string[] } | null = null;

  constructor(seed: Seed, trash: SeedNote[], private readonly now: () => number) {
    this.books.push(...seed.books.map((b) => ({ ...b })));
    this.tags.push(...seed.tags.map((t) => ({ ...t })));
    for (const note of seed.notes) this.plant(note, { kind: 'notebook', id: note.book });
    for (const note of trash) this.plant(note, { kind: 'trash' });
  }

  private plant(note: SeedNote, place: Place): void {
    const time = this.now() - note.age * 60_000;
    this.notes.set(note.id, {
      id: note.id, title: note.title, body: note.body, place, before: note.book, tags: [...note.tags], status: note.status, pinned: note.pinned ?? false,
      created: time - 86_400_000, updated: time, version: 1, others: [],
    });
  }

  /** A note that somebody else has deleted: planted only to be taken away. */
  plantDeleted(note: SeedNote): Row {
    this.plant(note, { kind: 'notebook', id: note.book });
    return this.row(note.id);
  }

  fresh(prefix: string): string {
    this.counter += 1;
    return `${prefix}:new${this.counter}`;
  }

  row(id: string): Row {
    return this.notes.get(id) ?? refuse('notFound');
  }

  changed(): void {
    this.last = null;
  }

  touch(row: Row): void {
    this.changed();
    row.version += 1;
    row.updated = this.now();
  }

  summary(row: Row, needles: string[] = []): NoteSummary {
    const text = plain(row.body.slice(0, 4000));
    const first = Math.max(0, ...needles.map((n) => text.toLowerCase().indexOf(n)));
    const start = first > 60 ? text.lastIndexOf(' ', first - 30) + 1 : 0;
    const excerpt = (start > 0 ? '…' : '') + text.slice(start, start + 200);
    const tasks = row.body.match(/^\s*(?:[-*+]|\d+\.)\s+\[[ xX]\]/gm) ?? [];
    return {
      id: row.id, title: row.title, titleHits: hits(row.title, needles), excerpt, excerptHits: hits(excerpt, needles), place: row.place, tags: [...row.tags], status: row.status,
      pinned: row.pinned, conflicted: row.others.length > 0, updatedAt: row.updated, createdAt: row.created, tasks: tasks.length,
      checkedTasks: tasks.filter((t) => /x\]$/i.test(t)).length,
      ...(row.title.length > 256 ? { heldBack: { kind: 'titleTooLong' as const, chars: row.title.length, max: 256 } } : {}),
    };
  }

  detail(row: Row): NoteDetail {
    return { ...this.summary(row), body: row.body, version: String(row.version) };
  }

  private below(id: string): Set<string> {
    const all = new Set([id]);
    for (let grew = true; grew;) {
      grew = false;
      for (const book of this.books) {
        if (book.parent !== null && all.has(book.parent) && !all.has(book.id)) {
          all.add(book.id);
          grew = true;
        }
      }
    }
    return all;
  }

  descendants(id: string): string[] {
    return [...this.below(id)];
  }

  list(request: ListNotes): NotePage {
    const key = JSON.stringify([request.scope, request.search, request.sort, request.within]);
    if (this.last?.key !== key) this.last = { key, ...this.select(request) };
    const { rows, needles } = this.last;
    return { items: rows.slice(request.offset, request.offset + Math.min(500, request.limit)).map((r) => this.summary(r, needles)), total: rows.length, totalIsExact: true, notSearched: 0 };
  }

  findTitles(typed: string, limit: number): NoteSummary[] {
    const rows = [...this.notes.values()].filter((r) => r.place.kind !== 'trash');
    if (typed.trim() === '') return rows.sort((a, b) => b.updated - a.updated).slice(0, limit).map((r) => this.summary(r));
    const found: { row: Row; score: number; hits: number[] }[] = [];
    for (const row of rows) {
      let score = 0;
      const hits: number[] = [];
      const all = typed.trim().split(/\s+/).every((word) => {
        const match = fuzzy(word, row.title);
        score += match?.score ?? 0;
        hits.push(...(match?.hits ?? []));
        return match !== null;
      });
      if (all) found.push({ row, score, hits });
    }
    found.sort((a, b) => b.score - a.score || b.row.updated - a.row.updated);
    return found.slice(0, limit).map(({ row, hits }) => ({ ...this.summary(row), titleHits: spansOf(row.title, hits) }));
  }

  private links(row: Row, to: Row): boolean {
    const id = to.id.replace(/^note:/, '');
    return row.body.includes(`://note/${id}`) || row.body.includes(`://note:${id}`) || [...row.body.matchAll(/\[\[([^[\]|\n]+)(?:\|[^[\]\n]*)?\]\]/g)].some((m) => m[1]?.trim().toLowerCase() === to.title.trim().toLowerCase());
  }

  mentions(id: string): Mentions {
    const to = this.row(id);
    const title = to.title.trim();
    const line = (row: Row, test: (line: string) => boolean): NoteSummary => {
      const text = plain(row.body.split('\n').find(test) ?? '');
      return { ...this.summary(row), excerpt: text, excerptHits: hits(text, [title.toLowerCase()]) };
    };
    const rows = [...this.notes.values()].filter((r) => r.id !== id && r.place.kind !== 'trash').sort((a, b) => b.updated - a.updated);
    const linked = rows.filter((r) => this.links(r, to));
    const unlinked = title.length < 3 ? [] : rows.filter((r) => !linked.includes(r) && r.body.toLowerCase().includes(title.toLowerCase()));
    return {
      linked: linked.map((r) => line(r, (l) => l.includes(id.replace(/^note:/, '')) || l.toLowerCase().includes(`[[${title.toLowerCase()}`))),
      unlinked: unlinked.map((r) => line(r, (l) => l.toLowerCase().includes(title.toLowerCase()))),
      complete: true,
    };
  }

  /** Answers the notes that changed. */
  relink(id: string, from: string, to: string): string[] {
    const changed: string[] = [];
    const quoted = from.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const bare = id.replace(/^note:/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    for (const row of this.notes.values()) {
      const body = row.body
        .replace(new RegExp(`\\[\\[\\s*${quoted}\\s*(\\|[^[\\]\\n]*)?\\]\\]`, 'gi'), (_all, label?: string) => `[[${to}${label ?? ''}]]`)
        .replace(new RegExp(`\\[${quoted}\\](\\((?:inkdrop|sheaf)://note[/:]${bare})`, 'gi'), (_all, rest: string) => `[${to}]${rest}`);
      if (body === row.body) continue;
      row.body = body;
      this.touch(row);
      changed.push(row.id);
    }
    return changed;
  }

  private select(request: ListNotes): { rows: Row[]; needles: string[] } {
    const { scope } = request;
    const open = (r: Row): boolean => r.status !== 'completed' && r.status !== 'dropped';
    const books = scope.kind === 'notebook' ? (scope.deep ? this.below(scope.id) : new Set([scope.id])) : null;
    const within = request.within === undefined || request.within === null ? null : this.below(request.within);
    const query = parse(request.search);
    const inScope = (r: Row): boolean => {
      if (scope.kind === 'trash') return r.place.kind === 'trash';
      if (scope.kind === 'templates') return r.place.kind === 'template';
      if (r.place.kind !== 'notebook' || (within !== null && !within.has(r.place.id))) return false;
      switch (scope.kind) {
        case 'all': return true;
        case 'pinned': return r.pinned;
        case 'conflicts': return r.others.length > 0;
        case 'notebook': return books?.has(r.place.id) === true && (open(r) || request.search !== '');
        case 'tag': return r.tags.includes(scope.id);
        case 'status': return r.status === scope.status;
      }
    };
    const rows = [...this.notes.values()].filter((r) => inScope(r) && this.matches(r, query));
    const { key, ascending } = request.sort;
    const needles = query.words.filter((w) => !w.exclude).map((w) => w.text);
    const inTitle = (r: Row): boolean => needles.some((n) => r.title.toLowerCase().includes(n));
    const order = (a: Row, b: Row): number => {
      if (key === 'title') return a.title.localeCompare(b.title);
      if (key === 'created') return a.created - b.created;
      if (key === 'relevance' && inTitle(a) !== inTitle(b)) return inTitle(a) ? 1 : -1;
      return a.updated - b.updated;
    };
    // Titles rise by default, times fall: `ascending` says oldest first or A before Z.
    rows.sort((a, b) => (ascending ? order(a, b) : order(b, a)));
    return { rows, needles };
  }

  private matches(row: Row, query: Query): boolean {
    for (const word of query.words) {
      const hay = (word.field === 'title' ? row.title : word.field === 'body' ? row.body : `${row.title}\n${row.body}`).toLowerCase();
      if (hay.includes(word.text) === word.exclude) return false;
    }
    for (const filter of query.filters) {
      const hit =
        filter.field === 'status' ? row.status.toLowerCase() === filter.text
        : filter.field === 'has' ? has(row, filter.text)
        : filter.field === 'updated' ? within(row.updated, filter.text, this.now())
        : filter.field === 'created' ? within(row.created, filter.text, this.now())
        : filter.field === 'tag' ? row.tags.some((id) => this.tags.find((t) => t.id === id)?.name.toLowerCase() === filter.text)
        : row.place.kind === 'notebook' && this.books.find((b) => row.place.kind === 'notebook' && b.id === row.place.id)?.name.toLowerCase() === filter.text;
      if (hit === filter.exclude) return false;
    }
    return true;
  }

  update(id: string, base: string, change: { title?: string; body?: string }): UpdateOutcome {
    const row = this.row(id);
    if (String(row.version) !== base) return { outcome: 'stale', current: this.detail(row) };
    if (change.title !== undefined) row.title = change.title;
    if (change.body !== undefined) row.body = change.body;
    this.touch(row);
    return { outcome: 'saved', version: String(row.version) };
  }

  arrange(id: string, parent: string | null, before: string | null): void {
    const book = this.books.find((b) => b.id === id) ?? refuse('notFound');
    const level = this.sidebar().notebooks.filter((b) => b.parent === parent && b.id !== id).map((b) => b.id);
    const at = before === null ? level.length : level.indexOf(before);
    level.splice(at < 0 ? level.length : at, 0, id);
    book.parent = parent;
    level.forEach((other, place) => { const found = this.books.find((b) => b.id === other); if (found !== undefined) found.order = place + 1; });
  }

  sidebar(): Sidebar {
    const direct = new Map<string, number>();
    const count = { all: 0, pinned: 0, conflicts: 0, trash: 0, templates: 0 };
    const status = new Map<NoteStatus, number>();
    const tag = new Map<string, number>();
    for (const row of this.notes.values()) {
      if (row.place.kind === 'trash') count.trash += 1;
      if (row.place.kind === 'template') count.templates += 1;
      if (row.place.kind !== 'notebook') continue;
      count.all += 1;
      if (row.pinned) count.pinned += 1;
      if (row.others.length > 0) count.conflicts += 1;
      status.set(row.status, (status.get(row.status) ?? 0) + 1);
      for (const id of row.tags) tag.set(id, (tag.get(id) ?? 0) + 1);
      if (row.status !== 'completed' && row.status !== 'dropped') direct.set(row.place.id, (direct.get(row.place.id) ?? 0) + 1);
    }
    const notebooks: NotebookRow[] = [];
    const walk = (parent: string | null, depth: number): number => {
      let sum = 0;
      for (const book of this.books.filter((b) => b.parent === parent).sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity) || 0)) {
        const row: NotebookRow = { id: book.id, name: book.name, parent, depth, notes: direct.get(book.id) ?? 0, notesDeep: 0, icon: book.icon ?? null };
        notebooks.push(row);
        row.notesDeep = row.notes + walk(book.id, depth + 1);
        sum += row.notesDeep;
      }
      return sum;
    };
    walk(null, 0);
    const statuses = (['active', 'onHold', 'completed', 'dropped'] as const).map((s) => ({ status: s, notes: status.get(s) ?? 0 }));
    const tags = this.tags.map((t) => ({ ...t, notes: tag.get(t.id) ?? 0 })).sort((a, b) => a.name.localeCompare(b.name));
    return { notebooks, tags, statuses, ...count, defaultNotebook: 'book:first' };
  }
}

/** Letters by their number as spans in UTF-16 units. */
function spansOf(text: string, letters: readonly number[]): Span[] {
  const wanted = new Set(letters);
  const spans: Span[] = [];
  let at = 0;
  [...text].forEach((letter, i) => {
    const last = spans[spans.length - 1];
    if (wanted.has(i)) {
      if (last !== undefined && last[0] + last[1] === at) last[1] += letter.length;
      else spans.push([at, letter.length]);
    }
    at += letter.length;
  });
  return spans;
}

interface Query {
  words: { field: 'any' | 'title' | 'body'; text: string; exclude: boolean }[];
  filters: { field: string; text: string; exclude: boolean }[];
}

function parse(search: string): Query {
  const query: Query = { words: [], filters: [] };
  for (const m of search.toLowerCase().matchAll(/(-?)(?:(book|tag|status|title|body|has|updated|created):)?(?:"([^"]*)"|(\S+))/g)) {
    const text = m[3] ?? m[4] ?? '';
    // A qualifier that waits for its value asks for nothing.
    if (text === '' || (m[2] === undefined && /^(?:book|tag|status|title|body|has|updated|created):"?$/.test(text))) continue;
    const exclude = m[1] === '-';
    const field = m[2];
    if (field === undefined || field === 'title' || field === 'body') query.words.push({ field: field ?? 'any', text, exclude });
    else query.filters.push({ field, text, exclude });
  }
  return query;
}

/** What `list/matching.rs` of the store reads off a note. */
function has(row: Row, what: string): boolean {
  const tasks = row.body.match(/^\s*(?:[-*+]|\d+\.)\s+\[[ xX]\]/gm) ?? [];
  switch (what) {
    case 'task': case 'tasks': return tasks.length > 0;
    case 'todo': case 'open': return tasks.some((t) => /\[ \]$/.test(t));
    case 'tag': case 'tags': return row.tags.length > 0;
    case 'conflict': return row.others.length > 0;
    case 'title': return row.title !== '';
    case 'attachment': case 'attachments': case 'file': return /\/\/(?:sheaf-)?file[:/]/.test(row.body);
    case 'image': case 'picture': return row.body.includes('![');
    case 'link': case 'links': return /https?:\/\/|\[\[|\/\/note[:/]/.test(row.body);
    case 'code': return /```|~~~/.test(row.body);
    case 'math': return row.body.includes('$$');
    default: return false;
  }
}

function hits(text: string, needles: string[]): Span[] {
  const low = text.toLowerCase();
  const found: Span[] = [];
  for (const needle of needles) {
    for (let at = low.indexOf(needle); needle !== '' && at >= 0; at = low.indexOf(needle, at + needle.length)) found.push([at, needle.length]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}
