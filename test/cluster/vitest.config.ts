import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * They close nodes, end the API server, count and time what it is asked, look at classes of the whole cluster, or deploy all of
 * it: nothing else runs then.
 */
const ALONE = [
  'calls',
  'pods',
  'heal',
  'hosting',
  'volume-growth',
  'api-server',
  'deployment*',
  'upgrade',
  'chart',
].map((name) => `test/cluster/${name}.test.ts`);

// The suite for the cluster that KUBECONFIG names, which may be one small machine: most of the time is spent waiting, so that
// two files at once keep it busy. Each has a namespace of its own.
export default defineConfig({
  root,
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/contracts/**/*.cluster.test.ts', 'test/cluster/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'cluster-alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
