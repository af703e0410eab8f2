// Two builds of one source. `vite build` makes what the app ships; `vite build --mode fake` makes a
// page that runs in any browser on an in-memory host, for tests and pictures. The fake host is
// imported only where `MODE` is not `production`, so it cannot reach a shipped bundle.
import { readFileSync } from 'node:fs';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

interface ShellConfig { app: { security: { csp: Record<string, string> } } }

const shell = JSON.parse(readFileSync(new URL('../tauri.conf.json', import.meta.url), 'utf8')) as ShellConfig;
const policy = Object.entries(shell.app.security.csp).map(([directive, sources]) => `${directive} ${sources}`).join('; ');

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  clearScreen: false,
  build: {
    target: ['es2022', 'safari16'],
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    emptyOutDir: true,
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { port: 1420, strictPort: true },
  // The browser tests run under the policy of the shipped window.
  preview: { strictPort: true, headers: { 'Content-Security-Policy': policy } },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: { include: ['tests/*.test.ts'], environment: 'node', testTimeout: 60_000 },
}));
