import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit } from '../support/audit.ts';
import { startAzurite } from '../support/azurite.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { listBlobs } from '../support/e2e-home-services.ts';
import { type E2eHome, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeClock, makeFakeClock } from '../support/fake-clock.ts';
import type { ServerLogin } from '../support/server-facts.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { openParts } from './parts.ts';

const MINUTES = 60_000;
const HOUR = 60;
const stops = new AsyncDisposableStack();
let environment: Record<string, string>;
let home: E2eHome;
let container: ContainerClient;
/** What the servers of the product see. */
let clock: FakeClock | null;
/** What the worker of the last test sees. */
let waits: FakeClock | null;
let api: E2eClient;
let worker: { stop(): Promise<unknown> };
let source: { id: string; login: ServerLogin };

beforeAll(async () => {
  [clock, waits] = [await makeFakeClock(), await makeFakeClock({ monotonic: true })];
  if (clock === null) return;
  const records = await createTestDatabase();
  stops.defer(() => records.stop());
  const azurite = await startAzurite();
  stops.defer(() => azurite.stop());
  home = await makeE2eHome('clock');
  stops.defer(() => home.stop());
  environment = {
    DATABASE_URL: records.url,
    AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString,
    TOYGRES_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TOYGRES_API_TOKEN: randomBytes(24).toString('hex'),
  };
  container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images');
  const server = await home.start('api', { ...environment, ...clock.environment });
  stops.defer(async () => void (await server.stop()));
  api = createE2eClient(server);
  stops.defer(() => api.stop());
  worker = await home.start('worker', { ...environment, ...clock.environment });
  stops.defer(async () => void (await worker.stop()));
  const created = await api.createInstance({ name: 'source' });
  await api.untilOver(created.operationId);
  source = { id: created.id, login: await api.login(created.id) };
  await fillSlowServer(source.login);
}, 10 * MINUTES);
afterAll(async () => {
  await stops.disposeAsync();
  await clock?.stop();
  await waits?.stop();
}, 10 * MINUTES);

async function findLeft(): Promise<readonly string[]> {
  const { core, stateDirectory, stops: parts } = await openParts({ ...environment, TOYGRES_HOME: home.directory });
  try {
    return await audit({
      pool: core.database.pool,
      platform: core.platform,
      container,
      stateDirectory,
      readPassword: (id) => core.services.instances.readPassword(id),
    });
  } finally {
    await parts.disposeAsync();
  }
}

it(
  'everything goes on when the clock of its processes jumps by hours, ahead and back, in the middle',
  async (context) => {
    if (clock === null) return context.skip('libfaketime is not there, and installing it takes root');
    const held = await holdTable(source.login, 'orders');
    const taken = await api.createImage({ name: 'through-time', instanceId: source.id });
    const sequences: number[] = [];
    const followed = (async () => {
      for await (const { sequence } of api.events(taken.operationId)) sequences.push(sequence);
    })();
    await api.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
    await clock.set(HOUR);
    await held.release();
    await api.untilOver(taken.operationId);
    await followed;
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));

    const restored = await api.createInstance({ name: 'copy', sourceImageId: taken.id });
    await api.untilStep(restored.operationId, 'Download the image');
    await clock.set(-HOUR);
    await api.untilOver(restored.operationId);
    const restarted = await api.changeInstance('restart', restored.id);
    await api.untilStep(restarted.operationId, 'Start the server');
    await clock.set(0);
    await api.untilOver(restarted.operationId);

    // Health is still looked at, by checks that came after all the jumps.
    const newest = async () => {
      const { instance } = await api.request<{ instance: { healthChecks: readonly Check[] } }>(
        'query ($id: ID!) { instance(id: $id) { healthChecks(first: 1) { at status } } }',
        { id: source.id },
      );
      return instance.healthChecks[0];
    };
    const before = await newest();
    const after = await eventually(newest, (check) => check !== undefined && check.at !== before?.at, 120_000);
    expect(after?.status).toBe('HEALTHY');
    expect(await findLeft()).toEqual([]);
  },
  10 * MINUTES,
);

interface Check {
  readonly at: string;
  readonly status: string;
}

it(
  'a job that makes no progress for a quarter of an hour is ended, with these words, and leaves nothing',
  async (context) => {
    if (waits === null) return context.skip('libfaketime is not there, and installing it takes root');
    await worker.stop();
    worker = await home.start('worker', { ...environment, ...waits.environment });
    const held = await holdTable(source.login, 'orders');
    const stuck = await api.createImage({ name: 'stuck', instanceId: source.id });
    await api.untilStep(stuck.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
    // The other databases are dumped meanwhile: only then nothing moves any more.
    let [said, times] = ['', 0];
    const look = async () => {
      await delay(500);
      const now = JSON.stringify((await api.operation(stuck.operationId)).steps);
      times = now === said ? times + 1 : 0;
      said = now;
      return times;
    };
    await eventually(look, (same) => same >= 20, 120_000);
    await waits.set(14);
    const jobs = async () => (await home.processes()).filter((one) => /backup\.sh|pg_dump/.test(one));
    expect(await jobs()).not.toEqual([]);
    await waits.set(16);
    const { failure } = await api.untilOver(stuck.operationId, 'FAILED');
    await held.release();
    expect(failure).toMatchObject({ code: 'STEP_FAILED', step: 'Dump the databases' });
    expect(failure?.message).toMatch(/^No progress for 15 minutes in dump/);
    expect(await jobs()).toEqual([]);
    expect(await listBlobs(container, `${stuck.id}/`)).toEqual([]);
    expect(await findLeft()).toEqual([]);
  },
  10 * MINUTES,
);
