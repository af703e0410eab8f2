// What a pretended sync did, and the documents it could not carry.

import type { Activity, ActivityEntry, ActivityKind, ActivitySession, HeldBackItem, ListActivity, ReportText } from '../generated';
import { refuse } from './store';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Titles {
  title: (id: string) => string | null;
  some: (count: number) => string[];
}

export class FakeActivity {
  private sessions: ActivitySession[] = [];
  private items: HeldBackItem[] = [];

  constructor(private readonly now: () => number, private readonly titles: Titles, private readonly changed: () => void) {}

  /** A few days of everyday sync, with what can go wrong in it; `long`: months of it. */
  seed(remote: string, long: boolean): void {
    const now = this.now();
    const ids = this.titles.some(9);
    const entry = (kind: ActivityKind, id: string, at: number, more: Partial<ActivityEntry> = {}): ActivityEntry => ({ kind, id, name: null, here: true, at, times: 1, deleted: false, reason: null, ...more });
    const session = (began: number, last: number, entries: ActivityEntry[], more: Partial<ActivitySession> = {}): void => {
      const count = (kind: ActivityKind): number => entries.filter((e) => e.kind === kind).reduce((sum, e) => sum + e.times, 0);
      this.sessions.push({
        session: this.sessions.length + 1, remote, began, last, trouble: null, tries: 0, unlisted: 0, entries: [...entries].sort((a, b) => b.at - a.at),
        counts: { pulled: count('pulled'), pushed: count('pushed'), merged: count('merged'), conflicts: count('conflict'), quarantined: count('quarantined'), skipped: count('skipped') }, ...more,
      });
    };
    const at = (hours: number, minutes = 0): number => now - hours * HOUR - minutes * MINUTE;
    session(at(80), at(80), [], { counts: { pulled: 482, pushed: 0, merged: 0, conflicts: 0, quarantined: 0, skipped: 0 }, unlisted: 482 });
    if (long) for (let n = 0; n < 400; n += 1) session(at(79) + n * 8 * MINUTE, at(79) + n * 8 * MINUTE + MINUTE, [entry('pushed', ids[n % ids.length] ?? '', at(79) + n * 8 * MINUTE)]);
    session(at(22, 40), at(22, 12), [entry('pushed', ids[0] ?? '', at(22, 40), { times: 3 }), entry('pulled', ids[1] ?? '', at(22, 20)), entry('pulled', 'note:gone', at(22, 12), { deleted: true, here: false, name: 'Packliste' })]);
    session(at(20), at(14), [], { trouble: 'hostNotFound', tries: 41 });
    session(at(3, 5), at(2, 50), [entry('merged', ids[2] ?? '', at(3)), entry('conflict', ids[3] ?? '', at(2, 58)), entry('pushed', ids[2] ?? '', at(2, 55))]);
    if (this.items.length > 0) session(at(1), at(1), this.items.map((item) => entry('quarantined', item.id, at(1), { reason: item.reason })));
    session(at(0, 9), at(0, 2), [entry('pulled', ids[4] ?? '', at(0, 9)), entry('pulled', 'book:first', at(0, 9), { name: 'Inbox' }), entry('pushed', ids[5] ?? '', at(0, 2), { times: 6 })]);
    this.changed();
  }

  hold(items: HeldBackItem[]): void {
    this.items = items;
  }

  held(): HeldBackItem[] {
    return this.items;
  }

  /** Something happens while the window looks. */
  happen(kind: ActivityKind, id: string, remote: string, reason: ActivityEntry['reason'] = null): void {
    const now = this.now();
    let last = this.sessions[this.sessions.length - 1];
    if (last === undefined || now - last.last > 15 * MINUTE || last.trouble !== null) {
      last = { session: this.sessions.length + 1, remote, began: now, last: now, counts: { pulled: 0, pushed: 0, merged: 0, conflicts: 0, quarantined: 0, skipped: 0 }, trouble: null, tries: 0, entries: [], unlisted: 0 };
      this.sessions.push(last);
    }
    const key = kind === 'conflict' ? 'conflicts' : kind;
    last.counts[key] += 1;
    last.last = now;
    last.entries.unshift({ kind, id, name: null, here: true, at: now, times: 1, deleted: false, reason });
    this.changed();
  }

  list(asked: ListActivity): Activity {
    const words = asked.search.trim().toLowerCase();
    const chooses = asked.kinds.length > 0 || words !== '' || asked.id !== null;
    const named = (entry: ActivityEntry): ActivityEntry => {
      const title = this.titles.title(entry.id);
      return { ...entry, name: title ?? entry.name, here: title !== null || entry.id.startsWith('book:') };
    };
    const all = this.sessions.filter((s) => asked.before === null || s.session < asked.before).reverse().flatMap((session): ActivitySession[] => {
      const entries = session.entries.map(named).filter((e) => (asked.kinds.length === 0 || asked.kinds.includes(e.kind)) && (asked.id === null || e.id === asked.id) && (words === '' || (e.name ?? '').toLowerCase().includes(words)));
      return chooses && entries.length === 0 ? [] : [{ ...session, entries, unlisted: chooses ? 0 : session.unlisted }];
    });
    return { sessions: all.slice(0, asked.limit), more: all.length > asked.limit };
  }

  retry(id: string, remote: string): null {
    const item = this.items.find((i) => i.id === id) ?? refuse('notFound');
    if (!item.retryable) refuse('invalid', 'it has to be changed before it can travel');
    this.items = this.items.filter((i) => i.id !== id);
    this.happen('pushed', id, remote);
    return null;
  }

  retryAll(remote: string): null {
    for (const item of this.items.filter((i) => i.retryable && !i.skipped)) this.retry(item.id, remote);
    return null;
  }

  skip(id: string, remote: string): null {
    const item = this.items.find((i) => i.id === id) ?? refuse('notFound');
    this.items = this.items.map((i) => i.id === id ? { ...i, skipped: true } : i);
    this.happen('skipped', id, remote, item.reason);
    return null;
  }

  report(hide: readonly string[]): ReportText {
    const lines = this.sessions.toReversed().flatMap((s) => [`== ${new Date(s.began).toISOString()} to ${new Date(s.last).toISOString()}, with ${s.remote}`, ...s.entries.map((e) => `  ${e.kind}  ${e.id}${e.reason === null ? '' : `  ${e.reason.kind}`}`), '']);
    let text = ['Sheaf 0.1.0, sync activity', 'It holds no passwords, no titles and no text of notes.', '', ...lines].join('\n');
    for (const name of hide) if (name.length > 1) text = text.replaceAll(name, '(hidden)');
    return { text, fileName: `sheaf-activity-${new Date(this.now()).toISOString().slice(0, 10)}.txt` };
  }
}
