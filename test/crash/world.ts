import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { workflows } from '../../jobs/registry.ts';
import type { Accepted, CreateInstance } from '../../resolvers/ports/commands.ts';
import type { ImageMethod } from '../../schema/states.ts';
import { createLogger } from '../../src/log/logger.ts';
import { createServerCommands } from '../../src/services/checks/server-commands.ts';
import { createCommandGate } from '../../src/services/commands/gate.ts';
import { createImageCommands } from '../../src/services/images/image-commands.ts';
import { createInstanceCommands } from '../../src/services/instances/instance-commands.ts';
import { createOperationCommands } from '../../src/services/operations/operation-commands.ts';
import { createOperationQueue } from '../../src/workflow/queue/operation-queue.ts';
import { createWorker, type Worker } from '../../src/workflow/worker.ts';
import { startAzurite } from '../support/azurite.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { type Meddling, observed, observedQueue, observedServices } from './moments.ts';
import type { Orders } from './orders.ts';
import { openParts } from './parts.ts';
import { startVictim } from './start-victim.ts';

/** What is done to an instance; `grow`: by one GiB. */
export type Verb =
  | 'stop'
  | 'start'
  | 'restart'
  | 'delete'
  | 'grow'
  | 'delete after an image'
  | 'rotateCredentials'
  | 'rotateOwnerCredentials';

const CALLER = { kind: 'USER', id: null, name: 'tester', role: 'ADMIN' } as const;

/**
 * One home, one CMS database and one blob store, all of it real, for workers that come and die.
 * `databaseUrl`: a CMS of the test's own in the place of a database on the server that all tests share.
 * `programsDirectory`: a PostgreSQL of the test's own in the place of the machine's.
 */
export async function openWorld({
  databaseUrl,
  programsDirectory,
}: {
  readonly databaseUrl?: string;
  readonly programsDirectory?: string;
} = {}) {
  await using stops = new AsyncDisposableStack();
  const directory = await mkdtemp('/tmp/toygres-crash-');
  stops.defer(() => rm(directory, { recursive: true, force: true }));
  await chmod(directory, 0o755);
  const url = databaseUrl ?? (await ownDatabase(stops));
  const azurite = await startAzurite();
  stops.defer(() => azurite.stop());
  const environment = {
    TOYGRES_HOME: path.join(directory, 'home'),
    DATABASE_URL: url,
    AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString,
    TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'),
    TOYGRES_API_TOKEN: 'a-token-that-nobody-needs-in-here',
    TOYGRES_JOB_CONCURRENCY: '3',
    LOG_LEVEL: process.env.TEST_LOG ?? 'fatal',
    ...(programsDirectory !== undefined && { TOYGRES_POSTGRES_BIN: programsDirectory }),
  };
  const parts = await openParts(environment);
  const { core } = parts;
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images');
  await container.createIfNotExists();
  stops.defer(() => parts.stops.disposeAsync());
  stops.defer(() => core.platform.suspend());
  const { boss, database, platform, secrets, services } = core;
  const queue = createOperationQueue({ boss, platformId: platform.id, workflows, services });
  const gate = createCommandGate({ database, secrets, platform, log: createLogger('silent') });
  const dependencies = { gate, queue, platform, secrets };
  const instances = createInstanceCommands(dependencies);
  const images = createImageCommands(dependencies);
  const server = createServerCommands(dependencies, {
    database,
    instances: services.instances,
    orders: services.probe,
  });
  const operations = createOperationCommands(dependencies);
  const grow = async (instanceId: string) => {
    const { storageGib } = await services.instances.read(instanceId);
    return instances.update(CALLER, { instanceId, storageGib: storageGib + 1 });
  };
  /** How far all operations are. */
  const readRecords = async () => {
    const moved = 'SELECT sum(revision + fence + sequence)::text AS moved FROM cms.operations';
    return (await database.pool.query<{ moved: string | null }>(moved)).rows[0]?.moved;
  };
  const kept = stops.move();

  return {
    core,
    stateDirectory: parts.stateDirectory,
    environment,
    azurite,
    container,
    createInstance: async (name: string, sourceImageId: string | null = null, more: Partial<CreateInstance> = {}) =>
      started(await instances.create(CALLER, { name, storageGib: 1, sourceImageId, ...more })),
    createImage: async (name: string, instanceId: string, method: ImageMethod = 'LOGICAL') =>
      started(await images.create(CALLER, { name, instanceId, method })),
    act: async (verb: Verb, instanceId: string) => {
      if (verb === 'grow') return started(await grow(instanceId));
      if (verb === 'rotateOwnerCredentials') {
        return started(await instances.rotateCredentials(CALLER, { instanceId, login: 'OWNER' }));
      }
      if (verb !== 'delete after an image') return started(await instances[verb](CALLER, { instanceId }));
      return started(await instances.delete(CALLER, { instanceId, finalImage: `final-${instanceId}` }));
    },
    /** What a growth asked for, and what the record has now. */
    async readGrowth(operationId: string): Promise<{ readonly asked: number; readonly has: number }> {
      const { rows } = await database.pool.query<{ asked: number; has: number }>(
        `SELECT (input->>'storageGib')::int AS asked, storage_gib AS has
         FROM cms.operations o JOIN cms.instances i ON i.id = o.instance_id WHERE o.id = $1`,
        [operationId],
      );
      if (rows[0] === undefined) throw new Error(`no operation ${operationId}`);
      return rows[0];
    },
    runPreflight: async () => started(await server.preflight(CALLER, {})),
    deleteImage: async (imageId: string) => started(await images.delete(CALLER, { imageId })),
    verifyImage: async (imageId: string) => started(await images.verify(CALLER, { imageId })),
    cancel: (operationId: string) => operations.cancel(CALLER, operationId),

    /** A worker in this process. */
    async startWorker({ observe, failing }: Pick<Meddling, 'observe' | 'failing'>): Promise<Worker> {
      const meddling = { observe, failing, timeoutMs: undefined };
      const worker = createWorker({
        ...core,
        boss: observedQueue(boss, observe, () => false),
        platformId: platform.id,
        services: observedServices(services, observe),
        workflows: workflows.map((workflow) => observed(workflow, meddling)),
        concurrency: 16,
        release: 'test',
        log: createLogger(process.env.TEST_LOG === undefined ? 'silent' : 'debug'),
      });
      await worker.start();
      return worker;
    },

    /** A worker in this process with parts of its own, which may reach what they need by other ways. */
    async openWorker(change: Partial<typeof environment>): Promise<{ stop(): Promise<void> }> {
      const own = await openParts({ ...environment, ...change });
      const worker = createWorker({
        ...own.core,
        platformId: platform.id,
        workflows,
        concurrency: 4,
        release: 'test',
        log: createLogger(process.env.TEST_LOG === undefined ? 'silent' : 'debug'),
      });
      own.stops.defer('the worker', () => worker.stop({ graceMs: 1000 }));
      await worker.start();
      return { stop: () => own.stops.disposeAsync() };
    },

    /** Runs a worker process until it has killed itself as ordered; throws when it does not. */
    async sendVictim(appointments: Orders['appointments'], failing: readonly string[]): Promise<void> {
      const victim = await startVictim(directory, { environment, ending: 'die', appointments, failing }, readRecords);
      await victim.untilEnded('SIGKILL');
    },

    /** The same with one that has frozen when this resolves. Waking it resolves when it has said all and has ended. */
    async freezeVictim(appointments: Orders['appointments'], failing: readonly string[]) {
      const victim = await startVictim(
        directory,
        { environment, ending: 'freeze', appointments, failing },
        readRecords,
      );
      kept.defer(() => victim.kill());
      await victim.untilFrozen();
      return { wake: () => victim.wake() };
    },

    stop: () => kept.disposeAsync(),
  };
}

async function ownDatabase(stops: AsyncDisposableStack): Promise<string> {
  const test = await createTestDatabase();
  stops.defer(() => test.stop());
  return test.url;
}

export type World = Awaited<ReturnType<typeof openWorld>>;

function started({ instanceId, imageId, operationId }: Accepted) {
  if (operationId === null) throw new Error('no operation was started');
  return { instanceId, imageId, operationId };
}
