// The one way from the window to the engine.

import type { ApiError } from './generated';
import { isApiError, type CommandName, type Host, type RequestOf, type ResponseOf } from './host';

let host: Host | undefined;

export function useHost(next: Host): void {
  host = next;
}

export function currentHost(): Host {
  if (host === undefined) throw new Error('no host yet: useHost comes first in main.ts');
  return host;
}

type Bare = { [K in CommandName]: RequestOf<K> extends null ? K : never }[CommandName];

export function call<K extends Bare>(name: K): Promise<ResponseOf<K>>;
export function call<K extends CommandName>(name: K, request: RequestOf<K>): Promise<ResponseOf<K>>;
export function call<K extends CommandName>(name: K, request?: RequestOf<K>): Promise<ResponseOf<K>> {
  return currentHost().call(name, (request ?? null) as RequestOf<K>);
}

/** For questions that replace each other; see {@link Host.call}. */
export function callInLane<K extends CommandName>(lane: string, name: K, request: RequestOf<K>): Promise<ResponseOf<K>> {
  return currentHost().call(name, request, lane);
}

/** Every failure becomes an error of the contract: what is not one is a defect of ours. */
export function asApiError(reason: unknown): ApiError {
  if (isApiError(reason)) return reason;
  return { code: 'bug', detail: reason instanceof Error ? reason.message : String(reason) };
}
