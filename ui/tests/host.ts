// A window's state on the host in memory, without a window.

import { FakeHost, optionsFrom } from '../src/ipc/host-fake';
import { useHost } from '../src/ipc/call';
import { App } from '../src/state/app.svelte';
import { noteExtensions } from '../src/editor/setup';

export interface Rig {
  host: FakeHost;
  app: App;
}

export async function rig(query = ''): Promise<Rig> {
  const host = new FakeHost(optionsFrom(query), () => 1_795_000_000_000);
  useHost(host);
  const app = new App();
  app.useExtensions(() => Promise.resolve(() => noteExtensions({ lineNumbers: false, spellCheck: false, readOnly: false }, null)));
  await app.boot();
  return { host, app };
}

