// A window's state on the host in memory, without a window.

import { FakeHost, optionsFrom } from '../src/ipc/host-fake';
import { useHost } from '../src/ipc/call';
import { App } from '../src/state/app.svelte';
import { noteExtensions, type EditorPreferences } from '../src/editor/setup';
import { writingDefaults } from '../src/ipc/defaults';

export const plainEditor: EditorPreferences = { lineNumbers: false, spellCheck: false, readOnly: false, writing: writingDefaults, focus: false, systemLanguage: 'en-GB', pictures: null, vimReady: false };

export interface Rig {
  host: FakeHost;
  app: App;
}

export async function rig(query = ''): Promise<Rig> {
  const host = new FakeHost(optionsFrom(query), () => 1_795_000_000_000);
  useHost(host);
  const app = new App();
  app.useExtensions(() => Promise.resolve(() => noteExtensions(plainEditor, null)));
  await app.boot();
  return { host, app };
}

