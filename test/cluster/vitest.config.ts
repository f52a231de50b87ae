import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

// The suite for the cluster that KUBECONFIG names. One file after the other: the cluster may be one small machine.
export default defineConfig({
  root,
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    name: 'cluster',
    setupFiles: ['test/support/setup.ts'],
    include: ['test/contracts/**/*.cluster.test.ts', 'test/cluster/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    fileParallelism: false,
    isolate: false,
  },
});
