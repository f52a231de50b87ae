import path from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** `vite web` serves the console by itself and asks a server on this machine; the server's own console is built by `src/bundle-console.mjs`. */
export default defineConfig({
  root,
  // Below whatever path people reach the server: the page says where that is, by its <base>.
  base: './',
  publicDir: false,
  esbuild: { jsx: 'automatic', legalComments: 'none' },
  cacheDir: path.join(root, '../node_modules/.vite-console'),
  build: {
    target: 'es2023',
    outDir: path.join(root, '../dist/console'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: { '/graphql': { target: 'http://127.0.0.1:8080', ws: true }, '/auth': 'http://127.0.0.1:8080' },
  },
});
