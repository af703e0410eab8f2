// Where somebody was when the window was last closed, read from what was stored: another version may have written it, and what
// it names may be gone.

import type { Scope, Sort } from '../ipc/generated';

/** `null`: nothing was stored, or nothing that can be used. */
export interface Remembered {
  note: string | null;
  expanded: Set<string> | null;
  scope: Scope | null;
  within: string | null;
  sort: Sort | null;
  searchSort: Sort | null;
}

interface Known {
  notebook: (id: string) => unknown;
  tag: (id: string) => unknown;
}

export function remembered(stored: Record<string, unknown>, known: Known): Remembered {
  const { note, expanded, within } = stored;
  return {
    note: typeof note === 'string' ? note : null,
    expanded: Array.isArray(expanded) ? new Set(expanded.filter((id) => typeof id === 'string')) : null,
    scope: scopeOf(stored['scope'] as Scope | undefined, known),
    within: typeof within === 'string' && known.notebook(within) !== undefined ? within : null,
    sort: sortOf(stored['sort'] as Sort | undefined, ['updated', 'created', 'title']),
    searchSort: sortOf(stored['searchSort'] as Sort | undefined, ['relevance', 'updated', 'created', 'title']),
  };
}

function scopeOf(scope: Scope | null | undefined, known: Known): Scope | null {
  const usable = scope?.kind === 'notebook' ? known.notebook(scope.id) : scope?.kind === 'tag' ? known.tag(scope.id) : scope?.kind;
  return usable ? (scope ?? null) : null;
}

function sortOf(sort: Sort | null | undefined, keys: readonly Sort['key'][]): Sort | null {
  return sort !== null && sort !== undefined && keys.includes(sort.key) ? { key: sort.key, ascending: sort.ascending === true } : null;
}
