// The versions of one note, and which of them is looked at.

import { asApiError, call } from '../ipc/call';
import type { ApiError, NoteContent, NoteHistory, NoteVersion } from '../ipc/generated';

export type HistoryView = 'changes' | 'now' | 'text';

export class History {
  id = $state.raw<string | null>(null);
  data = $state.raw<NoteHistory | null>(null);
  failure = $state.raw<ApiError | null>(null);
  /** Name of the version looked at; empty: what the note says now. */
  chosen = $state.raw('');
  view = $state.raw<HistoryView>('changes');
  content = $state.raw<NoteContent | null>(null);
  /** What it is compared with; `null`: nothing came before. */
  against = $state.raw<NoteContent | null>(null);
  working = $state.raw(false);

  private readonly read = new Map<string, NoteContent>();
  private ticket = 0;

  /** The newest first, what the note says now in front. */
  readonly versions = $derived.by((): readonly NoteVersion[] => (this.data === null ? [] : [...(this.data.current === null ? [] : [this.data.current]), ...this.data.versions]));
  readonly version = $derived(this.versions.find((v) => v.snapshot === this.chosen) ?? null);
  /** The version the chosen one is compared with. */
  readonly before = $derived.by((): NoteVersion | null => {
    if (this.view === 'now') return this.data?.current ?? null;
    return this.versions[this.versions.findIndex((v) => v.snapshot === this.chosen) + 1] ?? null;
  });

  async start(id: string): Promise<void> {
    this.id = id;
    this.data = null;
    this.content = null;
    this.against = null;
    this.failure = null;
    this.view = 'changes';
    this.read.clear();
    await this.reload();
    const first = this.versions.find((v) => v.snapshot !== '') ?? this.versions[0];
    if (first !== undefined) await this.choose(first.snapshot);
  }

  private async reload(): Promise<void> {
    const { id } = this;
    if (id === null) return;
    try {
      this.data = await call('note_history', { id });
      this.failure = null;
    } catch (reason) {
      this.failure = asApiError(reason);
    }
  }

  /** The store says that notes changed. */
  async changed(ids: readonly string[]): Promise<void> {
    if (this.id === null || this.working || (ids.length > 0 && !ids.includes(this.id))) return;
    this.read.delete('');
    await this.reload();
    await this.show();
  }

  async choose(snapshot: string): Promise<void> {
    this.chosen = snapshot;
    if (snapshot === '' && this.view === 'now') this.view = 'changes';
    await this.show();
  }

  async setView(view: HistoryView): Promise<void> {
    this.view = view;
    await this.show();
  }

  async step(by: 1 | -1): Promise<void> {
    const at = this.versions.findIndex((v) => v.snapshot === this.chosen);
    const next = this.versions[Math.max(0, Math.min(this.versions.length - 1, at + by))];
    if (next !== undefined) await this.choose(next.snapshot);
  }

  private async show(): Promise<void> {
    this.ticket += 1;
    const { ticket, before, version } = this;
    if (version === null) return;
    try {
      const [content, against] = await Promise.all([this.contentOf(version.snapshot), before === null ? null : this.contentOf(before.snapshot)]);
      if (ticket !== this.ticket) return;
      // Against now, what is read is the way from there to here: what restoring would bring.
      this.content = content;
      this.against = against;
      this.failure = null;
    } catch (reason) {
      if (ticket === this.ticket) this.failure = asApiError(reason);
    }
  }

  private async contentOf(snapshot: string): Promise<NoteContent> {
    const id = this.id ?? '';
    const known = this.read.get(snapshot);
    if (known !== undefined) return known;
    const content = snapshot === '' ? await call('get_note', { id }) : await call('snapshot', { id, snapshot });
    this.read.set(snapshot, content);
    return content;
  }
}
