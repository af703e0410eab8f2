// The name of what the list shows.

import type { Scope } from '../ipc/generated';
import { app } from '../state/app.svelte';
import { text } from '../text';

export function placeName(scope: Scope): string {
  switch (scope.kind) {
    case 'all': return text.sidebar.all;
    case 'pinned': return text.sidebar.pinned;
    case 'conflicts': return text.sidebar.conflicts;
    case 'trash': return text.sidebar.trash;
    case 'templates': return text.organising.templates;
    case 'status': return text.status[scope.status];
    case 'notebook': return app.organisation.notebook(scope.id)?.name ?? '';
    case 'tag': return app.organisation.tag(scope.id)?.name ?? '';
  }
}

/** Notes in a scope without a search, as far as the sidebar knows. */
export function placeCount(scope: Scope): number | null {
  const { data } = app.organisation;
  switch (scope.kind) {
    case 'all': return data.all;
    case 'pinned': return data.pinned;
    case 'conflicts': return data.conflicts;
    case 'trash': return data.trash;
    case 'templates': return data.templates;
    case 'status': return data.statuses.find((s) => s.status === scope.status)?.notes ?? null;
    case 'tag': return app.organisation.tag(scope.id)?.notes ?? null;
    case 'notebook': {
      const book = app.organisation.notebook(scope.id);
      return book === undefined ? null : scope.deep ? book.notesDeep : book.notes;
    }
  }
}
