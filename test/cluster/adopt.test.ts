import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { listOf } from '../support/cluster-objects.ts';
import { type ClusterWorld, createClusterWorld, RESTRICTED } from '../support/cluster-world.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';
import { restoreNamespace } from '../support/restored-namespace.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const PATIENCE_MS = 200_000;

/** The first holds the blob store, the second the server. */
let world: ClusterWorld;
let other: TestNamespace;
let api: E2eClient;
let id: string;
let before: string;

const settings = () => ({ TOYGRES_NAMESPACE: other.name, TOYGRES_NAMESPACES: world.namespace.name });

async function login(): Promise<ServerLogin> {
  const named = await api.login(id);
  const service = (await listOf(other, '/api/v1', 'services')).find(({ metadata }) =>
    named.host.startsWith(`${metadata.name}.`),
  );
  return { ...named, host: (service as unknown as { spec: { clusterIP: string } }).spec.clusterIP };
}

const countRows = async () => {
  const rows = query(await login(), 'postgres', 'SELECT count(*)::int AS n FROM t').catch(() => null);
  return (await rows)?.[0]?.n;
};
const untilAnswers = () => eventually(countRows, (n) => n === 1000, PATIENCE_MS);
const uidOf = async () => {
  const { body } = await other.ask('GET', `/api/v1/namespaces/${other.name}`);
  return (body as { metadata: { uid: string } }).metadata.uid;
};
const serverUid = async () => (await listOf(other, '/apis/apps/v1', 'statefulsets'))[0]?.metadata.uid;

beforeAll(async () => {
  other = await createTestNamespace({ labels: RESTRICTED });
  world = await createClusterWorld('cluster-adopt');
  api = await world.serve(settings());
  const created = await api.createInstance({ name: 'kept', postgresVersion: '15', storageGib: 1 });
  await api.untilOver(created.operationId);
  id = created.id;
  await query(await login(), 'postgres', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
  before = `kubernetes:${await uidOf()}/${other.name}`;
});

afterAll(async () => {
  await world?.stop();
  await other?.stop();
});

test('another order of the namespaces changes nothing: servers are whose they were', async () => {
  const uid = await serverUid();
  api = await world.serve({ TOYGRES_NAMESPACE: world.namespace.name, TOYGRES_NAMESPACES: other.name });
  expect(await api.instance(id)).toMatchObject({ state: 'RUNNING', failure: null });
  await api.untilOver((await api.changeInstance('restart', id)).operationId, 'SUCCEEDED', PATIENCE_MS);
  expect([await serverUid(), await untilAnswers()]).toEqual([uid, 1000]);
});

test('what was restored into a namespace that was made again is nobody’s, and is left alone', async () => {
  await world.end();
  other = await restoreNamespace(other, RESTRICTED);
  // What is left over would go at once.
  api = await world.serve({ ...settings(), TOYGRES_DRIFT_GRACE_SECONDS: '0' });
  expect(await untilAnswers()).toBe(1000);
  const uid = await serverUid();
  const failed = await api.changeInstance('restart', id).then(
    async ({ operationId }) => (await api.untilOver(operationId, 'FAILED', PATIENCE_MS)).failure?.message,
    (error: unknown) => String(error),
  );
  expect(failed).toMatch(/platform/);
  expect([await serverUid(), await countRows()]).toEqual([uid, 1000]);
});

test('adopting shows first what it would do, and does nothing', async () => {
  const elsewhere = await world.run(['catalog', 'adopt', 'kubernetes:none/none'], settings());
  expect(elsewhere).toMatchObject({ code: 1, output: expect.stringContaining(`${before} (1 instances, 0 images)`) });
  for (let times = 0; times < 2; times += 1) {
    const { code, output } = await world.run(['catalog', 'adopt', before], settings());
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/1 of 1 instances would be recorded/) });
    expect(output).toContain('kept');
  }
});

test('adopted, servers are the installation’s again, with their data, to be stopped, started, imaged and deleted', async () => {
  const after = `kubernetes:${await uidOf()}/${other.name}`;
  const { code, output } = await world.run(['catalog', 'adopt', before, '--yes'], settings());
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`recorded on ${after} now`) });
  api = await world.serve(settings());
  await api.untilOver((await api.changeInstance('stop', id)).operationId, 'SUCCEEDED', PATIENCE_MS);
  await api.untilOver((await api.changeInstance('start', id)).operationId, 'SUCCEEDED', PATIENCE_MS);
  expect(await untilAnswers()).toBe(1000);
  const image = await api.createImage({ name: 'after', instanceId: id });
  await api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
  await api.untilOver((await api.changeInstance('delete', id)).operationId, 'SUCCEEDED', PATIENCE_MS);
  expect(await listOf(other, '/api/v1', 'persistentvolumeclaims')).toEqual([]);
});
