// Time and conflicts in memory, by the rules the engine keeps where a screen can tell.

import type {
  ConflictOutcome, ConflictRule, Decision, DeletedNote, Leaf, NoteContent, NoteHistory, NoteVersion, ResolveConflict, ResolvedConflicts, VersionReason,
} from '../generated';
import { plain } from './render';
import type { SeedLeaf } from './seed';
import { refuse, type FakeStore, type Row } from './store';

/** Another live leaf of a note. */
export interface OtherLeaf {
  revision: string;
  mine: boolean;
  content: NoteContent;
  base: NoteContent | null;
}

interface Kept {
  snapshot: string;
  reason: VersionReason;
  keptAt: number;
  content: NoteContent;
}

interface Made {
  shown: NoteContent;
  others: OtherLeaf[];
  version: number;
}

const minute = 60_000;

export const contentOf = (row: Row): NoteContent => ({ title: row.title, body: row.body, place: row.place, tags: [...row.tags], status: row.status, pinned: row.pinned, updatedAt: row.updated });

const wordsOf = (content: NoteContent): string[] => `${content.title} ${content.body}`.match(/[\p{L}\p{N}_']+/gu) ?? [];

/** Words the first has more often than the second. */
function beyond(a: string[], b: string[]): number {
  const counts = new Map<string, number>();
  for (const word of b) counts.set(word, (counts.get(word) ?? 0) + 1);
  let more = 0;
  for (const word of a) {
    const left = counts.get(word) ?? 0;
    if (left > 0) counts.set(word, left - 1);
    else more += 1;
  }
  return more;
}

const linesIn = (text: string, part: string): boolean => {
  const lines = text.split('\n');
  let at = 0;
  return part.split('\n').every((wanted) => {
    const found = lines.findIndex((line, i) => i >= at && line.trimEnd() === wanted.trimEnd());
    if (found < 0) return false;
    at = found + 1;
    return true;
  });
};

export class FakeHistory {
  /** Former versions by note, the newest first. Those of deleted notes stay. */
  private readonly kept = new Map<string, Kept[]>();
  private readonly made = new Map<string, Made>();
  private readonly gone = new Map<string, { snapshot: string; deletedAt: number }>();
  private counter = 0;

  constructor(private readonly store: FakeStore, private readonly now: () => number) {}

  plant(id: string, reason: VersionReason, content: NoteContent, keptAt: number): void {
    this.keep(id, reason, content, keptAt);
  }

  keep(id: string, reason: VersionReason, content: NoteContent, keptAt = this.now()): string {
    this.counter += 1;
    const snapshot = String(this.counter);
    this.kept.set(id, [{ snapshot, reason, keptAt, content: structuredClone(content) }, ...(this.kept.get(id) ?? [])]);
    return snapshot;
  }

  /** Before a text changes: the version before an editing session. */
  session(row: Row): void {
    const last = this.kept.get(row.id)?.[0]?.keptAt;
    const now = this.now();
    if (row.title === '' && row.body === '') return;
    if (last !== undefined && now - last < 2 * minute) return;
    if (now - row.updated >= 10 * minute || now - (last ?? row.created) >= 60 * minute) this.keep(row.id, 'edited', contentOf(row));
  }

  /** A deletion from elsewhere. */
  deleted(row: Row): void {
    const snapshot = this.keep(row.id, 'deleted', contentOf(row));
    this.gone.set(row.id, { snapshot, deletedAt: this.now() });
  }

  /** Deleted for good by hand: nothing of it stays. */
  forget(id: string): void {
    this.kept.delete(id);
    this.gone.delete(id);
  }

  history(id: string): NoteHistory {
    const row = this.store.notes.get(id);
    const kept = this.kept.get(id) ?? [];
    const all = [...(row === undefined ? [] : [{ snapshot: '', reason: 'edited' as const, keptAt: row.updated, content: contentOf(row) }]), ...kept];
    const words = all.map((version) => wordsOf(version.content));
    const versions = all.map((version, i): NoteVersion => {
      const mine = words[i] ?? [];
      const before = words[i + 1] ?? [];
      return { snapshot: version.snapshot, reason: version.reason, keptAt: version.keptAt, editedAt: version.content.updatedAt, title: version.content.title, words: mine.length, added: beyond(mine, before), removed: beyond(before, mine) };
    });
    return row === undefined ? { id, current: null, versions } : { id, current: versions[0] ?? null, versions: versions.slice(1) };
  }

  version(id: string, snapshot: string): NoteContent {
    return this.kept.get(id)?.find((version) => version.snapshot === snapshot)?.content ?? refuse('notFound');
  }

  /** Answers the version that was replaced. */
  restore(id: string, snapshot: string): string | null {
    const content = this.version(id, snapshot);
    const row = this.store.notes.get(id);
    const home = content.place.kind === 'notebook' && this.store.books.some((b) => content.place.kind === 'notebook' && b.id === content.place.id) ? content.place : null;
    if (row === undefined) {
      const now = this.now();
      this.store.notes.set(id, { id, title: content.title, body: content.body, place: home ?? { kind: 'notebook', id: 'book:first' }, before: null, tags: [...content.tags], status: content.status, pinned: false, created: now, updated: now, version: 1, others: [] });
      this.gone.delete(id);
      return null;
    }
    const replaced = this.keep(id, 'restored', contentOf(row));
    Object.assign(row, { title: content.title, body: content.body, tags: [...content.tags], status: content.status, ...(home === null || row.place.kind === 'trash' ? {} : { place: home }) });
    this.store.touch(row);
    return replaced;
  }

  recentlyDeleted(): DeletedNote[] {
    return [...this.gone].map(([id, { snapshot, deletedAt }]) => {
      const content = this.version(id, snapshot);
      return { id, snapshot, title: content.title, excerpt: plain(content.body.slice(0, 800)).slice(0, 200), deletedAt };
    }).reverse();
  }

  forgetDeleted(ids: string[]): number {
    const forgotten = ids.filter((id) => this.gone.has(id));
    for (const id of forgotten) this.forget(id);
    return forgotten.length;
  }

  bytes(): number {
    return [...new Set([...this.kept.values()].flat().map((version) => version.content.body))].reduce((sum, body) => sum + body.length, 0);
  }

  // Conflicts

  leaves(id: string): Leaf[] {
    const row = this.store.row(id);
    const shown: Leaf = { revision: row.others.length === 0 ? 'draft' : `${row.version}-a`, winner: true, mine: true, ...contentOf(row), base: null };
    return [shown, ...row.others.map((other): Leaf => ({ revision: other.revision, winner: false, mine: other.mine, ...other.content, base: other.base }))];
  }

  /** Another version arrives. */
  branch(row: Row, leaf: SeedLeaf): void {
    this.counter += 1;
    const updatedAt = row.updated - (leaf.earlier ?? 12) * minute;
    const content = { ...contentOf(row), updatedAt, ...(leaf.title === undefined ? {} : { title: leaf.title }), body: leaf.body, ...(leaf.tags === undefined ? {} : { tags: leaf.tags }), ...(leaf.status === undefined ? {} : { status: leaf.status }), ...(leaf.book === undefined ? {} : { place: { kind: 'notebook' as const, id: leaf.book } }) };
    const base = leaf.base === undefined ? null : { ...contentOf(row), updatedAt: updatedAt - 60 * minute, title: leaf.baseTitle ?? row.title, body: leaf.base, tags: leaf.baseTags ?? row.tags };
    row.others.push({ revision: `${this.counter}-b`, mine: false, content, base });
  }

  resolve(request: ResolveConflict): ConflictOutcome {
    const row = this.store.row(request.id);
    const present = this.leaves(request.id).map((leaf) => leaf.revision);
    if (present.length !== request.leaves.length || present.some((leaf) => !request.leaves.includes(leaf))) return { outcome: 'stale', current: this.store.detail(row) };
    const closed = row.others.filter((other) => !request.keepOpen.includes(other.revision));
    const made: Made = { shown: contentOf(row), others: closed, version: 0 };
    for (const side of [contentOf(row), ...closed.map((other) => other.content)]) this.keep(row.id, 'decided', side);
    const removed = (tag: string): boolean => closed.some((other) => other.base?.tags.includes(tag) === true && !(other.content.tags.includes(tag) && row.tags.includes(tag)));
    row.tags = request.tags ?? [...new Set([...row.tags, ...closed.flatMap((other) => other.content.tags)])].filter((tag) => !removed(tag));
    row.title = request.title;
    row.body = request.body;
    const theirs = closed[0];
    row.status = request.status ?? (theirs?.base?.status === row.status ? theirs.content.status : row.status);
    if (request.notebook !== undefined) row.place = { kind: 'notebook', id: request.notebook };
    else if (theirs !== undefined && theirs.base !== null && JSON.stringify(theirs.base.place) === JSON.stringify(row.place)) row.place = theirs.content.place;
    if (request.pinned !== undefined) row.pinned = request.pinned;
    row.others = row.others.filter((other) => !closed.includes(other));
    this.store.touch(row);
    made.version = row.version;
    this.made.set(`${row.id} ${row.version}`, made);
    return { outcome: 'decided', decision: { id: row.id, decision: String(row.version) } };
  }

  resolveMany(ids: string[], rule: ConflictRule): ResolvedConflicts {
    const result: ResolvedConflicts = { decisions: [], left: [] };
    for (const id of ids) {
      const row = this.store.notes.get(id);
      if (row === undefined || row.others.length === 0) continue;
      const leaves = this.leaves(id);
      const newest = Math.max(...leaves.map((leaf) => leaf.updatedAt));
      const all = (leaf: Leaf): boolean => leaves.every((other) => other.title === leaf.title && linesIn(leaf.body, other.body));
      const kept = leaves.find((leaf) => (rule === 'mine' ? leaf.mine : rule === 'newest' ? leaf.updatedAt === newest : all(leaf)));
      if (kept === undefined) {
        result.left.push(id);
        continue;
      }
      const outcome = this.resolve({ id, leaves: leaves.map((leaf) => leaf.revision), keepOpen: [], title: kept.title, body: kept.body });
      if (outcome.outcome === 'decided') result.decisions.push(outcome.decision);
    }
    return result;
  }

  reopen({ id, decision }: Decision): boolean {
    const key = `${id} ${decision}`;
    const made = this.made.get(key);
    const row = this.store.notes.get(id);
    if (made === undefined || row === undefined) return false;
    this.made.delete(key);
    if (row.version === made.version) Object.assign(row, { title: made.shown.title, body: made.shown.body, tags: made.shown.tags, status: made.shown.status, place: made.shown.place, pinned: made.shown.pinned });
    row.others.push(...made.others);
    this.store.touch(row);
    return true;
  }
}
