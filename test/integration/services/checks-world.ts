import { beforeEach } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { createChecks } from '../../../src/services/checks/checks.ts';
import { createInstanceRecords } from '../../../src/stores/instances/records.ts';
import { secrets } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';
import { type CommandWorld, createCommandWorld, IN_ORDER, STANDARD_OFFERS } from './command-world.ts';

export type ChecksDependencies = Parameters<typeof createChecks>[0];

/** The world of the commands, in which every link is well that a test does not break. */
export interface ChecksWorld extends CommandWorld {
  readonly dependencies: ChecksDependencies;
  checksWith(change?: Partial<ChecksDependencies>): ReturnType<typeof createChecks>;
}

async function createChecksWorld(): Promise<ChecksWorld> {
  const world = await createCommandWorld();
  const dependencies: ChecksDependencies = {
    database: world.database,
    instances: createInstanceRecords(world.database, secrets),
    probe: {
      connect: async () => ({ serverVersion: '15.18', latencyMs: 1.5, durableWorkerRunning: null }),
    },
    orders: IN_ORDER,
    queue: { check: async () => undefined },
    store: { check: async () => undefined },
    platform: world.platform,
    listener: { hears: true },
    logger: createLogger('silent'),
    authority: { readTrusted: async () => '' },
    facts: { version: '1.2.3', platform: 'local', imageMethods: ['LOGICAL'], namespaces: ['toygres-managed'] },
  };
  return { ...world, dependencies, checksWith: (change = {}) => createChecks({ ...dependencies, ...change }) };
}

/** One world for all tests of a file, in which each begins without a record. To be called at the head of the file. */
export function useChecksWorld(): ChecksWorld {
  const world = useShared(createChecksWorld);
  beforeEach(async () => {
    world.offer(STANDARD_OFFERS);
    await world.database.pool.query(
      'TRUNCATE cms.workers, cms.operations, cms.instances, cms.drift, cms.leases CASCADE',
    );
  });
  return world;
}
