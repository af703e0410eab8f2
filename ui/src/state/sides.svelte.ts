// Both sides of the target in force, counted again for as long as somebody looks at the numbers:
// the other side has no way to say that it has changed.

import { asApiError, call } from '../ipc/call';
import type { ApiError, CouchFields, Sides } from '../ipc/generated';

const EVERY = 3_000;

export class CountedSides {
  sides = $state.raw<Sides | null>(null);
  failure = $state.raw<ApiError | null>(null);
  private counting = false;
  private again = false;

  /** Counts now and now and then until the answer is called. */
  watch(fields: CouchFields): () => void {
    void this.count(fields);
    const timer = setInterval(() => { if (document.visibilityState === 'visible') void this.count(fields); }, EVERY);
    return () => clearInterval(timer);
  }

  async count(fields: CouchFields): Promise<void> {
    if (this.counting) {
      this.again = true;
      return;
    }
    this.counting = true;
    do {
      this.again = false;
      try {
        this.sides = await call('compare_sides', { fields, password: null });
        this.failure = null;
      } catch (reason) {
        this.failure = asApiError(reason);
      }
    } while (this.again);
    this.counting = false;
  }
}
