// Two builds of one source. `vite build` makes what the app ships; `vite build --mode fake` makes a
// page that runs in any browser on an in-memory host, for tests and pictures. The fake host is
// imported only where `MODE` is not `production`, so it cannot reach a shipped bundle.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

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
  preview: { port: 4173, strictPort: true },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
}));
