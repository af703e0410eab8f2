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

/** Most of the app's code, and nobody types before there is a list: an import that brings it along costs the start 80 ms. */
const AFTER_THE_FIRST_FRAME = /\/@codemirror\/view\/|\/Preferences\.svelte$/;

/** The window's own chunks and styles are asked for while the words are still being read, and not after. */
const windowWithThePage: Plugin = {
  name: 'window-with-the-page',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle }) {
      const chunks = Object.values(bundle ?? {}).filter((part) => part.type === 'chunk');
      const page = chunks.find((chunk) => chunk.facadeModuleId?.endsWith('/src/App.svelte'));
      if (page === undefined) return [];
      const first = chunks.filter((chunk) => chunk === page || page.imports.includes(chunk.fileName));
      const early = first.flatMap((chunk) => chunk.moduleIds).find((id) => AFTER_THE_FIRST_FRAME.test(id));
      if (early !== undefined) throw new Error(`the window would read ${early} before its first frame`);
      const link = (rel: string) => (file: string) => ({ tag: 'link', attrs: { rel, crossorigin: true, href: `/${file}` }, injectTo: 'head' as const });
      const own = first.filter((chunk) => !chunk.isEntry);
      const styles = own.flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]);
      return [...own.map((chunk) => chunk.fileName).map(link('modulepreload')), ...styles.map(link('stylesheet'))];
    },
  },
};

export default defineConfig(({ mode }) => ({
  plugins: [onlyWoff2, ownProperties, windowWithThePage, svelte()],
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
