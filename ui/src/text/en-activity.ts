// Sync activity: what was sent and received, session by session.

import type { ActivityKind } from '../ipc/generated';
import { thousands } from './plain';

const many = (n: number, one: string, other: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : other}`;

const kinds: Record<ActivityKind, string> = { pulled: 'Received', pushed: 'Sent', merged: 'Merged', conflict: 'Conflict', quarantined: 'Not taken', skipped: 'Skipped' };

export const activity = {
  title: 'Sync activity',
  lead: 'What was sent and received. The log stays on this computer and holds no text.',
  kinds, all: 'All', filter: 'What happened', search: 'Search titles', list: 'Sessions, newest first',
  deletion: { pulled: 'Received a deletion', pushed: 'Sent a deletion' },
  counts: {
    pulled: (n: number) => `${thousands(n, 'en-GB')} received`, pushed: (n: number) => `${thousands(n, 'en-GB')} sent`, merged: (n: number) => `${thousands(n, 'en-GB')} merged`,
    conflicts: (n: number) => many(n, 'conflict', 'conflicts'), quarantined: (n: number) => `${thousands(n, 'en-GB')} not taken`, skipped: (n: number) => `${thousands(n, 'en-GB')} skipped`,
  },
  span: (from: string, to: string) => `${from} to ${to}`,
  times: (n: number) => `${thousands(n, 'en-GB')} times`,
  tries: (n: number) => `tried ${thousands(n, 'en-GB')} times`,
  more: (n: number) => `and ${many(n, 'more document', 'more documents')}`,
  nameless: { note: 'A note that is not here any more', other: 'Not a note' },
  untold: 'Untitled',
  open: (name: string) => `Open ${name}`,
  retry: 'Try again', skip: 'Skip', retried: 'Sheaf tries it again.', skipped: 'Sheaf says no more about it until it changes.',
  stuck: { title: 'Not travelling', lead: 'These stay where they are, whole. Everything else syncs.', all: 'Try all again', skippedHint: 'Skipped; told again when the reason changes' },
  reasons: { unreadable: 'It is not of the form that notes have, or is locked. It is untouched on the server.' },
  copy: 'Copy log', save: 'Save log', copied: 'Copied without titles', older: 'Older sessions follow as you scroll.',
  empty: 'Nothing was synced yet', emptyHint: 'What is sent and received appears here.', off: 'Sync is off. What was sent and received before is kept here.',
  nothing: 'Nothing in the log answers to this', clear: 'Show everything',
} as const;
