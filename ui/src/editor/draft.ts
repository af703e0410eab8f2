// One note between the store and the person typing: what the store is known to hold (`base`), and
// what was typed since (`unsaved`). Pure: it decides what to send and what an arriving state means,
// and never sends anything itself.
//
// Invariant: base text + `unsaved` = the text on the screen, at every moment. So a remote edit never
// replaces what was typed; it is mapped over it, and what was typed is mapped over the remote edit.

import { ChangeSet, Text } from '@codemirror/state';

import { changesBetween } from './diff';

export interface Known {
  version: string;
  title: string;
  body: string;
}

export interface Sending {
  base: string;
  title?: string;
  body?: string;
}

interface Sent {
  title: string;
  body: Text;
  since: ChangeSet;
}

/** Unanswered states worth remembering. */
const DOUBTFUL = 5;

const toText = (body: string): Text => Text.of(body.split('\n'));

export class Draft {
  private base: { version: string; title: string; body: Text };
  private unsaved: ChangeSet;
  private screenTitle: string;
  private screen: Text;
  /**
   * States that went out and were not acknowledged, the last one at the end; `since` are the changes
   * typed after it. More than one only after failures: an answer may get lost although the store
   * holds what was sent, and saying it again would double it.
   */
  private sent: Sent[] = [];

  constructor(known: Known) {
    const body = toText(known.body);
    this.base = { version: known.version, title: known.title, body };
    this.screen = body;
    this.screenTitle = known.title;
    this.unsaved = ChangeSet.empty(body.length);
  }

  get text(): Text { return this.screen; }
  get title(): string { return this.screenTitle; }
  get version(): string { return this.base.version; }

  get dirty(): boolean {
    // While an answer is missing nobody knows what the store holds.
    return this.screenTitle !== this.base.title || !this.unsaved.empty || this.sent.length > 0;
  }

  setTitle(title: string): void {
    this.screenTitle = title;
  }

  /** The person (or an undo) changed the text. */
  typed(changes: ChangeSet): void {
    if (changes.empty) return;
    this.unsaved = this.unsaved.compose(changes);
    this.screen = changes.apply(this.screen);
    for (const sent of this.sent) sent.since = sent.since.compose(changes);
  }

  /** What has to be sent now, or `null` when the store holds everything. */
  send(): Sending | null {
    // Typing a word and deleting it again leaves changes that change nothing.
    if (!this.unsaved.empty && this.screen.eq(this.base.body)) this.unsaved = ChangeSet.empty(this.screen.length);
    if (!this.dirty) return null;
    const doubtful = this.sent.length > 0;
    this.sent = [...this.sent.slice(1 - DOUBTFUL), { title: this.screenTitle, body: this.screen, since: ChangeSet.empty(this.screen.length) }];
    const sending: Sending = { base: this.base.version };
    if (doubtful || this.screenTitle !== this.base.title) sending.title = this.screenTitle;
    if (doubtful || !this.unsaved.empty) sending.body = this.screen.toString();
    return sending;
  }

  /** The store holds what was sent last, under this version. */
  acknowledge(version: string): void {
    const last = this.sent[this.sent.length - 1];
    if (last === undefined) return;
    this.base = { version, title: last.title, body: last.body };
    this.unsaved = last.since;
    this.sent = [];
  }

  /**
   * The state of ours that `current` was made from. Usually the base; but a save may have reached the
   * store although its answer did not reach us, and somebody may have edited on top of it since. The
   * state it differs from least is the one it came from.
   */
  private origin(current: Known, body: Text): Sent {
    let best: Sent = { title: this.base.title, body: this.base.body, since: this.unsaved };
    if (this.sent.length === 0) return best;
    let least = cost(best.body.toString(), current.body) + cost(best.title, current.title);
    for (const sent of this.sent) {
      const difference = body.eq(sent.body) ? cost(sent.title, current.title) : cost(sent.body.toString(), current.body) + cost(sent.title, current.title);
      if (difference >= least) continue;
      least = difference;
      best = sent;
    }
    return best;
  }

  /** The store's state changed, or differs from what was thought. Returns what to do to the text on the screen. */
  receive(current: Known): ChangeSet {
    const body = toText(current.body);
    const from = this.origin(current, body);
    this.sent = [];
    const remote = ChangeSet.of(unshared(changesBetween(from.body.toString(), current.body), from.since), from.body.length);
    const toScreen = remote.map(from.since, true);
    const merged = toScreen.apply(this.screen);
    this.screenTitle = mergeLine(from.title, this.screenTitle, current.title);
    this.base = { version: current.version, title: current.title, body };
    this.screen = merged;
    // Not `unsaved.map(remote)`: edits both sides made alike were left out of `remote`, and are in the base now.
    this.unsaved = ChangeSet.of(changesBetween(current.body, merged.toString()), body.length);
    return toScreen;
  }
}

function cost(a: string, b: string): number {
  return changesBetween(a, b).reduce((sum, c) => sum + c.to - c.from + c.insert.length, 0);
}

/** Edits that both sides made word for word are made once. */
function unshared(remote: { from: number; to: number; insert: string }[], local: ChangeSet): { from: number; to: number; insert: string }[] {
  if (local.empty) return remote;
  const mine = new Set<string>();
  local.iterChanges((from, to, _fromB, _toB, inserted) => mine.add(`${from}:${to}:${inserted.toString()}`), true);
  return remote.filter((r) => !mine.has(`${r.from}:${r.to}:${r.insert}`));
}

/** Three versions of one line; words of both sides stay. */
export function mergeLine(base: string, mine: string, theirs: string): string {
  if (mine === base || mine === theirs) return theirs;
  if (theirs === base) return mine;
  const local = ChangeSet.of(changesBetween(base, mine), base.length);
  const remote = ChangeSet.of(unshared(changesBetween(base, theirs), local), base.length);
  return remote.map(local, true).apply(Text.of([mine])).toString();
}
