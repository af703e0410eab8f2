// One note that is open: its text, its undo history, and the queue that brings what is typed into the
// store. Saves and refreshes of one note never overlap; they wait for each other in `queue`.
//
// Invariant: text leaves this class only by being saved. A failed save keeps it and is tried again.

import { EditorState, Transaction, type Extension, type Text, type TransactionSpec } from '@codemirror/state';

import { extentOf, structureOf, type Extent, type Heading, type TaskCount } from '../editor/counts';
import { Draft } from '../editor/draft';
import { arrived, isArrived, type Surface } from '../editor/surface';
import { asApiError, call } from '../ipc/call';
import type { ApiError, NoteDetail } from '../ipc/generated';

export type Saving = 'saved' | 'edited' | 'saving' | 'failed';

const SAVE_AFTER = 300;
const COUNT_AFTER = 250;
const RETRY_AFTER = 5_000;
const SELECT_AFTER = 120;
const COLUMNS_AT_MOST = 2_000;

export class OpenNote {
  readonly id: string;
  title = $state('');
  /** Everything but the text; read again when the store says the note changed. */
  detail = $state.raw<NoteDetail>() as NoteDetail;
  saving = $state.raw<Saving>('saved');
  failure = $state.raw<ApiError | null>(null);
  gone = $state.raw(false);
  extent = $state.raw<Extent>(extentOf(''));
  /** Of what is selected; `null` when nothing is. */
  selected = $state.raw<Extent | null>(null);
  headings = $state.raw<readonly Heading[]>([]);
  tasks = $state.raw<TaskCount>({ done: 0, all: 0 });
  line = $state.raw(1);
  column = $state.raw(1);
  /** The text as last seen by the editor; a new object for every change. */
  text = $state.raw<Text>() as Text;
  scroll = 0;

  private draft: Draft;
  private unattached: EditorState;
  private surface: Surface | null = null;
  private queue: Promise<void> = Promise.resolve();
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private countTimer: ReturnType<typeof setTimeout> | undefined;
  private selectTimer: ReturnType<typeof setTimeout> | undefined;
  private held = false;

  constructor(detail: NoteDetail, extensions: Extension) {
    this.id = detail.id;
    this.detail = detail;
    this.title = detail.title;
    this.draft = new Draft(detail);
    this.text = this.draft.text;
    this.unattached = EditorState.create({ doc: this.draft.text, extensions });
    // Counting a long text for the first time would hold up showing it.
    if (this.text.length < 20_000) this.count();
    else this.countTimer = setTimeout(() => this.count(), COUNT_AFTER);
  }

  get state(): EditorState {
    return this.surface?.state ?? this.unattached;
  }

  get dirty(): boolean {
    return this.draft.dirty;
  }

  attach(surface: Surface): void {
    this.surface = surface;
  }

  /** The note leaves the screen and keeps its state, undo history included. */
  detach(): void {
    if (this.surface !== null) this.unattached = this.surface.state;
    this.surface = null;
    if (this.held) this.takeHeld();
  }

  dispatch(spec: TransactionSpec): void {
    if (this.surface !== null) {
      this.surface.dispatch(spec);
      return;
    }
    const transaction = this.unattached.update(spec);
    this.unattached = transaction.state;
    this.applied(transaction);
  }

  /** Called for every transaction of the editor that shows this note. */
  applied(transaction: Transaction): void {
    if (transaction.docChanged) {
      if (!isArrived(transaction)) {
        this.draft.typed(transaction.changes);
        this.edited();
      }
      this.text = transaction.newDoc;
      clearTimeout(this.countTimer);
      this.countTimer = setTimeout(() => this.count(), COUNT_AFTER);
    }
    if (transaction.docChanged || transaction.selection) this.locate(transaction.state);
  }

  setTitle(title: string): void {
    this.title = title;
    this.draft.setTitle(title);
    this.edited();
  }

  private locate(state: EditorState): void {
    const { main } = state.selection;
    const line = state.doc.lineAt(main.head);
    this.line = line.number;
    const before = main.head - line.from;
    // A note can be one line of a megabyte.
    this.column = (before > COLUMNS_AT_MOST ? before : [...line.text.slice(0, before)].length) + 1;
    clearTimeout(this.selectTimer);
    if (state.selection.ranges.every((r) => r.empty)) this.selected = null;
    else this.selectTimer = setTimeout(() => this.countSelection(), SELECT_AFTER);
  }

  private countSelection(): void {
    const { state } = this;
    const ranges = state.selection.ranges.filter((r) => !r.empty);
    this.selected = ranges.length === 0 ? null : extentOf(ranges.map((r) => state.sliceDoc(r.from, r.to)).join('\n'));
  }

  private count(): void {
    this.extent = extentOf(this.text);
    const { tasks, headings } = structureOf(this.text);
    this.tasks = tasks;
    this.headings = headings;
  }

  private edited(): void {
    if (this.saving !== 'saving') this.saving = this.saving === 'failed' ? 'failed' : 'edited';
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => void this.flush(), SAVE_AFTER);
  }

  /** Saves what is unsaved; resolves to whether the store holds everything now. */
  async flush(): Promise<boolean> {
    clearTimeout(this.saveTimer);
    this.queue = this.queue.then(() => this.save());
    await this.queue;
    return !this.draft.dirty;
  }

  private async save(): Promise<void> {
    // Bounded: each round means somebody else changed the note in between.
    for (let round = 0; round < 20; round += 1) {
      const sending = this.draft.send();
      if (sending === null) {
        if (this.failure === null || !this.gone) this.settle();
        return;
      }
      this.saving = 'saving';
      try {
        const outcome = await call('update_note', { id: this.id, ...sending });
        if (outcome.outcome === 'saved') {
          this.draft.acknowledge(outcome.version);
          this.detail = { ...this.detail, version: outcome.version };
        } else if (this.surface?.composing === true) {
          // Nothing may touch the text now; `takeHeld` reads the note again and saves.
          this.held = true;
          this.saving = 'edited';
          return;
        } else this.take(outcome.current);
      } catch (reason) {
        this.failed(asApiError(reason));
        return;
      }
    }
    this.edited();
  }

  private settle(): void {
    this.saving = 'saved';
    this.failure = null;
  }

  private failed(error: ApiError): void {
    this.saving = 'failed';
    this.failure = error;
    this.gone = error.code === 'notFound';
    clearTimeout(this.saveTimer);
    if (!this.gone) this.saveTimer = setTimeout(() => void this.flush(), RETRY_AFTER);
  }

  /** The store says that this note changed. */
  async refresh(): Promise<void> {
    this.queue = this.queue.then(async () => {
      try {
        const current = await call('get_note', { id: this.id });
        this.gone = false;
        if (this.surface?.composing === true) this.held = true;
        else this.take(current);
      } catch (reason) {
        if (asApiError(reason).code === 'notFound') this.gone = true;
      }
    });
    await this.queue;
    if (this.draft.dirty) this.edited();
  }

  /** The composition is over: what waited may enter. */
  takeHeld(): void {
    if (!this.held) return;
    this.held = false;
    void this.refresh();
  }

  private take(current: NoteDetail): void {
    if (current.version !== this.draft.version) {
      const changes = this.draft.receive(current);
      if (this.title !== this.draft.title) this.title = this.draft.title;
      if (!changes.empty) this.dispatch({ changes, annotations: [arrived.of(true), Transaction.addToHistory.of(false)] });
    }
    this.detail = current;
  }
}
