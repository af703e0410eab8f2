// The shell. The only file that knows Tauri.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWindow } from '@tauri-apps/api/window';

import { FirstAnswers, type FirstThings } from './first-answers';
import type { Event, ShellEvent } from './generated';
import { isApiError, type CommandName, type Host, type RequestOf, type ResponseOf } from './host';

/** Custom schemes become hosts on Windows (WebView2 knows only http there). */
const onWindows = navigator.userAgent.includes('Windows');

const left = (window as { __SHEAF_FIRST__?: FirstThings }).__SHEAF_FIRST__;
const first = new FirstAnswers(left);

/** What pictures of the web are asked for with (`src-tauri/src/pictures.rs`). */
const pictureKey = (window as { __SHEAF_PICTURES__?: string }).__SHEAF_PICTURES__ ?? '';

export const tauriHost: Host = {
  answeredAhead: left !== undefined,
  families: left?.families ?? null,

  async call<K extends CommandName>(name: K, request: RequestOf<K>, lane?: string): Promise<ResponseOf<K>> {
    const known = first.take(name, request);
    if (known !== undefined) return known;
    try {
      return await invoke<ResponseOf<K>>(`plugin:sheaf|${name}`, lane === undefined ? { request } : { request, lane });
    } catch (reason) {
      // A command the shell does not permit or know rejects with a plain string.
      throw isApiError(reason) ? reason : { code: 'bug', detail: String(reason) };
    }
  },

  async listen(onEvent, onShell) {
    // Questions go to one window: another one must not answer them.
    const target = { kind: 'WebviewWindow', label: getCurrentWindow().label } as const;
    try {
      await Promise.all([
        listen<Event>('sheaf', (message) => onEvent(message.payload), { target }),
        listen<ShellEvent>('shell', (message) => onShell(message.payload), { target }),
      ]);
    } finally {
      // A second attempt must not begin with what is old by then.
      first.forget();
    }
  },

  attachmentUrl(id) {
    const base = onWindows ? 'http://sheaf-file.localhost/' : 'sheaf-file://localhost/';
    return base + encodeURIComponent(id);
  },

  webPictureUrl(address) {
    const base = onWindows ? 'http://sheaf-picture.localhost/' : 'sheaf-picture://localhost/';
    return `${base}${pictureKey}/${encodeURIComponent(address)}`;
  },
};

export function insideTauri(): boolean {
  return '__TAURI_INTERNALS__' in window;
}
