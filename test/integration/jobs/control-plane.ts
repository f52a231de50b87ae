import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import pg from 'pg';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import { workflows } from '../../../jobs/registry.ts';
import type {
  Accepted,
  Caller,
  CreateInstance,
  UpdateImage,
  UpdateInstance,
} from '../../../resolvers/ports/commands.ts';
import type { OperationRecord } from '../../../resolvers/ports/records.ts';
import type { Loss } from '../../../schema/rules/finding-rules.ts';
import { type ImageMethod, isTerminal, type Login } from '../../../schema/states.ts';
import { createListener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { ensureAzcopy } from '../../../src/platform/local/jobs/azcopy.ts';
import { createLocalPlatform } from '../../../src/platform/local/local-platform.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { createCommandGate } from '../../../src/services/commands/gate.ts';
import { createImageCommands } from '../../../src/services/images/image-commands.ts';
import { createInstanceCommands } from '../../../src/services/instances/instance-commands.ts';
import { createOperationCommands } from '../../../src/services/operations/operation-commands.ts';
import { createAzureBlobStore } from '../../../src/storage/azure-blob-store.ts';
import { createAuthority } from '../../../src/stores/authorities/authorities.ts';
import { createDrillQueries } from '../../../src/stores/drills/queries.ts';
import { createDrillRecords } from '../../../src/stores/drills/records.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createImageRecords } from '../../../src/stores/images/records.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createInstanceRecords } from '../../../src/stores/instances/records.ts';
import { createJobRecords } from '../../../src/stores/operations/job-records.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { createOperationQueue } from '../../../src/workflow/queue/operation-queue.ts';
import { createWorker } from '../../../src/workflow/worker.ts';
import { startAzurite, type TestAzurite } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { bundledRunner } from '../../support/runner.ts';
import { secrets } from '../../support/sample-rows.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const CALLER: Caller = { kind: 'USER', id: null, name: 'tester', role: 'ADMIN' };
const TEMPLATES = path.resolve(import.meta.dirname, '../../../templates');
/** Only one process is here: what a first command brings with it. */
const LONG_ENOUGH_MS = 120_000;

/** What a test may do to the world in the middle of a run, where nobody outside would get in at the right moment. */
export interface Meddling {
  store?(real: ImageStore): ImageStore;
  platform?(real: Platform): Platform;
  /** Other ones than the machine's. */
  readonly programs?: readonly PostgresPrograms[];
  /** What the store is reached through. */
  front?(azurite: TestAzurite): Promise<{ readonly connectionString: string; stop(): Promise<void> }>;
}

/** Everything behind the API, all of it real: records, queue, worker, local platform, blob store. */
export async function openControlPlane(meddling: Meddling = {}) {
  const log = createLogger(process.env.TEST_LOG === undefined ? 'silent' : 'debug');
  const [test, azurite, directory] = await Promise.all([
    createTestDatabase(),
    startAzurite(),
    mkdtemp('/tmp/toygres-jobs-'),
  ]);
  await chmod(directory, 0o755);
  const { database, url } = test;
  const stateDirectory = path.join(directory, 'state');
  const authority = createAuthority(database, secrets);
  const platform = await createLocalPlatform({
    homeId: randomUUID(),
    stateDirectory,
    programs: meddling.programs ?? (await findPostgresPrograms(null)),
    identity: await readServerIdentity(),
    azcopyPath: await ensureAzcopy(stateDirectory),
    scriptsDirectory: path.join(TEMPLATES, 'scripts'),
    runnerDirectory: await bundledRunner(),
    jobConcurrency: 2,
    namespaces: ['test'],
    certificates: authority,
    log,
  });
  const front = await meddling.front?.(azurite);
  const store = createAzureBlobStore({
    connectionString: front?.connectionString ?? azurite.connectionString,
    container: 'images',
    seal: secrets,
    log,
  });
  const boss = await startBoss({ url, log });
  const listener = createListener({ url, log });
  await listener.start();
  const services = {
    platform: meddling.platform?.(platform) ?? platform,
    store: meddling.store?.(store) ?? store,
    probe: createServerProbe(authority.readTrusted),
    instances: createInstanceRecords(database, secrets),
    images: createImageRecords(database, secrets),
    drills: createDrillRecords(database, secrets),
    jobs: createJobRecords(database, platform.id),
  };
  const queue = createOperationQueue({ boss, platformId: platform.id, workflows, services });
  const worker = createWorker({
    database,
    boss,
    listener,
    workflows,
    services,
    platformId: platform.id,
    concurrency: 4,
    log,
    release: 'test',
    undoBudgetMs: 3_000,
    settleMs: 1_000,
    leftBehindMs: 5_000,
  });
  await worker.start();

  const operations = createOperationQueries(database);
  const instances = createInstanceQueries(database, secrets);
  const images = createImageQueries(database);
  const drills = createDrillQueries(database);
  const gate = createCommandGate({ database, secrets, platform, log });
  const dependencies = { gate, queue, platform, secrets };
  const instanceCommands = createInstanceCommands(dependencies);
  const imageCommands = createImageCommands(dependencies);
  const operationCommands = createOperationCommands(dependencies);

  async function operation(id: string): Promise<OperationRecord> {
    const [record] = await operations.byIds([id]);
    if (!record) throw new Error(`no operation ${id}`);
    return record;
  }
  const ended = (id: string) =>
    eventually(
      () => operation(id),
      ({ state }) => isTerminal(state),
      LONG_ENOUGH_MS,
    );

  return {
    azurite,
    log,
    platform,
    store,
    database,
    services,
    container: BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images'),
    operation,
    /** The operation as it ended, whatever way. */
    ended,
    steps: async (id: string) => (await operations.steps([id]))[0] ?? [],
    notices: async (id: string) => (await operations.notices([id]))[0] ?? [],
    findings: async (id: string) => (await operations.findings([id]))[0] ?? [],
    jobs: async (id: string) => (await operations.jobs([id]))[0] ?? [],
    /** Waits until the operation has come so far. */
    untilStep: (id: string, name: string, state: string) =>
      eventually(
        async () => (await operations.steps([id]))[0]?.find((step) => step.name === name)?.state,
        (found) => found === state,
        LONG_ENOUGH_MS,
      ),
    instance: async (id: string) => one(await instances.byIds([id])),
    image: async (id: string) => one(await images.byIds([id])),
    password: async (id: string) => (await instances.credentials(id)).password,
    ownerLogin: (id: string) => instances.ownerCredentials(id),
    createInstance: async (input: CreateInstance) =>
      started(await instanceCommands.create(CALLER, { storageGib: 1, ...input })),
    updateInstance: (input: UpdateInstance) => instanceCommands.update(CALLER, input),
    createImage: async (name: string, instanceId: string, acceptLoss?: Loss) =>
      started(await imageCommands.create(CALLER, { name, instanceId, acceptLoss })),
    /** An image by any method. */
    takeImage: async (name: string, instanceId: string, method: ImageMethod, encrypt = false) =>
      started(await imageCommands.create(CALLER, { name, instanceId, method, encrypt })),
    /** Begins a drill. */
    async verifyImage(imageId: string) {
      const { operationId, drillId } = await imageCommands.verify(CALLER, { imageId });
      return { operationId: operationId ?? '', drillId: drillId ?? '' };
    },
    drill: async (id: string) => one(await drills.byIds([id])),
    /** Starts the operation and waits for its end. */
    act: async (verb: 'stop' | 'start' | 'restart' | 'delete', instanceId: string) =>
      ended(started(await instanceCommands[verb](CALLER, { instanceId })).operationId),
    begin: async (verb: 'stop' | 'start' | 'restart' | 'delete', instanceId: string) =>
      started(await instanceCommands[verb](CALLER, { instanceId })).operationId,
    /** Begins a deletion that a last image comes before. */
    deleteAfterImage: async (instanceId: string, finalImage: string) =>
      started(await instanceCommands.delete(CALLER, { instanceId, finalImage })).operationId,
    imageNamed: async (name: string) => images.byName(name),
    rotateCredentials: async (instanceId: string, password?: string, login?: Login) =>
      ended(started(await instanceCommands.rotateCredentials(CALLER, { instanceId, password, login })).operationId),
    deleteImage: async (imageId: string) => ended(started(await imageCommands.delete(CALLER, { imageId })).operationId),
    updateImage: (input: UpdateImage) => imageCommands.update(CALLER, input),
    cancel: (id: string) => operationCommands.cancel(CALLER, id),
    retry: (id: string) => operationCommands.retry(CALLER, id),
    /** A connection as a client of the instance would open it. */
    async connect(instanceId: string, options: pg.ClientConfig = {}): Promise<pg.Client> {
      const { endpoint } = one(await instances.byIds([instanceId]));
      if (!endpoint) throw new Error('the instance has no endpoint');
      const { username, password } = await instances.credentials(instanceId);
      const address = { host: endpoint.host, port: endpoint.port };
      const client = new pg.Client({ ...address, user: username, password, database: 'postgres', ...options });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    /** The blobs below a prefix. */
    async blobs(prefix: string): Promise<string[]> {
      const names: string[] = [];
      const client = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images');
      for await (const blob of client.listBlobsFlat({ prefix })) names.push(blob.name);
      return names;
    },
    /** What the platform holds, as `kind name`. */
    objects: async () => (await platform.listObjects()).map(({ kind, name }) => `${kind} ${name}`).sort(),
    stateDirectory,
    readTrusted: authority.readTrusted,
    stateFiles: () => readdir(stateDirectory, { recursive: true }),
    async stop() {
      await worker.stop({ graceMs: 0 });
      await platform.suspend();
      await platform.stop();
      await listener.stop();
      await boss.stop({ graceful: false });
      await front?.stop();
      await azurite.stop();
      await test.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type ControlPlane = Awaited<ReturnType<typeof openControlPlane>>;

function one<T>([record]: readonly (T | null)[]): T {
  if (!record) throw new Error('no such record');
  return record;
}

function started({ instanceId, imageId, operationId, notices }: Accepted) {
  if (operationId === null) throw new Error('no operation was started');
  return { instanceId: instanceId ?? '', imageId: imageId ?? '', operationId, notices };
}
