import { beforeEach } from 'vitest';
import type { Json } from '../../../jobs/ports/json.ts';
import type { PostgresOffer } from '../../../jobs/ports/platform/servers.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { workflows } from '../../../jobs/registry.ts';
import type { OperationQueue, Order } from '../../../jobs/workflow/operation-queue.ts';
import type { Accepted, Caller } from '../../../resolvers/ports/commands.ts';
import type { ErrorCode } from '../../../schema/errors.ts';
import { AppError, invalidInput } from '../../../schema/errors.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createServerCommands } from '../../../src/services/checks/server-commands.ts';
import { createCommandGate } from '../../../src/services/commands/gate.ts';
import type { CommandPlatform } from '../../../src/services/commands/ports.ts';
import type { CommandWatch } from '../../../src/services/commands/watch.ts';
import { createImageCommands } from '../../../src/services/images/image-commands.ts';
import { createInstanceCommands } from '../../../src/services/instances/instance-commands.ts';
import { createOperationCommands } from '../../../src/services/operations/operation-commands.ts';
import { createDrillRecords } from '../../../src/stores/drills/records.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createImageRecords } from '../../../src/stores/images/records.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createInstanceRecords } from '../../../src/stores/instances/records.ts';
import { createJobRecords } from '../../../src/stores/operations/job-records.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { createOperationQueue } from '../../../src/workflow/queue/operation-queue.ts';
import { PLATFORM, secrets } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';
import { createTestDatabase } from '../../support/test-database.ts';

export const admin: Caller = { kind: 'USER', id: null, name: 'admin', role: 'ADMIN' };

/** Not in the order of versions, so that nothing can rely on it. */
export const STANDARD_OFFERS: readonly PostgresOffer[] = [
  { version: '16', imageTypes: ['STOCK'] },
  { version: '17', imageTypes: ['STOCK', 'PG_DURABLE'] },
  { version: '15', imageTypes: ['STOCK'] },
];

/** Sources in which nothing stands in the way of an image. */
export const IN_ORDER: Pick<ServerProbe, 'readOrder'> = {
  readOrder: async () => ({
    connections: 100,
    freeConnections: 90,
    locks: 6400,
    tables: 3,
    prepared: 0,
    holding: 0,
    closed: 0,
  }),
};

/** No command looks outside of the records. */
const notNeeded = new Proxy({} as never, {
  get: (_, name) => {
    throw new Error(`a command asked for ${String(name)}`);
  },
});

/** What a command has enqueued. */
interface Enqueued extends Order {
  readonly workflow: string;
  readonly input: Json;
}

/** All of them in turn, as many as there are by then. */
function watchOf(onlookers: readonly CommandWatch[]): CommandWatch {
  return {
    async requireInScope(tx, caller, target) {
      for (const onlooker of onlookers) await onlooker.requireInScope(tx, caller, target);
    },
    async onCommand(tx, entry) {
      for (const onlooker of onlookers) await onlooker.onCommand(tx, entry);
    },
  };
}

/** The commands over a real database and queue, on a platform of which the test decides what it offers. */
export async function createCommandWorld() {
  const test = await createTestDatabase();
  const { database } = test;
  let freeBytes: number | null = null;
  let offers: readonly PostgresOffer[] | AppError = STANDARD_OFFERS;
  const platform: CommandPlatform & { kind: 'local' | 'kubernetes'; givesPublicNames: boolean } = {
    kind: 'kubernetes',
    id: PLATFORM,
    namespaces: ['toygres-managed', 'further'],
    givesPublicNames: true,
    get hostsAsAsked() {
      return platform.kind === 'kubernetes';
    },
    checkHosting: async (hosting, storageClass) => {
      for (const name of [hosting.priorityClass, storageClass]) {
        if (name === 'gone') throw invalidInput('storageClass', 'offered', 'This cluster has no class gone.');
      }
    },
    tellsConnections: true,
    readNamespaces: async () => [],
    readFreeBytes: async () => freeBytes,
    readOffers: async () => {
      if (offers instanceof AppError) throw offers;
      return offers;
    },
  };
  const log = createLogger('silent');
  const boss = await startBoss({ url: test.url, log });
  const services = {
    instances: createInstanceRecords(database, secrets),
    images: createImageRecords(database, secrets),
    drills: createDrillRecords(database, secrets),
    jobs: createJobRecords(database, PLATFORM),
    platform: notNeeded,
    store: notNeeded,
    probe: notNeeded,
  };
  const real = createOperationQueue({ boss, platformId: PLATFORM, workflows, services });
  const enqueued: Enqueued[] = [];
  const queue: OperationQueue = {
    ...real,
    enqueue(tx, workflow, input, order) {
      enqueued.push({ ...order, workflow: workflow.name, input });
      return real.enqueue(tx, workflow, input, order);
    },
  };
  const onlookers: CommandWatch[] = [];
  const gate = createCommandGate({ database, secrets, platform, log, watch: watchOf(onlookers) });
  const dependencies = { gate, queue, platform, secrets };
  const operations = createOperationQueries(database);
  const world = {
    database,
    boss,
    secrets,
    platform,
    enqueued,
    onlookers,
    instanceCommands: createInstanceCommands(dependencies),
    imageCommands: createImageCommands(dependencies),
    operationCommands: createOperationCommands(dependencies),
    serverCommands: createServerCommands(dependencies, { database, instances: services.instances, orders: IN_ORDER }),
    instances: createInstanceQueries(database, secrets),
    images: createImageQueries(database),
    operations,
    /** What the platform answers from now on. */
    offer: (answer: readonly PostgresOffer[] | AppError) => {
      offers = answer;
    },
    /** What is free where its volumes are, from now on; null: it cannot tell. */
    leaveFree: (bytes: number | null) => {
      freeBytes = bytes;
    },
    /** Ends every operation under way. */
    finishOperations: () => database.pool.query(`UPDATE cms.operations SET state = 'SUCCEEDED'`),
    stop: async () => {
      await boss.stop({ graceful: false });
      await test.stop();
    },
  };
  return world;
}

export type CommandWorld = Awaited<ReturnType<typeof createCommandWorld>>;

/**
 * One world for all tests of a file, in which each begins with nothing enqueued on a cluster that offers the usual. To be
 * called at the head of the file, before its own hooks.
 */
export function useCommandWorld(): CommandWorld {
  const world = useShared(createCommandWorld);
  beforeEach(() => {
    world.enqueued.length = 0;
    world.onlookers.length = 0;
    world.offer(STANDARD_OFFERS);
    world.platform.kind = 'kubernetes';
    world.platform.givesPublicNames = true;
  });
  return world;
}

let names = 0;
/** A name that no other record of the file has. */
export const newName = (prefix: string) => `${prefix}-${++names}`;

/** The instance of that id, which must be there. */
export async function readInstance(world: CommandWorld, id: string) {
  const [record] = await world.instances.byIds([id]);
  if (!record) throw new Error(`no instance ${id}`);
  return record;
}

/** The error that the work must end with. */
export async function refusalOf(work: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error = await work.then(
    (value) => new Error(`it was accepted: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  const isRight = error instanceof AppError && error.code === code;
  // Whatever was looked for in vain was named by a field of the input.
  if (isRight && (code !== 'NOT_FOUND' || error.details.field !== undefined)) return error;
  throw new Error(`expected ${code}`, { cause: error });
}

/** The id that an accepted command must have given. */
export function idOf(accepted: Accepted, kind: 'instanceId' | 'imageId' | 'operationId' | 'drillId'): string {
  const id = accepted[kind];
  if (id == null) throw new Error(`no ${kind}: ${JSON.stringify(accepted)}`);
  return id;
}
