// Starts the window. A build for the app knows only the shell; every other build can also run in a
// plain browser, on a host in memory.

import { mount } from 'svelte';

import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/editor.css';
import './styles/preview.css';
import { call, useHost } from './ipc/call';
import { insideTauri, tauriHost } from './ipc/host-tauri';
import { useInstalledFonts } from './views/fonts';
import { directionOf, languageFor, speak } from './text';

async function start(): Promise<void> {
  if (import.meta.env.MODE !== 'production' && !insideTauri()) {
    const { FakeHost, optionsFrom } = await import('./ipc/host-fake');
    const fake = new FakeHost(optionsFrom(location.search));
    // Tests reach the other side of the contract through this.
    Object.assign(window, { sheafFake: fake });
    useHost(fake);
  } else useHost(tauriHost);

  useInstalledFonts(document.documentElement);
  // The words come first: whatever is loaded after this says them. Without an answer they are English.
  const language = await call('settings').then((s) => languageFor(s.language, navigator.languages), () => languageFor('', navigator.languages));
  await speak(language);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  const { default: App } = await import('./App.svelte');
  const target = document.getElementById('app');
  if (target !== null) mount(App, { target });
}

void start();
