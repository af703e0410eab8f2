// The log of what sync did, as far as it was scrolled to; read anew when something happens.

import { asApiError, call } from '../ipc/call';
import type { ActivityKind, ActivitySession, ApiError } from '../ipc/generated';

const PAGE = 40;
/** A first pull tells of itself many times a second. */
const PAUSE = 300;

export class ActivityLog {
  sessions = $state.raw<readonly ActivitySession[]>([]);
  more = $state.raw(false);
  ready = $state.raw(false);
  failure = $state.raw<ApiError | null>(null);
  kind = $state.raw<ActivityKind | null>(null);
  search = $state.raw('');
  /** Another one scrolls back to the top. */
  question = $state.raw(0);

  private reading = false;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly chosen = $derived(this.kind !== null || this.search.trim() !== '');

  choose(kind: ActivityKind | null): void {
    this.kind = kind;
    void this.start();
  }

  type(search: string): void {
    this.search = search;
    void this.start();
  }

  async start(): Promise<void> {
    this.question += 1;
    this.sessions = [];
    await this.read();
  }

  /** Something happened: what is on the screen is read anew, as far as it goes. */
  changed(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, PAUSE);
  }

  private async read(): Promise<void> {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    do {
      this.again = false;
      const { question } = this;
      try {
        const page = await call('list_activity', this.list(null, Math.max(PAGE, this.sessions.length)));
        if (question === this.question) {
          this.sessions = page.sessions;
          this.more = page.more;
          this.ready = true;
          this.failure = null;
        }
      } catch (reason) {
        this.failure = asApiError(reason);
      }
    } while (this.again);
    this.reading = false;
  }

  /** The end of what was read is in sight. */
  async older(): Promise<void> {
    const last = this.sessions[this.sessions.length - 1];
    if (!this.more || this.reading || last === undefined) return;
    this.reading = true;
    const { question } = this;
    try {
      const page = await call('list_activity', this.list(last.session, PAGE));
      if (question === this.question) {
        this.sessions = [...this.sessions, ...page.sessions];
        this.more = page.more;
      }
    } catch (reason) {
      this.failure = asApiError(reason);
    }
    this.reading = false;
    if (this.again) void this.read();
  }

  private list(before: number | null, limit: number): { kinds: ActivityKind[]; search: string; id: null; before: number | null; limit: number } {
    return { kinds: this.kind === null ? [] : [this.kind], search: this.search, id: null, before, limit };
  }
}
