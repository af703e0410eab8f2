// Notebooks, tags, statuses and their counts: what the sidebar shows, and names for ids.

import { call } from '../ipc/call';
import type { NotebookRow, Sidebar, TagRow } from '../ipc/generated';

const AGAIN_AFTER = 150;

const nothing: Sidebar = { notebooks: [], tags: [], statuses: [], all: 0, pinned: 0, conflicts: 0, trash: 0, templates: 0, defaultNotebook: '' };

export class Organisation {
  data = $state.raw<Sidebar>(nothing);
  expanded = $state.raw<ReadonlySet<string>>(new Set());
  ready = $state.raw(false);

  private readonly books = $derived(new Map(this.data.notebooks.map((n) => [n.id, n])));
  private readonly tagsById = $derived(new Map(this.data.tags.map((t) => [t.id, t])));
  private readonly parents = $derived(new Set(this.data.notebooks.map((n) => n.parent)));
  private running: Promise<void> | null = null;
  private again = false;

  /** Reads everything anew; calls that come while one is under way share the next. */
  refresh(): Promise<void> {
    if (this.running !== null) {
      this.again = true;
      return this.running;
    }
    this.running = (async () => {
      do {
        this.again = false;
        this.data = await call('sidebar');
        this.ready = true;
        // Counts that change a hundred times a second in a first pull are read a few times.
        if (this.again) await new Promise((done) => setTimeout(done, AGAIN_AFTER));
      } while (this.again);
    })().finally(() => { this.running = null; });
    return this.running;
  }

  notebook(id: string): NotebookRow | undefined {
    return this.books.get(id);
  }

  tag(id: string): TagRow | undefined {
    return this.tagsById.get(id);
  }

  hasChildren(id: string): boolean {
    return this.parents.has(id);
  }

  isExpanded(id: string): boolean {
    return this.expanded.has(id) && this.hasChildren(id);
  }

  /** Names from the root down to the notebook. */
  path(id: string): string[] {
    const names: string[] = [];
    const seen = new Set<string>();
    for (let at = this.books.get(id); at !== undefined && !seen.has(at.id); at = at.parent === null ? undefined : this.books.get(at.parent)) {
      seen.add(at.id);
      names.unshift(at.name);
    }
    return names;
  }

  /** The notebook and everything inside it. */
  inside(id: string): Set<string> {
    const all = new Set([id]);
    for (const book of this.data.notebooks) if (book.parent !== null && all.has(book.parent)) all.add(book.id);
    return all;
  }

  /** The notebook one place up or down among its neighbours would stand before; `undefined`: it is at the end already. */
  neighbour(id: string, by: -1 | 1): { before: string | null } | undefined {
    const parent = this.books.get(id)?.parent ?? null;
    const level = this.data.notebooks.filter((b) => b.parent === parent);
    const at = level.findIndex((b) => b.id === id);
    const to = at + by;
    if (at < 0 || to < 0 || to >= level.length) return undefined;
    return { before: (by === -1 ? level[to] : level[to + 1])?.id ?? null };
  }

  /** Rows whose ancestors are all expanded; `below`: only those inside a notebook, as if it were the root. */
  visible(below: string | null = null): NotebookRow[] {
    if (below !== null) {
      const inside = this.inside(below);
      const depth = (this.books.get(below)?.depth ?? 0) + 1;
      return this.visible().concat(this.isExpanded(below) ? [] : this.data.notebooks.filter((b) => b.parent === below)).filter((b) => b.id !== below && inside.has(b.id)).map((b) => ({ ...b, depth: b.depth - depth }));
    }
    const rows: NotebookRow[] = [];
    let hiddenBelow = Infinity;
    for (const row of this.data.notebooks) {
      if (row.depth > hiddenBelow) continue;
      hiddenBelow = this.isExpanded(row.id) ? Infinity : row.depth;
      rows.push(row);
    }
    return rows;
  }

  setExpanded(id: string, open: boolean): void {
    const next = new Set(this.expanded);
    if (open) next.add(id);
    else next.delete(id);
    this.expanded = next;
  }

  /** Opens everything above a notebook, so that it can be seen. */
  reveal(id: string): void {
    const next = new Set(this.expanded);
    for (let at = this.books.get(id)?.parent ?? null; at !== null && !next.has(at); at = this.books.get(at)?.parent ?? null) next.add(at);
    this.expanded = next;
  }
}
