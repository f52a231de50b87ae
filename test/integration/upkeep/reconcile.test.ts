import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type instances, jobs } from '../../../drizzle/tables/index.ts';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import { AppError } from '../../../schema/errors.ts';
import { createAzureBlobStore } from '../../../src/storage/azure-blob-store.ts';
import { createJobRecords } from '../../../src/stores/job-records.ts';
import { createUpkeepQueries } from '../../../src/stores/upkeep-queries.ts';
import { createReconciler, type ReconcilerOptions } from '../../../src/upkeep/drift/reconciler.ts';
import { startAzurite, type TestAzurite } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { collect, jobSpec, serverSpec } from '../../support/platform-specs.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { insertImage, insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

let world: UpkeepWorld;
let azurite: TestAzurite;
let store: ImageStore;
beforeAll(async () => {
  [world, azurite] = await Promise.all([openUpkeepWorld(), startAzurite()]);
  store = openStore();
});
afterEach(async () => {
  await world.database.pool.query('TRUNCATE cms.instances, cms.images, cms.operations, cms.drift CASCADE');
  for (const { kind, namespace, name, ownerId } of await world.platform.listObjects()) {
    if (kind === 'job') await world.platform.removeJob({ id: ownerId ?? '', namespace, name });
    const resourceName = kind === 'server' ? name : name.replace(/-(pvc|secret|config)$/, '');
    const ref = { namespace, resourceName };
    if (kind === 'server') await world.platform.removeServer(ref);
    if (kind === 'secret') await world.platform.removeSecret(ref);
    if (kind === 'configuration') await world.platform.removeConfiguration(ref);
    if (kind === 'volume') await world.platform.removeVolume(ref);
  }
  for (const id of await store.listImageIds()) await store.removeImage(id);
});
afterAll(async () => {
  await world.stop();
  await azurite.stop();
});

function openStore(): ImageStore {
  const { connectionString } = azurite;
  return createAzureBlobStore({ connectionString, container: 'images', seal: secrets, log: world.log });
}

function reconciler(options: Partial<ReconcilerOptions> & { store?: ImageStore } = {}) {
  const { database, platform, log } = world;
  const services = { platform, store: options.store ?? store, jobs: createJobRecords(database, platform.id) };
  return createReconciler({ database, services, graceMs: 0, log, ...options });
}

const look = (options?: Parameters<typeof reconciler>[0]) => reconciler(options).run(new AbortController().signal);

/** Every difference as `kind name state`, and its reason. */
async function drift(): Promise<Record<string, string>> {
  const found = await createUpkeepQueries(world.database).drift({ first: 100 });
  return Object.fromEntries(found.map(({ kind, name, state, reason }) => [`${kind} ${name} ${state}`, reason]));
}

const objects = async () => (await world.platform.listObjects()).map(({ kind, name }) => `${kind} ${name}`).sort();

/** The parts of a server that never ran, and the id of its record. */
async function makeParts(
  parts: readonly ('volume' | 'secret' | 'configuration')[] = ['volume', 'secret', 'configuration'],
) {
  const spec = serverSpec();
  if (parts.includes('volume')) await world.platform.ensureVolume(spec);
  if (parts.includes('secret'))
    await world.platform.ensureSecret(spec, { username: 'postgres', password: 'long enough' });
  if (parts.includes('configuration')) await world.platform.ensureConfiguration(spec);
  return spec;
}

function record(
  spec: { instanceId: string; resourceName: string; namespace: string },
  values: Partial<typeof instances.$inferInsert>,
) {
  const { instanceId: id, resourceName, namespace } = spec;
  return insertInstance(world.database, { id, resourceName, namespace, platform: world.platform.id, ...values });
}

async function putBlobs(id: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images');
  await container.createIfNotExists();
  for (const name of ['globals.sql', 'db/1.dump']) {
    await container.getBlockBlobClient(`${id}/${name}`).upload('content', 7);
  }
}

describe('what a record disowns on the platform', () => {
  it.each(['FAILED', 'DELETED'] as const)('is removed, data last, when the instance is %s', async (state) => {
    const spec = await world.createServer({ state });
    await look();
    expect(await objects()).toEqual([]);
    const { resourceName: name } = spec;
    expect(Object.keys(await drift()).sort()).toEqual([
      `CONFIGURATION ${name}-config REMOVED`,
      `SECRET ${name}-secret REMOVED`,
      `SERVER ${name} REMOVED`,
      `VOLUME ${name}-pvc REMOVED`,
    ]);
    expect((await drift())[`VOLUME ${name}-pvc REMOVED`]).toContain(`is ${state}`);
    // Again: nothing to do, and nothing said anew.
    await look();
    expect(Object.keys(await drift())).toHaveLength(4);
  });

  it('stays for the grace time, which counts from when it was first seen', async () => {
    const spec = await makeParts(['volume']);
    await record(spec, { state: 'FAILED' });
    await look({ graceMs: 60_000 });
    await look({ graceMs: 60_000 });
    expect(Object.keys(await drift())).toEqual([`VOLUME ${spec.resourceName}-pvc PENDING`]);
    await world.database.pool.query(`UPDATE cms.drift SET first_seen = first_seen - interval '2 minutes'`);
    await look({ graceMs: 60_000 });
    expect(Object.keys(await drift())).toEqual([`VOLUME ${spec.resourceName}-pvc REMOVED`]);
    expect(await objects()).toEqual([]);
  });

  it('is left alone while an operation works on it, and when a record claims it again', async () => {
    const spec = await makeParts(['volume']);
    await record(spec, { state: 'FAILED' });
    await look({ graceMs: 60_000 });
    const operationId = await insertOperation(world.database, { instanceId: spec.instanceId, state: 'QUEUED' });
    await look();
    expect(Object.keys(await drift())).toEqual([`VOLUME ${spec.resourceName}-pvc RESOLVED`]);
    expect(await objects()).toEqual([`volume ${spec.resourceName}-pvc`]);
    await world.database.pool.query(`UPDATE cms.operations SET state = 'SUCCEEDED' WHERE id = $1`, [operationId]);
    await world.database.pool.query(`UPDATE cms.instances SET state = 'CREATING'`);
    await look();
    expect(await objects()).toEqual([`volume ${spec.resourceName}-pvc`]);
  });

  it('is looked at again under the lock: an operation that began meanwhile keeps it', async () => {
    const spec = await makeParts(['volume']);
    await record(spec, { state: 'FAILED' });
    // The blob store is read after the platform: here is the time between seeing and removing.
    const meddling: ImageStore = {
      ...store,
      listImageIds: async () => {
        await insertOperation(world.database, { instanceId: spec.instanceId, state: 'RUNNING' });
        return [];
      },
    };
    await look({ store: meddling });
    expect(await objects()).toEqual([`volume ${spec.resourceName}-pvc`]);
    const [[key, reason] = ['', '']] = Object.entries(await drift());
    expect(key).toBe(`VOLUME ${spec.resourceName}-pvc PENDING`);
    expect(reason).toMatch(/could not be removed.*busy/);
  });
});

describe('what no record knows on the platform', () => {
  it('is removed when it holds no data', async () => {
    const spec = await makeParts(['secret', 'configuration']);
    await look();
    expect(await objects()).toEqual([]);
    expect(Object.keys(await drift()).sort()).toEqual([
      `CONFIGURATION ${spec.resourceName}-config REMOVED`,
      `SECRET ${spec.resourceName}-secret REMOVED`,
    ]);
  });

  it('is never removed with data: the records may be of an older database', async () => {
    const spec = await world.createServer();
    await world.database.pool.query('DELETE FROM cms.instances');
    await look();
    await look();
    expect(await objects()).toHaveLength(4);
    expect((await world.platform.readServer(spec)).phase).toBe('READY');
    const found = await drift();
    expect(Object.keys(found).every((key) => key.endsWith('REPORTED'))).toBe(true);
    expect(Object.values(found).every((reason) => /never removed/.test(reason))).toBe(true);
  });

  it('is left alone when its record is of another platform, or names another server', async () => {
    const others = await makeParts(['volume']);
    await record(others, { platform: 'local:other', state: 'FAILED' });
    const renamed = await makeParts(['volume']);
    await record({ ...renamed, resourceName: 'elsewhere-0a1b2c3d' }, { state: 'DELETED' });
    await look();
    expect(await objects()).toHaveLength(2);
    expect(await drift()).toEqual({
      [`VOLUME ${others.resourceName}-pvc REPORTED`]: expect.stringContaining('platform local:other'),
      [`VOLUME ${renamed.resourceName}-pvc REPORTED`]: expect.stringContaining('elsewhere-0a1b2c3d'),
    });
  });
});

describe('jobs', () => {
  async function runJob(program: string, operationState: 'RUNNING' | 'FAILED' | null) {
    const spec = jobSpec(program);
    if (operationState !== null) {
      const operationId = await insertOperation(world.database, { state: operationState, platform: world.platform.id });
      await createJobRecords(world.database, world.platform.id).ensure({ ...spec, operationId });
    }
    await world.platform.ensureJob(spec);
    return spec;
  }
  const ended = (spec: ReturnType<typeof jobSpec>) =>
    eventually(
      () => world.platform.readJob(spec),
      ({ state }) => state === 'FAILED',
    );

  it('of an operation that is over end and go, and what they wrote is kept', async () => {
    const spec = await runJob('echo "the last words"; sleep 600', 'FAILED');
    const { signal } = new AbortController();
    await eventually(
      () => collect(world.platform.followJobLogs(spec, { afterLine: 0, follow: false, signal })),
      (lines) => lines.some(({ text }) => text === 'the last words'),
    );
    await look();
    expect(await objects()).toEqual([]);
    expect(await drift()).toEqual({ [`JOB ${spec.name} REMOVED`]: expect.stringContaining('is FAILED') });
    const kept = await collect(store.readJobLog(spec.id));
    expect(kept.map(({ text }) => text)).toContain('the last words');
    const [row] = await world.database.orm.select().from(jobs);
    expect(row?.state).toBe('CANCELLED');
  });

  it('of an operation under way are none of ours to judge', async () => {
    const spec = await runJob('sleep 600', 'RUNNING');
    await look();
    expect(await drift()).toEqual({});
    expect((await world.platform.readJob(spec)).state).not.toBe('CANCELLED');
  });

  it('without a record are removed when they have ended, and not before', async () => {
    const running = await runJob('sleep 600', null);
    const done = await runJob('exit 3', null);
    await ended(done);
    await look();
    expect(await objects()).toEqual([`job ${running.name}`]);
    expect((await world.platform.readJob(running)).state).not.toBe('CANCELLED');
    expect(Object.keys(await drift()).sort()).toEqual(
      [`JOB ${done.name} REMOVED`, `JOB ${running.name} PENDING`].sort(),
    );
  });
});

describe('the blob store', () => {
  it('loses the files of images that their records disown, and of no others', async () => {
    const platform = world.platform.id;
    const { database } = world;
    const failed = await insertImage(database, { platform, state: 'FAILED' });
    const deleted = await insertImage(database, { platform, state: 'DELETED', encryptedPassword: null });
    const kept = [
      await insertImage(database, { platform, state: 'AVAILABLE' }),
      await insertImage(database, { platform, state: 'CREATING' }),
      await insertImage(database, { platform, state: 'DELETING' }),
      await insertImage(database, { platform: 'local:other', state: 'FAILED' }),
    ];
    for (const id of [failed, deleted, ...kept]) await putBlobs(id);
    await look();
    expect((await store.listImageIds()).toSorted()).toEqual(kept.toSorted());
    expect(Object.keys(await drift()).sort()).toEqual([`IMAGE ${deleted} REMOVED`, `IMAGE ${failed} REMOVED`].sort());
  });

  it('keeps what no record knows, whether it is ours or not, and says which it is', async () => {
    const [ours, strangers] = [randomUUID(), randomUUID()];
    await store.writeManifest(ours, sampleManifest(ours, { imageName: 'nightly' }));
    await putBlobs(strangers);
    await look();
    expect((await store.listImageIds()).toSorted()).toEqual([ours, strangers].toSorted());
    expect(await drift()).toEqual({
      [`IMAGE ${ours} REPORTED`]: expect.stringContaining('("nightly") without a record'),
      [`IMAGE ${strangers} REPORTED`]: expect.stringContaining('never touched'),
    });
  });

  it('that has lost the files of an image is told of, until they are back', async () => {
    const id = await insertImage(world.database, { platform: world.platform.id, name: 'lost' });
    await look();
    expect(await drift()).toEqual({ [`IMAGE ${id} REPORTED`]: expect.stringContaining('"lost" is AVAILABLE') });
    await putBlobs(id);
    await look();
    expect(Object.keys(await drift())).toEqual([`IMAGE ${id} RESOLVED`]);
  });

  it('that does not answer changes nothing of what is known, nor keeps the platform from being looked at', async () => {
    const known = randomUUID();
    await putBlobs(known);
    await look();
    const spec = await makeParts(['secret']);
    const away = { ...store, listImageIds: () => Promise.reject(new AppError('UNAVAILABLE', 'It does not answer.')) };
    await look({ store: away });
    expect(Object.keys(await drift()).sort()).toEqual(
      [`IMAGE ${known} REPORTED`, `SECRET ${spec.resourceName}-secret REMOVED`].sort(),
    );
  });
});

describe('what is missing', () => {
  it('is told of: the server of a RUNNING instance, and the data of any', async () => {
    const { database } = world;
    const served = await makeParts();
    await record(served, { state: 'RUNNING', name: 'served' });
    const resting = serverSpec();
    await record(resting, { state: 'STOPPED', name: 'resting' });
    const busy = serverSpec();
    await record(busy, { state: 'RUNNING' });
    await insertOperation(database, { instanceId: busy.instanceId, state: 'RUNNING' });
    await record(serverSpec(), { state: 'RUNNING', platform: 'local:other' });
    await look();
    // Records that change at the time tell nothing about what was listed before.
    await look();
    expect(await drift()).toEqual({
      [`SERVER ${served.resourceName} REPORTED`]: expect.stringContaining('"served" is RUNNING'),
      [`VOLUME ${resting.resourceName}-pvc REPORTED`]: expect.stringContaining('"resting" is STOPPED'),
    });
  });
});
