import { afterAll, beforeAll, expect, test } from 'vitest';
import { knock } from '../../src/platform/kubernetes/cluster/knock.ts';
import { evictPod, killPod, listEverything, listOf, podsOf, setCordon } from '../support/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { holdTable } from '../support/e2e-data.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const PATIENCE_MS = 180_000;

let world: ControlPlane;
let found: readonly string[];
let source: { readonly id: string; readonly login: ServerLogin };

const serverPods = () => podsOf(world.namespace, `toygres.io/instance=${source.id},app.kubernetes.io/component=server`);
const volumes = () => listOf(world.namespace, '/api/v1', 'persistentvolumeclaims');

/** Waits until the server answers again, on whichever pod, and gives the number of its rows. */
async function countRows(): Promise<unknown> {
  // What is sent to a service without pods may be dropped in silence, and a client waits for two minutes then.
  const count = async () =>
    (await knock(source.login))
      ? query(source.login, 'postgres', 'SELECT count(*)::int AS n FROM t').catch(() => null)
      : null;
  const rows = await eventually(count, (answer) => answer !== null, PATIENCE_MS);
  return rows?.[0]?.n;
}

/** The pods of an image's job that run, once there is one that was not there before. */
function untilJobRuns(imageId: string, before: readonly string[] = []) {
  return eventually(
    async () => {
      const pods = await podsOf(world.namespace, `toygres.io/image=${imageId}`);
      return pods.filter(({ metadata, status }) => status?.phase === 'Running' && !before.includes(metadata.uid));
    },
    (pods) => pods.length > 0,
    PATIENCE_MS,
  );
}

/** Takes an image, strikes while its dump waits at a table, lets it go on, and waits for its end. */
async function imageUnder(name: string, strike: (imageId: string) => Promise<unknown>) {
  const held = await holdTable(source.login, 't');
  try {
    const image = await world.api.createImage({ name, instanceId: source.id });
    await strike(image.id);
    await held.release();
    const operation = await world.api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
    expect(await world.api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
    await world.api.untilOver((await world.api.deleteImage(image.id)).operationId);
    return operation;
  } finally {
    await held.release();
  }
}

beforeAll(async () => {
  world = await startControlPlane('cluster-pods');
  found = await listEverything(world.namespace);
  const created = await world.api.createInstance({ name: 'source', postgresVersion: '15', storageGib: 1 });
  await world.api.untilOver(created.operationId);
  source = { id: created.id, login: await world.login(created.id) };
  await query(source.login, 'postgres', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
});

afterAll(() => world?.stop());

test('a server whose pod is killed comes back with its data', async () => {
  const [before] = await serverPods();
  await killPod(world.namespace, before?.metadata.name ?? '');
  await eventually(serverPods, ([pod]) => pod !== undefined && pod.metadata.uid !== before?.metadata.uid, PATIENCE_MS);
  expect(await countRows()).toBe(1000);
  expect(await world.api.instance(source.id)).toMatchObject({ state: 'RUNNING' });
});

test('what a superuser runs and leaves behind ends nobody’s session, however it dies', async () => {
  // Recovery from a crash empties it.
  await query(source.login, 'postgres', 'CREATE UNLOGGED TABLE unharmed AS SELECT 1 AS one');
  const orphan = `sh -c 'sleep 1; touch /tmp/dies; kill -9 $$' >/dev/null 2>&1 & echo left`;
  await query(
    source.login,
    'postgres',
    `CREATE TEMP TABLE said (line text); COPY said FROM PROGRAM '${orphan.replaceAll("'", "''")}'`,
  );
  const read = async () => {
    const sql = `SELECT (pg_stat_file('/tmp/dies', true)).size IS NOT NULL AS dies, (SELECT count(*)::int FROM unharmed) AS rows`;
    const [row] = await query(source.login, 'postgres', sql);
    return row;
  };
  await eventually(read, (row) => row?.dies === true);
  for (let looks = 0; looks < 20; looks += 1) {
    expect(await read()).toMatchObject({ rows: 1 });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await query(source.login, 'postgres', 'DROP TABLE unharmed');
});

test('a server that is drained away waits for its node and comes back on the same volume', async () => {
  const [before] = await serverPods();
  const [volume] = await volumes();
  const node = before?.spec?.nodeName ?? '';
  await setCordon(world.namespace, node, true);
  try {
    await evictPod(world.namespace, before?.metadata.name ?? '');
    const isWaiting = (pods: Awaited<ReturnType<typeof serverPods>>) =>
      pods.some(({ metadata, status }) => metadata.uid !== before?.metadata.uid && status?.phase === 'Pending');
    await eventually(serverPods, isWaiting, PATIENCE_MS);
    expect(await knock(source.login)).toBe(false);
  } finally {
    await setCordon(world.namespace, node, false);
  }
  expect(await countRows()).toBe(1000);
  expect(await volumes()).toMatchObject([{ metadata: { uid: volume?.metadata.uid } }]);
});

test('an image whose pod is killed in the middle is taken by the next attempt', async () => {
  const { jobs } = await imageUnder('killed', async (imageId) => {
    const [first] = await untilJobRuns(imageId);
    await killPod(world.namespace, first?.metadata.name ?? '');
    await untilJobRuns(imageId, [first?.metadata.uid ?? '']);
  });
  expect(jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
});

test('an image whose Job is deleted behind our back is taken by another one', async () => {
  await imageUnder('deleted', async (imageId) => {
    const [first] = await untilJobRuns(imageId);
    const [job] = await listOf(world.namespace, '/apis/batch/v1', 'jobs');
    const target = `/apis/batch/v1/namespaces/${world.namespace.name}/jobs/${job?.metadata.name}`;
    await world.namespace.ask('DELETE', target, { propagationPolicy: 'Background' });
    await untilJobRuns(imageId, [first?.metadata.uid ?? '']);
  });
});

test('an image whose source is killed in the middle is taken when the source is back', async () => {
  const { jobs } = await imageUnder('without-source', async (imageId) => {
    await untilJobRuns(imageId);
    const [pod] = await serverPods();
    await killPod(world.namespace, pod?.metadata.name ?? '');
  });
  expect(jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
});

test('all that leaves the namespace as it was found', async () => {
  await world.api.untilOver((await world.api.changeInstance('delete', source.id)).operationId);
  expect(await listEverything(world.namespace)).toEqual(found);
});
