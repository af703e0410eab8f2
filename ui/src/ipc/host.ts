// What the window needs from whatever runs it. Two implementations: the Tauri shell, and one in
// memory for browsers, tests and pictures.

import type { ApiError, Commands, Event, ShellCommands, ShellEvent } from './generated';

export type AllCommands = Commands & ShellCommands;
export type CommandName = keyof AllCommands;
export type RequestOf<K extends CommandName> = AllCommands[K]['request'];
export type ResponseOf<K extends CommandName> = AllCommands[K]['response'];

export interface Host {
  /**
   * Rejects with an {@link ApiError} and with nothing else. A later call in the same lane replaces this one, which
   * then fails with `cancelled`: whoever types a search waits for its last form alone.
   */
  call<K extends CommandName>(name: K, request: RequestOf<K>, lane?: string): Promise<ResponseOf<K>>;
  /** Resolves when the host is listening; nothing that happens later is missed. */
  listen(onEvent: (event: Event) => void, onShell: (event: ShellEvent) => void): Promise<void>;
  /** The first answers are older than the page, so that it need not wait for them. */
  readonly answeredAhead: boolean;
  /** Installed fonts; `null`: not known, and not needed. */
  readonly families: readonly string[] | null;
  /** Where an `<img>` finds the bytes of an attachment. */
  attachmentUrl(id: string): string;
  /** Where it finds a picture of the web, which a person allowed: the page itself may ask no other host. */
  webPictureUrl(address: string): string;
}

export function isApiError(value: unknown): value is ApiError {
  return typeof value === 'object' && value !== null && typeof (value as ApiError).code === 'string';
}
