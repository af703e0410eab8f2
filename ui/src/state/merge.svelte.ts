// Deciding conflicts: the notes with several versions, the pair that is looked at, what was decided
// so far and can be undone. Nothing leaves this class but a finished decision; until then both
// versions are kept, and decisions find their places again when the versions are read anew.

import { asApiError, call } from '../ipc/call';
import type { ApiError, ConflictRule, Decision, Leaf, NoteContent, NoteSummary, ResolveConflict } from '../ipc/generated';
import { mergeMetadata, valuesOf, type FieldName, type Merged, type Side, type Values } from '../merge/metadata';
import { compose, decided, keyOf, placesOf, type Choice, type Place } from '../merge/places';

export const TITLE = 'title';
/** Conflicts listed, and those whose versions are compared before anybody opens them. */
const LISTED = 500;
const LOOKED_INTO = 40;

interface Draft {
  choices: ReadonlyMap<string, Choice>;
  fields: Partial<Record<FieldName, Side | 'rule'>>;
}

const nothing: Draft = { choices: new Map(), fields: {} };

export interface Pair {
  mine: Leaf;
  theirs: Leaf;
  base: NoteContent | null;
  winner: Side;
  /** The versions that are not in this pair. */
  others: Leaf[];
  title: Place;
  places: Place[];
  keys: string[];
  metadata: Merged;
}

export interface Overview { title: boolean; places: number; decided: number }

export class Merge {
  list = $state.raw<readonly NoteSummary[]>([]);
  id = $state.raw<string | null>(null);
  pair = $state.raw<Pair | null>(null);
  /** Which of the versions beside the shown one is compared. */
  at = $state.raw(0);
  versions = $state.raw(0);
  draft = $state.raw<Draft>(nothing);
  /** Key of the place the keyboard stands on. */
  active = $state.raw<string | null>(null);
  editing = $state.raw<string | null>(null);
  /** Another version came while this one was looked at. */
  stale = $state.raw(false);
  working = $state.raw(false);
  failure = $state.raw<ApiError | null>(null);
  overviews = $state.raw<ReadonlyMap<string, Overview>>(new Map());
  canUndo = $state.raw(false);
  canRedo = $state.raw(false);
  /** What the last Finish decided, for taking it back. */
  last = $state.raw<readonly Decision[]>([]);

  private readonly drafts = new Map<string, Draft>();
  private past: Draft[] = [];
  private future: Draft[] = [];
  private ticket = 0;

  /** Keys of the places a person has to decide, in the order of the page. */
  readonly open = $derived.by((): string[] => {
    const { pair } = this;
    if (pair === null) return [];
    return [...(pair.title.kind === 'open' ? [TITLE] : []), ...pair.keys.filter((_, i) => pair.places[i]?.kind === 'open')];
  });
  readonly decidedCount = $derived(this.open.filter((key) => this.draft.choices.has(key)).length);
  readonly complete = $derived(this.pair !== null && this.decidedCount === this.open.length);

  /** What the note will say; `null` while a place is open. */
  readonly result = $derived.by((): { title: string; body: string } | null => {
    const { pair, draft } = this;
    if (pair === null) return null;
    const title = decided(pair.title, draft.choices.get(TITLE));
    const body = compose(pair.places, draft.choices);
    return title === null || body === null ? null : { title, body };
  });

  readonly values = $derived.by((): Values | null => {
    const { pair, draft } = this;
    if (pair === null) return null;
    const [mine, theirs] = [valuesOf(pair.mine), valuesOf(pair.theirs)];
    const of = (name: FieldName): Values => (draft.fields[name] === 'mine' ? mine : draft.fields[name] === 'theirs' ? theirs : pair.metadata.values);
    return { notebook: of('notebook').notebook, status: of('status').status, pinned: of('pinned').pinned, tags: of('tags').tags };
  });

  /** Reads which notes have several versions, and opens `id` or the first of them. */
  async start(id: string | null): Promise<void> {
    await this.reloadList();
    const wanted = id ?? this.list[0]?.id ?? null;
    await this.openNote(wanted);
    void this.lookInto();
  }

  private async reloadList(): Promise<void> {
    const page = await call('list_notes', { scope: { kind: 'conflicts' }, search: '', sort: { key: 'updated', ascending: false }, offset: 0, limit: LISTED });
    this.list = page.items;
  }

  private async lookInto(): Promise<void> {
    for (const note of this.list.slice(0, LOOKED_INTO)) {
      if (this.overviews.has(note.id) || note.id === this.id) continue;
      try {
        const pair = pairOf(await call('conflict_leaves', { id: note.id }), 0);
        if (pair !== null) this.note(note.id, pair, this.drafts.get(note.id) ?? nothing);
      } catch {
        // The number beside its name is all that is missing.
        return;
      }
    }
  }

  async openNote(id: string | null): Promise<void> {
    this.keepDraft();
    this.id = id;
    this.at = 0;
    this.pair = null;
    this.editing = null;
    this.stale = false;
    this.failure = null;
    this.draft = (id === null ? undefined : this.drafts.get(id)) ?? nothing;
    this.past = [];
    this.future = [];
    this.marks();
    await this.read();
    this.active = this.open.find((key) => !this.draft.choices.has(key)) ?? this.open[0] ?? null;
  }

  private keepDraft(): void {
    if (this.id !== null) this.drafts.set(this.id, this.draft);
  }

  private async read(): Promise<void> {
    const { id } = this;
    if (id === null) return;
    this.ticket += 1;
    const { ticket } = this;
    try {
      const leaves = await call('conflict_leaves', { id });
      if (ticket !== this.ticket) return;
      this.take(leaves);
    } catch (reason) {
      if (ticket !== this.ticket) return;
      this.pair = null;
      this.failure = asApiError(reason).code === 'notFound' ? null : asApiError(reason);
    }
  }

  private take(leaves: readonly Leaf[]): void {
    this.versions = leaves.length;
    this.at = Math.max(0, Math.min(this.at, leaves.length - 2));
    this.pair = pairOf(leaves, this.at);
    if (this.active !== null && !this.open.includes(this.active)) this.active = this.open[0] ?? null;
    if (this.editing !== null && this.editing !== TITLE && this.pair?.keys.includes(this.editing) !== true) this.editing = null;
    if (this.id !== null && this.pair !== null) this.note(this.id, this.pair, this.draft);
  }

  private note(id: string, pair: Pair, draft: Draft): void {
    const open = [...(pair.title.kind === 'open' ? [TITLE] : []), ...pair.keys.filter((_, i) => pair.places[i]?.kind === 'open')];
    const overview = { title: pair.title.kind === 'open', places: open.length, decided: open.filter((key) => draft.choices.has(key)).length };
    this.overviews = new Map(this.overviews).set(id, overview);
  }

  /** Compares another of the versions with the one that is shown. */
  async compare(at: number): Promise<void> {
    this.at = at;
    await this.read();
    this.active = this.open[0] ?? null;
  }

  /** The store says that notes changed. */
  async changed(ids: readonly string[]): Promise<void> {
    const { id, pair } = this;
    await this.reloadList();
    if (id === null || (ids.length > 0 && !ids.includes(id)) || this.working) return;
    await this.read();
    const differ = (a: Leaf | undefined, b: Leaf | undefined): boolean => a?.revision !== b?.revision || a?.body !== b?.body || a?.title !== b?.title;
    if (pair !== null && (this.pair === null || differ(pair.mine, this.pair.mine) || differ(pair.theirs, this.pair.theirs) || pair.others.length !== this.pair.others.length)) this.stale = true;
  }

  // Deciding

  private change(next: Draft): void {
    this.past.push(this.draft);
    this.future = [];
    this.draft = next;
    this.marks();
  }

  private marks(): void {
    this.canUndo = this.past.length > 0;
    this.canRedo = this.future.length > 0;
    if (this.id !== null && this.pair !== null) this.note(this.id, this.pair, this.draft);
  }

  undo(): void {
    const before = this.past.pop();
    if (before === undefined) return;
    this.future.push(this.draft);
    this.draft = before;
    this.marks();
  }

  redo(): void {
    const next = this.future.pop();
    if (next === undefined) return;
    this.past.push(this.draft);
    this.draft = next;
    this.marks();
  }

  choose(key: string, choice: Choice): void {
    this.editing = null;
    this.change({ ...this.draft, choices: new Map(this.draft.choices).set(key, choice) });
    const rest = this.open.filter((other) => !this.draft.choices.has(other));
    const here = this.open.indexOf(key);
    this.active = rest.find((other) => this.open.indexOf(other) > here) ?? rest[0] ?? (this.open.includes(key) ? key : this.active);
  }

  chooseActive(kind: 'mine' | 'theirs' | 'both'): void {
    if (this.active === null || (kind === 'both' && this.active === TITLE)) return;
    this.choose(this.active, { kind });
  }

  chooseField(name: FieldName, side: Side | 'rule'): void {
    this.change({ ...this.draft, fields: { ...this.draft.fields, [name]: side } });
  }

  /** One side for the whole note: title, every place and every field. */
  keepAll(side: Side): void {
    const { pair } = this;
    if (pair === null) return;
    const changed = pair.keys.filter((_, i) => pair.places[i]?.kind !== 'same');
    const choices = new Map(this.draft.choices);
    for (const key of [TITLE, ...changed]) choices.set(key, { kind: side });
    this.editing = null;
    this.change({ choices, fields: { notebook: side, status: side, pinned: side, tags: side } });
  }

  step(by: 1 | -1): void {
    const at = this.active === null ? -1 : this.open.indexOf(this.active);
    const next = this.open[Math.max(0, Math.min(this.open.length - 1, at + by))];
    if (next !== undefined) this.active = next;
  }

  place(key: string): Place | null {
    if (key === TITLE) return this.pair?.title ?? null;
    const at = this.pair?.keys.indexOf(key) ?? -1;
    return this.pair?.places[at] ?? null;
  }

  // Finishing

  /** Writes the decision; answers whether it was written. */
  async finish(): Promise<boolean> {
    const { pair, result, values, id, draft } = this;
    if (pair === null || result === null || values === null || id === null || this.working) return false;
    this.working = true;
    this.failure = null;
    try {
      const chosen = (name: FieldName): boolean => draft.fields[name] === 'mine' || draft.fields[name] === 'theirs';
      const request: ResolveConflict = {
        id, leaves: [pair.mine, pair.theirs, ...pair.others].map((leaf) => leaf.revision), keepOpen: pair.others.map((leaf) => leaf.revision), title: result.title, body: result.body,
        ...(chosen('notebook') && values.notebook !== null ? { notebook: values.notebook } : {}),
        ...(chosen('status') ? { status: values.status } : {}),
        ...(chosen('pinned') ? { pinned: values.pinned } : {}),
        ...(chosen('tags') ? { tags: [...values.tags] } : {}),
      };
      const outcome = await call('resolve_conflict', request);
      if (outcome.outcome === 'stale') {
        this.stale = true;
        await this.read();
        return false;
      }
      this.last = [outcome.decision];
      this.drafts.delete(id);
      this.draft = nothing;
      this.forget([id]);
      await this.after(pair.others.length > 0 ? id : null);
      return true;
    } catch (reason) {
      this.failure = asApiError(reason);
      return false;
    } finally {
      this.working = false;
    }
  }

  private forget(ids: readonly string[]): void {
    const overviews = new Map(this.overviews);
    for (const id of ids) overviews.delete(id);
    this.overviews = overviews;
  }

  /** On to what is left to decide. */
  private async after(again: string | null): Promise<void> {
    const index = this.list.findIndex((note) => note.id === this.id);
    await this.reloadList();
    const next = again ?? this.list[Math.min(Math.max(0, index), this.list.length - 1)]?.id ?? null;
    // What was decided is not a draft to be kept.
    this.id = null;
    await this.openNote(next);
  }

  /** Decides many by one rule; answers how many, and how many stay for a person. */
  async decideMany(ids: readonly string[], rule: ConflictRule): Promise<{ decided: number; left: number }> {
    const resolved = await call('resolve_conflicts', { ids: [...ids], rule });
    this.last = resolved.decisions;
    const gone = resolved.decisions.map((d) => d.id);
    for (const id of gone) this.drafts.delete(id);
    this.forget(gone);
    if (this.id !== null && gone.includes(this.id)) await this.after(null);
    else await this.reloadList();
    return { decided: gone.length, left: resolved.left.length };
  }

  /** Takes the last decision back: all versions are there again. */
  async takeBack(): Promise<string | null> {
    const decisions = [...this.last];
    this.last = [];
    if (decisions.length === 0) return null;
    await call('reopen_conflicts', { decisions });
    return decisions[0]?.id ?? null;
  }
}

function pairOf(leaves: readonly Leaf[], at: number): Pair | null {
  const [shown, ...rest] = leaves;
  const other = rest[at];
  if (shown === undefined || other === undefined) return null;
  const swapped = !shown.mine && other.mine;
  const [mine, theirs] = swapped ? [other, shown] : [shown, other];
  const { base } = other;
  const places = placesOf(base?.body ?? null, mine.body, theirs.body, !swapped);
  return {
    mine, theirs, base, winner: swapped ? 'theirs' : 'mine', others: rest.filter((leaf) => leaf !== other),
    title: titlePlace(base?.title ?? null, mine.title, theirs.title), places, keys: places.map((_, i) => keyOf(places, i)),
    metadata: mergeMetadata(base, mine, theirs, swapped ? 'theirs' : 'mine'),
  };
}

/** A title is decided as a whole. */
function titlePlace(base: string | null, mine: string, theirs: string): Place {
  const kind = mine === theirs ? 'same' : base === theirs ? 'mine' : base === mine ? 'theirs' : 'open';
  return { kind, base: base ?? '', mine, theirs, result: kind === 'open' ? '' : kind === 'theirs' ? theirs : mine };
}
