// Actions end here when the engine refuses: one sentence, where the words are safe first.

import { asApiError } from '../ipc/call';
import type { ApiError } from '../ipc/generated';
import type { App } from '../state/app.svelte';
import { text } from '../text';

export function sentence(error: ApiError): string {
  const { what, safe } = text.problems(error.code);
  return `${what} ${safe}`;
}

/** Runs something that asks the engine; a failure is said, not thrown. */
export async function attempt(app: App, run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (reason) {
    app.overlays.say({ icon: 'error', message: sentence(asApiError(reason)) });
    return false;
  }
}
