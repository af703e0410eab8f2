// Two builds of one source. `vite build` makes what the app ships; `vite build --mode fake` makes a
// page that runs in any browser on an in-memory host, for tests and pictures. The fake host is
// imported only where `MODE` is not `production`, so it cannot reach a shipped bundle.
import { readFileSync } from 'node:fs';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { ownProperties } from './own-properties.ts';

interface ShellConfig { app: { security: { csp: Record<string, string> } } }

const shell = JSON.parse(readFileSync(new URL('../tauri.conf.json', import.meta.url), 'utf8')) as ShellConfig;
const policy = Object.entries(shell.app.security.csp).map(([directive, sources]) => `${directive} ${sources}`).join('; ');

/** KaTeX names its fonts in three formats; every web view we run in reads the smallest. */
const onlyWoff2: Plugin = {
  name: 'only-woff2',
  enforce: 'pre',
  transform: (code, id) => (/katex.*\.css/.test(id) ? { code: code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, ''), map: null } : null),
};

export default defineConfig(({ mode }) => ({
  plugins: [onlyWoff2, ownProperties, svelte()],
  clearScreen: false,
  build: {
    target: ['es2022', 'safari16'],
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    // The content policy takes fonts from files only.
    assetsInlineLimit: (path) => (path.endsWith('.woff2') ? false : undefined),
  },
  server: { port: 1420, strictPort: true },
  // The browser tests run under the policy of the shipped window.
  preview: { strictPort: true, headers: { 'Content-Security-Policy': policy } },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: { include: ['tests/*.test.ts'], environment: 'node', testTimeout: 60_000 },
}));
