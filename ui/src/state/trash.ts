// What lies in the trash for longer than the person wants goes.

import { call } from '../ipc/call';
import type { Preferences } from './preferences.svelte';

const EXPIRE_EVERY = 3_600_000;

/** Now and once an hour: Sheaf may run for weeks. */
export function expireTrash(preferences: Preferences): void {
  const ask = (): void => { if (preferences.values.trashDays > 0) void call('expire_trash').catch(() => null); };
  ask();
  setInterval(ask, EXPIRE_EVERY);
}
