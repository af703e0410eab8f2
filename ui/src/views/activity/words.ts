// Why something does not travel, in words; and the way to the note.

import type { HeldBack } from '../../ipc/generated';
import { app } from '../../state/app.svelte';
import { text } from '../../text';

/** `there`: it is a document of the server that is not here. */
export function reasonWords(reason: HeldBack, there: boolean): string {
  const words = text.note.heldBack;
  if (reason.kind === 'titleTooLong') return words.titleTooLong(reason.chars, reason.max);
  if (reason.kind === 'bodyTooLong') return words.bodyTooLong(reason.chars, reason.max);
  return there ? text.activity.reasons.unreadable : words[reason.kind];
}

export async function showNote(id: string): Promise<void> {
  app.layout.page = 'notes';
  await app.showNote(id);
}
