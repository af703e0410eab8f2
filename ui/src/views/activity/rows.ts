// Sessions and what is in them as one list of rows, for a list that only draws what is in sight.

import type { ActivityCounts, ActivityEntry, ActivityKind, ActivitySession } from '../../ipc/generated';
import type { IconName } from '../../parts/icons';
import { text } from '../../text';

export type Row =
  | { kind: 'session'; session: ActivitySession }
  | { kind: 'entry'; entry: ActivityEntry; last: boolean }
  | { kind: 'rest'; unlisted: number };

export function rowsOf(sessions: readonly ActivitySession[]): Row[] {
  return sessions.flatMap((session): Row[] => [
    { kind: 'session', session },
    ...session.entries.map((entry, at): Row => ({ kind: 'entry', entry, last: at === session.entries.length - 1 && session.unlisted === 0 })),
    ...(session.unlisted > 0 ? [{ kind: 'rest', unlisted: session.unlisted } as const] : []),
  ]);
}

export const kinds: readonly ActivityKind[] = ['pulled', 'pushed', 'merged', 'conflict', 'quarantined', 'skipped'];

export const glyph: Record<ActivityKind, { icon: IconName; tone: string }> = {
  pulled: { icon: 'down', tone: '' },
  pushed: { icon: 'up', tone: '' },
  merged: { icon: 'check', tone: 'ok' },
  conflict: { icon: 'conflict', tone: 'warn' },
  quarantined: { icon: 'alert', tone: 'warn' },
  skipped: { icon: 'skip', tone: '' },
};

const order: readonly (keyof ActivityCounts)[] = ['pulled', 'pushed', 'merged', 'conflicts', 'quarantined', 'skipped'];

/** `12 received, 3 sent`; empty: nothing got through. */
export function summary(counts: ActivityCounts): string {
  return order.filter((key) => counts[key] > 0).map((key) => text.activity.counts[key](counts[key])).join(', ');
}

export function what(entry: ActivityEntry): string {
  if (entry.deleted && (entry.kind === 'pulled' || entry.kind === 'pushed')) return text.activity.deletion[entry.kind];
  return text.activity.kinds[entry.kind];
}

/** Its name as people know it. */
export function nameOf(entry: { id: string; name: string | null }): string {
  if (entry.name !== null && entry.name !== '') return entry.name;
  if (!/^(?:note|book|tag|file|sheaf-file):/.test(entry.id)) return text.activity.nameless.other;
  return entry.name === null ? text.activity.nameless.note : text.activity.untold;
}
