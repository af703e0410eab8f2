// Sync as the window knows it: the status the worker reports, the settings in force, what is held
// back, and the clock that counts down to the next try.

import { asApiError, call } from '../ipc/call';
import type { ApiError, Conversion, GuardAnswer, HeldBackItem, ResetDirection, SyncRound, SyncSettings, SyncStatus } from '../ipc/generated';

const unknown: SyncStatus = { state: { kind: 'off' }, remote: null, proxy: null, lastSuccess: null, waiting: 0, conflicts: 0, heldBack: 0, replacing: null };

const TROUBLE_AFTER = 5_000;
/** Sending three words takes less: an arrow that comes and goes at once is a flicker, not news. */
const MOVING_AFTER = 300;
const MOVING_FOR = 300;
/** So many tries in a row that failed are no hiccup: somebody should find out why. */
const REPEATED = 3;

const passing = ({ state }: SyncStatus): boolean => state.kind === 'offline' || state.kind === 'error' || state.kind === 'connecting';
const moving = ({ state }: SyncStatus): boolean => state.kind === 'pushing' || state.kind === 'pulling';
const well = ({ state }: SyncStatus): boolean => state.kind === 'idle' || state.kind === 'attention';

export class Sync {
  status = $state.raw<SyncStatus>(unknown);
  settings = $state.raw<SyncSettings | null>(null);
  held = $state.raw<readonly HeldBackItem[]>([]);
  /** What the last *Sync now* of this window did. */
  round = $state.raw<SyncRound | null>(null);
  failure = $state.raw<ApiError | null>(null);
  running = $state.raw(false);
  /** The move into another database that runs, waits or is done and was not read yet. */
  conversion = $state.raw<Conversion | null>(null);
  /** Read by whatever counts seconds. */
  now = $state.raw(0);

  async load(): Promise<void> {
    const [status, settings] = await Promise.all([call('sync_status'), call('sync_settings')]);
    this.settings = settings;
    this.take(status);
  }

  /** A hiccup that is over within five seconds is not worth a word: what was well stays on the screen until then. */
  take(status: SyncStatus): void {
    this.countFailures(status);
    this.newest = status;
    const { because, wait } = this.patience(status);
    // News of the same kind do not begin the wait anew.
    if (because !== this.waiting) {
      clearTimeout(this.waiter);
      this.waiting = because;
      if (because !== null) this.waiter = setTimeout(() => { this.waiting = null; this.show(this.newest); }, wait);
    }
    if (because === null) this.show(status);
  }

  private newest = unknown;
  private waiting: 'trouble' | 'moving' | 'moved' | null = null;
  private waiter: ReturnType<typeof setTimeout> | undefined;
  /** When the state on the screen began. */
  private since = 0;

  private patience(status: SyncStatus): { because: Sync['waiting']; wait: number } {
    if (well(this.status) && passing(status)) return { because: 'trouble', wait: TROUBLE_AFTER };
    if (well(this.status) && moving(status)) return { because: 'moving', wait: MOVING_AFTER };
    const left = this.since + MOVING_FOR - performance.now();
    if (moving(this.status) && well(status) && left > 0) return { because: 'moved', wait: left };
    return { because: null, wait: 0 };
  }

  /** Tries in a row that failed. */
  private failures = 0;
  private lastKind: SyncStatus['state']['kind'] = 'off';
  /** Told once when sync has failed again and again, and once when it works again. */
  onTrouble: (repeated: boolean) => void = () => undefined;

  private countFailures(status: SyncStatus): void {
    const { kind } = status.state;
    const before = this.lastKind;
    this.lastKind = kind;
    if (kind === before) return;
    if (kind === 'error' || kind === 'offline') {
      this.failures += 1;
      if (this.failures === REPEATED) this.onTrouble(true);
    } else if (kind !== 'connecting') {
      if (this.failures >= REPEATED) this.onTrouble(false);
      this.failures = 0;
    }
  }

  private show(status: SyncStatus): void {
    const heldBefore = this.status.heldBack;
    if (status.state.kind !== this.status.state.kind) this.since = performance.now();
    this.status = status;
    // Also from skipped to skipped no more, where the number stays.
    if (status.heldBack !== heldBefore || this.held.length > 0) void this.readHeld();
  }

  async readConversion(): Promise<void> {
    this.conversion = await call('conversion').catch(() => null);
  }

  /** A database is in use that was not, when a move is done. */
  converts(conversion: Conversion): void {
    this.conversion = conversion;
    if (conversion.stage.kind === 'done' || conversion.stage.kind === 'failed') void this.load();
  }

  async readHeld(): Promise<void> {
    this.held = await call('list_held_back').catch(() => []);
  }

  private async attempt(run: () => Promise<void>): Promise<void> {
    try {
      this.failure = null;
      await run();
    } catch (reason) {
      this.failure = asApiError(reason);
    }
  }

  async syncNow(): Promise<void> {
    if (this.running || this.status.state.kind === 'off') return;
    this.running = true;
    await this.attempt(async () => {
      if (this.status.state.kind === 'paused') await call('resume_sync');
      this.round = await call('sync_now');
    });
    this.running = false;
  }

  pause(): Promise<void> {
    return this.attempt(async () => { await call('pause_sync'); });
  }

  resume(): Promise<void> {
    return this.attempt(async () => { await call('resume_sync'); });
  }

  /** Begins anew, or gives that up. */
  reset(direction: ResetDirection): Promise<void> {
    return this.attempt(async () => { await call('reset_sync', { direction }); });
  }

  answer(answer: GuardAnswer): Promise<void> {
    return this.attempt(async () => { await call('answer_guard', { answer }); });
  }

  /** Thrown, not kept: whoever asked says it. */
  async retryItem(id: string): Promise<void> {
    await call('retry_item', { id });
    await this.readHeld();
  }

  async skipItem(id: string): Promise<void> {
    await call('skip_item', { id });
    await this.readHeld();
  }

  retryHeld(): Promise<void> {
    return this.attempt(async () => {
      await call('retry_held_back');
      await this.readHeld();
    });
  }
}
