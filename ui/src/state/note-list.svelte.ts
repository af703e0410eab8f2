// The list: a window into all notes of a scope. Pages are fetched when they come into sight and stay
// on the screen until their newer version has arrived, so nothing flashes.

import { asApiError, call, callInLane } from '../ipc/call';
import type { ApiError, ListNotes, NotePage, NoteSummary, Scope, Sort } from '../ipc/generated';
import type { RequestOf } from '../ipc/host';

const PAGE = 100;
/** Pages kept; beyond that the ones farthest from sight are dropped. */
const KEEP = 24;
const REFRESH_AFTER = 60;
const REFRESH_AGAIN = 400;
const POINTED_FOR = 700;

/** What is asked when a list without a search is shown from its top. */
export function firstPage(scope: Scope, sort: Sort, within: string | null): RequestOf<'list_notes'> {
  return { scope, search: '', sort, within, offset: 0, limit: PAGE };
}

export class NoteList {
  scope = $state.raw<Scope>({ kind: 'all' });
  search = $state.raw('');
  within: string | null = null;
  sort = $state.raw<Sort>({ key: 'updated', ascending: false });
  total = $state.raw(0);
  totalIsExact = $state.raw(true);
  /** Notes a search could not look into yet. */
  notSearched = $state.raw(0);
  /** `false` until the first page of the present question has arrived. */
  ready = $state.raw(false);
  failure = $state.raw<ApiError | null>(null);
  /** What the rows on the screen are the answer to; the question may be newer. */
  answered = $state.raw<{ search: string; scope: Scope }>({ search: '', scope: { kind: 'all' } });
  /** Counts questions; a view scrolls to the top when it changes. */
  question = $state.raw(0);

  private pages = $state.raw<ReadonlyMap<number, readonly NoteSummary[]>>(new Map());
  private wanted: [number, number] = [0, 0];
  private loading = new Set<string>();
  private generation = 0;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private calm: ReturnType<typeof setTimeout> | undefined;
  private postponed = false;
  /** There was a refresh a moment ago. */
  private refreshed = false;

  /** The row at an index, when it is known. */
  row(index: number): NoteSummary | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  indexOf(id: string): number {
    for (const [page, rows] of this.pages) {
      const at = rows.findIndex((r) => r.id === id);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  find(id: string): NoteSummary | undefined {
    const at = this.indexOf(id);
    return at < 0 ? undefined : this.row(at);
  }

  /** Another scope, search or order: a new question. */
  async ask(change: { scope?: Scope; search?: string; sort?: Sort; within?: string | null }): Promise<void> {
    if (change.scope !== undefined) this.scope = change.scope;
    if (change.search !== undefined) this.search = change.search;
    if (change.sort !== undefined) this.sort = change.sort;
    if (change.within !== undefined) this.within = change.within;
    this.question += 1;
    this.wanted = [0, 0];
    await this.reload(true);
  }

  /** Rows `first` to `last` are in sight. */
  want(first: number, last: number): void {
    this.wanted = [Math.floor(Math.max(0, first) / PAGE), Math.floor(Math.max(0, last) / PAGE)];
    for (let page = this.wanted[0]; page <= this.wanted[1]; page += 1) {
      if (!this.pages.has(page) && page * PAGE < this.total) void this.load(page, this.generation);
    }
  }

  /** Makes sure a row is there, for keyboard movement into what was not in sight yet. */
  async fetch(index: number): Promise<NoteSummary | undefined> {
    if (this.row(index) === undefined && index >= 0 && index < this.total) await this.load(Math.floor(index / PAGE), this.generation);
    return this.row(index);
  }

  /** Ids of rows `from` to `to`, fetched as needed. */
  async range(from: number, to: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = Math.min(from, to); i <= Math.max(from, to); i += 1) {
      const row = await this.fetch(i);
      if (row !== undefined) ids.push(row.id);
    }
    return ids;
  }

  /**
   * The store says that notes changed. Many changes in a row become one refresh; while they go on for
   * long (a first pull), there is one now and then, so that the list grows before the eyes.
   */
  refreshSoon(): void {
    if (this.calm !== undefined) {
      this.postponed = true;
      return;
    }
    this.refreshTimer ??= setTimeout(() => void this.reload(false), this.refreshed ? REFRESH_AGAIN : REFRESH_AFTER);
    if (this.refreshed) return;
    this.refreshed = true;
    setTimeout(() => { this.refreshed = false; }, REFRESH_AGAIN);
  }

  /** The pointer moves over the rows: for a moment none of them moves away from under it. */
  pointed(): void {
    clearTimeout(this.calm);
    this.calm = setTimeout(() => {
      this.calm = undefined;
      if (this.postponed) this.refreshSoon();
      this.postponed = false;
    }, POINTED_FOR);
  }

  async reload(fresh: boolean): Promise<void> {
    clearTimeout(this.refreshTimer);
    this.refreshTimer = undefined;
    this.generation += 1;
    const generation = this.generation;
    const [first, last] = this.wanted;
    if (fresh) this.ready = false;
    const next = new Map<number, readonly NoteSummary[]>();
    try {
      for (let page = first; page <= last; page += 1) {
        const answer = await (fresh ? callInLane('list', 'list_notes', this.pageWanted(page)) : this.request(page));
        if (generation !== this.generation) return;
        next.set(page, answer.items);
        this.total = answer.total;
        this.totalIsExact = answer.totalIsExact;
        this.notSearched = answer.notSearched;
      }
      this.pages = next;
      this.answered = { search: this.search, scope: this.scope };
      this.failure = null;
    } catch (reason) {
      if (generation !== this.generation) return;
      const error = asApiError(reason);
      if (error.code === 'cancelled') return;
      this.failure = error;
    }
    this.ready = true;
    this.want(this.wanted[0] * PAGE, this.wanted[1] * PAGE);
  }

  private pageWanted(page: number): ListNotes {
    return { scope: this.scope, search: this.search, sort: this.sort, within: this.within, offset: page * PAGE, limit: PAGE };
  }

  private request(page: number): Promise<NotePage> {
    return call('list_notes', this.pageWanted(page));
  }

  private async load(page: number, generation: number): Promise<void> {
    const key = `${generation}:${page}`;
    if (this.loading.has(key)) return;
    this.loading.add(key);
    try {
      const answer = await this.request(page);
      if (generation !== this.generation) return;
      const next = new Map(this.pages);
      next.set(page, answer.items);
      const middle = (this.wanted[0] + this.wanted[1]) / 2;
      while (next.size > KEEP) {
        const farthest = [...next.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))[0];
        if (farthest === undefined) break;
        next.delete(farthest);
      }
      this.pages = next;
      this.total = answer.total;
      this.totalIsExact = answer.totalIsExact;
      this.notSearched = answer.notSearched;
    } catch (reason) {
      const error = asApiError(reason);
      if (generation === this.generation && error.code !== 'cancelled') this.failure = error;
    } finally {
      this.loading.delete(key);
    }
  }
}
