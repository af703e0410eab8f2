// The page that `cargo xtask bench` types into beside the app; it is part of nothing that ships.
import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('./bench', import.meta.url).pathname,
  base: './',
  clearScreen: false,
  build: { target: ['es2022', 'safari16'], emptyOutDir: true, modulePreload: { polyfill: false } },
});
