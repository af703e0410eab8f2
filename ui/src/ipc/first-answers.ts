// The answers that were in the page before its script ran (`src-tauri/src/first.rs`). They are as old as the window,
// so they are good for the first picture only: once events are heard, every question goes to the engine.

import type { CommandName, RequestOf, ResponseOf } from './host';

interface FirstAnswer { name: string; request: unknown; answer: unknown }

/** What the shell leaves in the page. */
export interface FirstThings {
  answers: readonly FirstAnswer[];
  /** Installed fonts; `null` where asking for one that is missing costs nothing. */
  families: readonly string[] | null;
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part);
}

export class FirstAnswers {
  private known: ReadonlyMap<string, unknown>;

  /** `undefined` in any window but the main one. */
  constructor(left: FirstThings | undefined) {
    this.known = new Map((left?.answers ?? []).map(({ name, request, answer }) => [`${name} ${canonical(request)}`, answer]));
  }

  take<K extends CommandName>(name: K, request: RequestOf<K>): ResponseOf<K> | undefined {
    if (this.known.size === 0) return undefined;
    return this.known.get(`${name} ${canonical(request)}`) as ResponseOf<K> | undefined;
  }

  forget(): void {
    this.known = new Map();
  }
}
