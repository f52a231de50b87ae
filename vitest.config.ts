import { defineConfig } from 'vitest/config';

// Code of ours must see the same build of graphql as type-graphql does.
const resolve = { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] };

const server = { globalSetup: ['test/support/global-setup.ts'], testTimeout: 600_000, hookTimeout: 600_000 };

export default defineConfig({
  resolve,
  test: {
    setupFiles: ['test/support/setup.ts'],
    // Modules keep nothing that changes, so files need no copy of all packages each.
    isolate: false,
    // A file takes half of a processor's time, and waits for the rest: for servers that boot, and for leases of the dead. Four
    // keep two processors busy.
    maxWorkers: 4,
    // What is waited for comes on a busy machine, too, and later there. These limits are for what never comes.
    expect: { poll: { timeout: 240_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'contracts',
          include: ['test/contracts/**/*.test.ts'],
          exclude: ['**/*.cluster.test.ts'],
          ...server,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts'],
          ...server,
        },
      },
      { extends: true, test: { name: 'slow', include: ['test/**/*.slow.test.ts'], ...server } },
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          exclude: ['**/*.slow.test.ts'],
          ...server,
        },
      },
      { extends: true, test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], ...server } },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], exclude: ['**/*.slow.test.ts'], ...server },
      },
    ],
  },
});
