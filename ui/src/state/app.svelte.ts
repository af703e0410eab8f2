// The window's state as one object: the parts, the events that reach them, and the few decisions that
// concern several of them at once (which note is open, what a change elsewhere touches).

import type { Extension } from '@codemirror/state';

import { asApiError, call, currentHost } from '../ipc/call';
import type { ApiError, AppInfo, CreateNote, Event, NoteDetail, Scope, ShellEvent, Sort } from '../ipc/generated';
import { Diagnosis } from './diagnosis.svelte';
import { ActivityLog } from './activity.svelte';
import { History } from './history.svelte';
import { Layout } from './layout.svelte';
import { Merge } from './merge.svelte';
import { firstPage, NoteList } from './note-list.svelte';
import { OpenNote } from './open-note.svelte';
import { Organisation } from './organisation.svelte';
import { Overlays } from './overlays.svelte';
import { Preferences } from './preferences.svelte';
import { remembered } from './remembered';
import { Selection, Trail } from './selection.svelte';
import { Sync } from './sync.svelte';
import { expireTrash } from './trash';

/** Notes kept open behind the visible one, for their undo history. Unsaved ones are never dropped. */
const KEEP_OPEN = 24;
/** Longer than two keys of a chord, shorter than anybody notices: a later question ends the one before. */
const SEARCH_AFTER = 30;
const REMEMBER_AFTER = 400;

export class App {
  readonly layout = new Layout();
  readonly activity = new ActivityLog();
  readonly history = new History();
  readonly list = new NoteList();
  readonly merge = new Merge();
  readonly organisation = new Organisation();
  readonly overlays = new Overlays();
  readonly preferences = new Preferences();
  readonly selection = new Selection();
  readonly trail = new Trail();
  readonly sync = new Sync();
  readonly diagnosis = new Diagnosis();

  info = $state.raw<AppInfo | null>(null);
  /** Why the notes could not be opened at all. */
  fault = $state.raw<ApiError | null>(null);
  booted = $state.raw(false);
  note = $state.raw<OpenNote | null>(null);
  /** What the search box holds; the list follows a moment later. */
  query = $state.raw('');
  /** The theme on the screen, for what is drawn in its colours. */
  shownTheme = $state.raw('');
  /** Counts what others told about notes; who shows more than the list reads again when it grows. */
  changes = $state.raw(0);
  /** Searching everywhere although a narrower scope is chosen. */
  everywhere = $state.raw(false);
  /** The scope chosen in the sidebar. */
  scope = $state.raw<Scope>({ kind: 'all' });
  /** The order of lists, and the one of what was searched for. */
  private sort: Sort = { key: 'updated', ascending: false };
  private searchSort: Sort = { key: 'relevance', ascending: false };
  /** The one notebook everything is about, with those inside it; `null`: all of them. */
  within = $state.raw<string | null>(null);
  /** Pictures from other hosts shown for these notes, until the window closes. */
  picturesShown = $state.raw<ReadonlySet<string>>(new Set());
  /** Asks a view to move the keyboard somewhere. */
  focusWish = $state.raw<{ place: 'list' | 'sidebar' | 'title' | 'text' | 'search' } | null>(null);
  /** Notes of the last move to the trash, for its Undo. */
  lastTrashed: readonly string[] = [];

  constructor() {
    this.sync.onTrouble = (repeated) => {
      if (repeated) void this.diagnosis.findCause();
      else this.diagnosis.forgetCause();
    };
  }

  private readonly open = new Map<string, OpenNote>();
  private extensions: () => Promise<() => Extension> = () => Promise.resolve(() => []);
  private searchTimer: ReturnType<typeof setTimeout> | undefined;
  private rememberTimer: ReturnType<typeof setTimeout> | undefined;
  private restored = false;
  private listening = false;
  /** Counts openings: an answer that comes after a later one opens nothing. */
  private opening = 0;

  /** How new editor states are made; the views know, this does not. Asked when the first note is opened. */
  useExtensions(make: () => Promise<() => Extension>): void {
    this.extensions = make;
  }

  async boot(): Promise<void> {
    this.fault = null;
    try {
      // Listening comes first: what changes while the rest is read is then read again. Answers that were here before
      // us need no such wait; all is read again once somebody listens.
      const listening = this.listening ? null : currentHost().listen((event) => this.heard(event), (event) => this.shellSaid(event));
      const { answeredAhead } = currentHost();
      if (!answeredAhead) await this.hear(listening);
      const [ui] = await Promise.all([call('ui_state'), this.preferences.load(), this.organisation.refresh()]);
      this.restore(ui.state);
      if (this.layout.solo) {
        await this.bootSolo();
        return;
      }
      await this.list.ask({ scope: this.effectiveScope(), sort: this.sort, within: this.effectiveWithin() });
      const first = this.list.row(0);
      const wanted = this.wantedNote;
      // The list shows at once where somebody was, before the note itself and the editor have come.
      const chosen = wanted ?? first?.id ?? null;
      const before = this.opening;
      this.selection.only(chosen);
      this.booted = true;
      await this.hear(listening);
      if (listening !== null && answeredAhead) this.readAgain();
      // Neither is needed for the first picture, and the keyring may be slow to answer.
      void call('app_info').then((info) => { this.info = info; });
      void this.sync.load();
      expireTrash(this.preferences);
      // Somebody was quicker.
      if (this.opening !== before || this.selection.lead !== chosen) return;
      if (wanted !== null && (await this.openNote(wanted))) return;
      await this.choose(first?.id ?? null);
    } catch (reason) {
      this.fault = asApiError(reason);
    }
  }

  private async hear(listening: Promise<void> | null): Promise<void> {
    await listening;
    this.listening = true;
  }

  /** What the first picture was made of is as old as the window. */
  private readAgain(): void {
    void this.preferences.load().catch(() => null);
    void this.organisation.refresh().catch(() => null);
    this.list.refreshSoon();
  }

  private wantedNote: string | null = null;

  /** A window with one note: the one its address names, or a new one. */
  private async bootSolo(): Promise<void> {
    const id = new URLSearchParams(location.search).get('note');
    if (id === null) {
      const detail = await call('create_note', { notebook: null, title: '', body: '', tags: [], status: 'none' });
      await this.prepare();
      this.leave(this.hold(detail));
      this.selection.only(detail.id);
      this.focusWish = { place: 'text' };
    } else if (await this.openNote(id, false)) this.selection.only(id);
    this.layout.mode = 'edit';
    this.booted = true;
    void call('app_info').then((info) => { this.info = info; });
    void this.sync.load();
  }

  private restore(state: unknown): void {
    this.restored = true;
    if (typeof state !== 'object' || state === null) return;
    this.layout.restore(state as Record<string, unknown>);
    const kept = remembered(state as Record<string, unknown>, this.organisation);
    if (kept.expanded !== null) this.organisation.expanded = kept.expanded;
    this.wantedNote = kept.note;
    this.scope = kept.scope ?? this.scope;
    this.within = kept.within ?? this.within;
    this.sort = kept.sort ?? this.sort;
    this.searchSort = kept.searchSort ?? this.searchSort;
  }

  /** Stores widths, scope and the rest a moment after the last change. */
  rememberSoon(): void {
    if (!this.restored || this.layout.solo) return;
    clearTimeout(this.rememberTimer);
    this.rememberTimer = setTimeout(() => void this.remember(), REMEMBER_AFTER);
  }

  private async remember(): Promise<void> {
    // Widths and places are the main window's.
    if (this.layout.solo) return;
    const state = { ...this.layout.stored(), expanded: [...this.organisation.expanded], scope: this.scope, within: this.within, sort: this.sort, searchSort: this.searchSort, note: this.note?.id ?? null, list: firstPage(this.effectiveScope(), this.sort, this.effectiveWithin()) };
    // Losing a pane width is not worth a word.
    await call('save_ui_state', { state }).catch(() => null);
  }

  // Scope and search

  /** `deep` follows the tree: a collapsed notebook shows what is inside its notebooks too. */
  private effectiveScope(): Scope {
    const scope = this.everywhere && this.query !== '' ? { kind: 'all' as const } : this.scope;
    // The notebook that everything is about shows all that is in it.
    if (scope.kind === 'notebook' && scope.id === this.within) return { ...scope, deep: true };
    return scope.kind === 'notebook' ? { ...scope, deep: this.organisation.hasChildren(scope.id) && !this.organisation.isExpanded(scope.id) } : scope;
  }

  /** Places that are no notebook's are never narrowed. */
  private effectiveWithin(): string | null {
    const { kind } = this.scope;
    return this.everywhere || kind === 'notebook' || kind === 'trash' || kind === 'conflicts' || kind === 'templates' ? null : this.within;
  }

  /** Sidebar and lists are about one notebook from now on; `null`: about all again. */
  async narrow(notebook: string | null): Promise<void> {
    this.within = notebook;
    await this.show(notebook === null ? { kind: 'all' } : { kind: 'notebook', id: notebook, deep: true });
  }

  async show(scope: Scope, keepSearch = false): Promise<void> {
    this.scope = scope;
    if (!keepSearch) {
      this.query = '';
      this.everywhere = false;
    }
    this.layout.overlay = false;
    this.layout.page = 'notes';
    this.layout.single = 'list';
    await this.ask();
    if (this.list.row(0)?.id !== undefined && !this.layout.alone) await this.choose(this.list.row(0)?.id ?? null);
    else if (this.list.total === 0) await this.choose(null);
  }

  private async ask(): Promise<void> {
    clearTimeout(this.searchTimer);
    const search = this.query.trim();
    const sort = search === '' ? this.sort : this.searchSort;
    await this.list.ask({ scope: this.effectiveScope(), search, sort, within: this.effectiveWithin() });
    this.rememberSoon();
  }

  type(query: string): void {
    this.query = query;
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => void this.ask(), query === '' ? 0 : SEARCH_AFTER);
  }

  /** The search of this moment, without waiting for the pause in typing. */
  searchNow(): Promise<void> {
    return this.ask();
  }

  setEverywhere(everywhere: boolean): void {
    this.everywhere = everywhere;
    if (this.query !== '') void this.ask();
  }

  async sortBy(sort: Sort): Promise<void> {
    if (this.query.trim() !== '') this.searchSort = sort;
    else if (sort.key !== 'relevance') this.sort = sort;
    await this.ask();
  }

  setExpanded(id: string, open: boolean): void {
    this.organisation.setExpanded(id, open);
    if (this.scope.kind === 'notebook' && this.scope.id === id) void this.ask();
    this.rememberSoon();
  }

  // The open note

  /** Chooses one note in the list and opens it; `null` chooses none. */
  async choose(id: string | null): Promise<void> {
    this.selection.only(id);
    if (id === null) this.leave(null);
    else await this.openNote(id);
  }

  /** Opens a note; `false` when it does not exist (any more). */
  async openNote(id: string, onTrail = true): Promise<boolean> {
    this.opening += 1;
    const ticket = this.opening;
    if (this.note?.id === id) return true;
    const known = this.open.get(id);
    if (known !== undefined) {
      this.leave(known);
      void known.refresh();
    } else {
      let detail: NoteDetail;
      try {
        [detail] = await Promise.all([call('get_note', { id }), this.prepare()]);
      } catch (reason) {
        if (asApiError(reason).code !== 'notFound') this.overlays.say({ icon: 'error', message: this.sentence(asApiError(reason)) });
        this.trail.forget(id);
        return false;
      }
      // Somebody went on to another note while this one was read.
      if (ticket !== this.opening) return true;
      this.leave(this.hold(detail));
    }
    this.wantedNote = null;
    if (onTrail) this.trail.visit(id);
    this.rememberSoon();
    return true;
  }

  /** Wording belongs to the catalogue; set once by the views' side. */
  sentence: (error: ApiError) => string = (error) => error.code;

  private make: () => Extension = () => [];

  private async prepare(): Promise<void> {
    this.make = await this.extensions();
  }

  private hold(detail: NoteDetail): OpenNote {
    const note = new OpenNote(detail, this.make());
    this.open.set(note.id, note);
    for (const [id, old] of this.open) {
      if (this.open.size <= KEEP_OPEN) break;
      if (old !== this.note && old !== note && !old.dirty) this.open.delete(id);
    }
    return note;
  }

  private leave(next: OpenNote | null): void {
    const before = this.note;
    this.opening += 1;
    if (before === next) return;
    this.note = next;
    if (next !== null) {
      // Most recently used last.
      this.open.delete(next.id);
      this.open.set(next.id, next);
    }
    if (before !== null) void before.flush();
  }

  async newNote(title = '', given: Partial<CreateNote> = {}): Promise<void> {
    const { scope } = this;
    if (scope.kind === 'trash' || scope.kind === 'conflicts' || scope.kind === 'templates' || scope.kind === 'pinned' || this.query !== '') await this.show(scope.kind === 'notebook' || scope.kind === 'tag' || scope.kind === 'status' ? scope : { kind: 'all' });
    const detail = await call('create_note', {
      notebook: this.scope.kind === 'notebook' ? this.scope.id : this.within, title, body: '',
      tags: this.scope.kind === 'tag' ? [this.scope.id] : [], status: this.scope.kind === 'status' ? this.scope.status : 'none',
      ...given,
    });
    await this.prepare();
    this.layout.page = 'notes';
    this.layout.single = 'note';
    if (this.layout.mode === 'preview') this.layout.mode = 'edit';
    this.selection.only(detail.id);
    this.leave(this.hold(detail));
    this.trail.visit(detail.id);
    // Before the list is read again: what is typed now belongs to the new note.
    this.focusWish = { place: title === '' ? 'title' : 'text' };
    await this.list.reload(false);
  }

  async step(by: 1 | -1): Promise<void> {
    const id = this.trail.step(by);
    if (id === null) return;
    if (await this.openNote(id, false)) this.selection.only(id);
  }

  /** After notes left the list: the one that took their place. */
  async chooseNear(index: number): Promise<void> {
    const at = Math.min(index, this.list.total - 1);
    const row = at < 0 ? undefined : await this.list.fetch(at);
    await this.choose(row?.id ?? null);
  }

  /** Saves every note that has unsaved text; resolves to whether all of it is in the store. */
  async flushAll(): Promise<boolean> {
    const done = await Promise.all([...this.open.values()].filter((n) => n.dirty).map((n) => n.flush()));
    return done.every(Boolean);
  }

  showPictures(id: string): void {
    this.picturesShown = new Set([...this.picturesShown, id]);
  }

  // What others did

  private heard(event: Event): void {
    switch (event.type) {
      case 'notesChanged': {
        this.changes += 1;
        this.list.refreshSoon();
        this.pageHeard(event.notes.map((n) => n.id));
        if (event.notes.length === 0) {
          // The others are read again when they are shown.
          void this.note?.refresh();
          return;
        }
        const gone = event.notes.filter((n) => n.change === 'deleted').map((n) => n.id);
        this.selection.drop(gone);
        if (this.note !== null && gone.includes(this.note.id)) void this.closeGone(this.note);
        for (const changed of event.notes) {
          const note = this.open.get(changed.id);
          if (note !== undefined && changed.version !== note.detail.version) void note.refresh();
        }
        return;
      }
      case 'sidebarChanged':
        void this.organisation.refresh().then(() => {
          if (this.within !== null && this.organisation.notebook(this.within) === undefined) void this.narrow(null);
        });
        return;
      case 'syncStatusChanged':
        this.sync.take(event.status);
        return;
      case 'activityChanged':
        if (this.layout.page === 'preferences' && this.layout.section === 'activity') this.activity.changed();
        return;
      case 'conversionChanged':
        this.sync.converts(event.conversion);
        return;
      case 'settingsChanged':
        void this.preferences.load();
        return;
      case 'diagnosisChanged':
      case 'diagnosisFinished':
        this.diagnosis.heard(event);
        return;
    }
  }

  /** `ids` empty: more notes than are named. */
  private pageHeard(ids: readonly string[]): void {
    if (this.layout.page === 'merge') void this.merge.changed(ids);
    if (this.layout.page === 'history') void this.history.changed(ids);
  }

  /** Opens a note and chooses it in the list. */
  async showNote(id: string): Promise<void> {
    this.layout.single = 'note';
    if (await this.openNote(id)) this.selection.only(id);
  }

  /** The open note was deleted. With unsaved words in it, it stays open and says so. */
  private async closeGone(note: OpenNote): Promise<void> {
    const index = this.list.indexOf(note.id);
    if (note.dirty) return;
    this.open.delete(note.id);
    this.trail.forget(note.id);
    await this.list.reload(false);
    if (this.note === note) await this.chooseNear(Math.max(0, index));
  }

  /** The words of a note that was deleted elsewhere, as a note of their own. */
  async keepGone(note: OpenNote): Promise<void> {
    const detail = await call('create_note', { notebook: null, title: note.title, body: note.text.toString(), tags: [], status: 'none' });
    this.open.delete(note.id);
    this.trail.forget(note.id);
    this.selection.only(detail.id);
    this.note = this.hold(detail);
    this.trail.visit(detail.id);
    await this.list.reload(false);
  }

  /** Runs an action of the registry by its id; the registry registers itself here. */
  perform: (action: string) => void = () => undefined;

  private shellSaid(event: ShellEvent): void {
    switch (event.type) {
      case 'closeRequested':
        void this.close();
        return;
      case 'menuAction':
        this.perform(event.action);
        return;
      case 'openNote':
        void this.openFromOutside(event.id);
        return;
      case 'resumed':
        this.list.refreshSoon();
        return;
    }
  }

  async close(although = false): Promise<void> {
    const saved = await this.flushAll();
    await this.remember();
    if (saved || although) {
      await this.discardEmpty();
      await call('ready_to_close').catch(() => null);
    } else {
      // Before the question: while it stands, nothing may close the window.
      await call('stay_open').catch(() => null);
      this.overlays.open({ kind: 'unsaved' });
    }
  }

  /** A quick note in which nothing was written leaves nothing behind. */
  private async discardEmpty(): Promise<void> {
    const { note } = this;
    if (!this.layout.solo || note === null || note.gone || note.title !== '' || note.text.length > 0) return;
    await call('trash_notes', { ids: [note.id] }).then(() => call('delete_notes', { ids: [note.id] })).catch(() => null);
  }

  private async openFromOutside(id: string): Promise<void> {
    this.layout.page = 'notes';
    this.layout.single = 'note';
    if (await this.openNote(id)) this.selection.only(id);
    else this.overlays.say({ icon: 'alert', message: this.noSuchNote });
  }

  /** Wording belongs to the catalogue. */
  noSuchNote = '';
}

export const app = new App();
