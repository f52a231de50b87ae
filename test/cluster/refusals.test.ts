import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEverything } from '../support/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;
/** A storage class that makes volumes of exactly the size that was asked for, if the cluster has one. */
const { TOYGRES_TEST_LIMITED_CLASS: LIMITED } = process.env;
/** Such a volume may lie in memory, and what lies there counts for who wrote it. */
const ON_LIMITED = {
  TOYGRES_JOB_RESOURCES: 'cpu=50m/2,memory=128Mi/4Gi',
  TOYGRES_SERVER_RESOURCES: 'cpu=50m/2,memory=128Mi/4Gi',
};

let world: ControlPlane;
let found: readonly string[];
let sourceId: string;

const newServer = (name: string) => ({ name, postgresVersion: '15', storageGib: 1 });

/** Does the work under a quota that the cluster holds to. */
async function underQuota(hard: Readonly<Record<string, string>>, work: () => Promise<unknown>): Promise<void> {
  const quotas = `/api/v1/namespaces/${world.namespace.name}/resourcequotas`;
  await world.namespace.ask('POST', quotas, { metadata: { name: 'tight' }, spec: { hard } });
  await eventually(
    () => world.namespace.ask('GET', `${quotas}/tight`),
    ({ body }) => 'hard' in (body as { status: object }).status,
    PATIENCE_MS,
  );
  try {
    await work();
  } finally {
    await world.namespace.ask('DELETE', `${quotas}/tight`);
  }
}

/** Waits for the failure of an operation, over all attempts of its job, with everything that it made gone, and gives its words. */
async function failureOf(operationId: string, before: readonly string[]): Promise<string> {
  const { failure } = await world.api.untilOver(operationId, 'FAILED', 6 * PATIENCE_MS);
  expect(await listEverything(world.namespace)).toEqual(before);
  return failure?.message ?? '';
}

beforeAll(async () => {
  world = await startControlPlane('cluster-refusals', { environment: { TOYGRES_START_PATIENCE_SECONDS: '20' } });
  found = await listEverything(world.namespace);
});

afterAll(() => world?.stop());

test('a quota fails a new server with its words; when there is room again the retry makes it', async () => {
  let operationId = '';
  await underQuota({ persistentvolumeclaims: '0' }, async () => {
    const created = await world.api.createInstance(newServer('source'));
    ({ id: sourceId, operationId } = created);
    expect(await failureOf(operationId, [...found, 'resourcequotas/tight'].sort())).toMatch(
      /quota of the namespace .*exceeded quota tight, requested: persistentvolumeclaims=1/,
    );
    expect(await world.api.instance(sourceId)).toMatchObject({ state: 'FAILED' });
  });
  await world.api.retry(operationId);
  await world.api.untilOver(operationId);
  expect(await world.api.instance(sourceId)).toMatchObject({ state: 'RUNNING', failure: null });
});

test('a quota that lets in the Job and not its pod fails the image with its words', async () => {
  const before = await listEverything(world.namespace);
  const pods = before.filter((name) => name.startsWith('pods/')).length;
  await underQuota({ pods: String(pods) }, async () => {
    const image = await world.api.createImage({ name: 'no-pod', instanceId: sourceId });
    const words = await failureOf(image.operationId, [...before, 'resourcequotas/tight'].sort());
    expect(words).toMatch(/exceeded quota tight, requested: pods=1/);
  });
});

test('a limit of memory that kills the job, and a storage class that is not there, fail what needs them with their names', async () => {
  const login = await world.login(sourceId);
  // One value that a dump must hold whole.
  const large = `CREATE TABLE large AS SELECT string_agg(md5(n::text), '') FROM generate_series(1, 2000000) n`;
  await query(login, 'postgres', large);
  await world.restart({
    TOYGRES_JOB_RESOURCES: 'cpu=50m/2,memory=32Mi/48Mi',
    TOYGRES_STORAGE_CLASS: 'toygres-absent',
  });
  const before = await listEverything(world.namespace);
  // The cluster waits longer and longer between attempts of a job: the server fails meanwhile.
  const image = await world.api.createImage({ name: 'no-memory', instanceId: sourceId });
  const created = await world.api.createInstance(newServer('no-class'));
  const noClass = await world.api.untilOver(created.operationId, 'FAILED', 6 * PATIENCE_MS);
  expect(noClass.failure?.message).toMatch(/storageclass\S* .*"toygres-absent" not found/i);
  expect(await failureOf(image.operationId, before)).toMatch(/used more memory than its limit of 48Mi .*OOMKilled/);
  await query(login, 'postgres', 'DROP TABLE large');
}, 600_000);

test('a volume that gets full fails the restore with that cause', async (context) => {
  if (LIMITED === undefined) {
    context.skip('TOYGRES_TEST_LIMITED_CLASS names no storage class that holds volumes to their size: none is filled');
    return;
  }
  await world.restart();
  // More than the gibibyte that the volume is asked for with; nothing of it goes through the write-ahead log.
  await query(
    await world.login(sourceId),
    'postgres',
    `CREATE UNLOGGED TABLE wide (bytes text) WITH (autovacuum_enabled = off);
     ALTER TABLE wide ALTER bytes SET STORAGE PLAIN;
     INSERT INTO wide SELECT repeat('x', 8000) FROM generate_series(1, 140000)`,
  );
  const image = await world.api.createImage({ name: 'wide', instanceId: sourceId });
  await world.api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
  // It begins in the end, and on a busy node that takes longer than the others here have patience.
  const patient = { TOYGRES_START_PATIENCE_SECONDS: '600' };
  await world.restart({ ...ON_LIMITED, ...patient, TOYGRES_STORAGE_CLASS: LIMITED });
  const before = await listEverything(world.namespace);
  const restored = await world.api.createInstance({ name: 'too-small', sourceImageId: image.id, storageGib: 1 });
  expect(await failureOf(restored.operationId, before)).toMatch(/No space left on device/);
  await world.api.untilOver((await world.api.deleteImage(image.id)).operationId);
}, 1_800_000);

test('all that leaves the namespace as it was found', async () => {
  await world.restart();
  await world.api.untilOver((await world.api.changeInstance('delete', sourceId)).operationId);
  expect(await listEverything(world.namespace)).toEqual(found);
});
