// Which notes are chosen in the list, and the way back and forward through the ones that were open.

export class Selection {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  /** The row the keyboard stands on. */
  lead = $state.raw<string | null>(null);
  /** Where a range with Shift begins. */
  anchor = $state.raw<string | null>(null);

  only(id: string | null): void {
    this.ids = new Set(id === null ? [] : [id]);
    this.lead = id;
    this.anchor = id;
  }

  toggle(id: string): void {
    const next = new Set(this.ids);
    if (!next.delete(id)) next.add(id);
    this.ids = next;
    this.lead = id;
    this.anchor = id;
  }

  range(ids: readonly string[], lead: string): void {
    this.ids = new Set(ids);
    this.lead = lead;
  }

  /** Forgets notes that are no longer there. */
  drop(gone: readonly string[]): void {
    if (!gone.some((id) => this.ids.has(id))) return;
    this.ids = new Set([...this.ids].filter((id) => !gone.includes(id)));
    if (this.lead !== null && gone.includes(this.lead)) this.lead = null;
    if (this.anchor !== null && gone.includes(this.anchor)) this.anchor = null;
  }
}

const REMEMBER = 100;

/** Opened notes in order, as in a browser. */
export class Trail {
  private entries: string[] = [];
  private at = $state.raw(-1);
  private length = $state.raw(0);

  get canGoBack(): boolean { return this.at > 0; }
  get canGoForward(): boolean { return this.at < this.length - 1; }

  visit(id: string): void {
    if (this.entries[this.at] === id) return;
    this.entries = [...this.entries.slice(0, this.at + 1), id].slice(-REMEMBER);
    this.at = this.entries.length - 1;
    this.length = this.entries.length;
  }

  /** The note one step away, and stands there. */
  step(by: 1 | -1): string | null {
    const id = this.entries[this.at + by];
    if (id === undefined) return null;
    this.at += by;
    return id;
  }

  forget(id: string): void {
    const before = this.entries.slice(0, this.at + 1).filter((e) => e !== id).length;
    this.entries = this.entries.filter((e) => e !== id);
    this.at = before - 1;
    this.length = this.entries.length;
  }
}
