import { beforeEach } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { createChecks } from '../../../src/services/checks.ts';
import { createInstanceRecords } from '../../../src/stores/instance-records.ts';
import { secrets } from '../../support/sample-rows.ts';
import { type CommandWorld, useCommandWorld } from './command-world.ts';

export type ChecksDependencies = Parameters<typeof createChecks>[0];

/** The world of the commands, in which every link is well that a test does not break. */
export interface ChecksWorld extends CommandWorld {
  readonly dependencies: ChecksDependencies;
  checksWith(change?: Partial<ChecksDependencies>): ReturnType<typeof createChecks>;
}

/** Gives the tests of a file one world, in which each begins without a record. Called at the head of the file. */
export function useChecksWorld(take: (world: ChecksWorld) => void): void {
  let database: CommandWorld['database'];
  useCommandWorld((world) => {
    database = world.database;
    const dependencies: ChecksDependencies = {
      database,
      instances: createInstanceRecords(database, secrets),
      probe: {
        connect: async () => ({ serverVersion: '15.18', latencyMs: 1.5, durableWorkerRunning: null }),
      },
      queue: { check: async () => undefined },
      store: { check: async () => undefined },
      platform: world.platform,
      logger: createLogger('silent'),
    };
    take({ ...world, dependencies, checksWith: (change = {}) => createChecks({ ...dependencies, ...change }) });
  });
  beforeEach(async () => {
    await database.pool.query('TRUNCATE cms.workers, cms.operations, cms.instances, cms.drift, cms.leases CASCADE');
  });
}
