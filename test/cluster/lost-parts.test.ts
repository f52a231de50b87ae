import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knock } from '../../src/platform/kubernetes/cluster/knock.ts';
import { killPod, listEverything, listOf, podsOf } from '../support/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;

let world: ControlPlane;
let found: readonly string[];
let id: string;
let name: string;

const group = { statefulsets: '/apis/apps/v1', networkpolicies: '/apis/networking.k8s.io/v1' } as const;
const pathOf = (kind: string, object: string) =>
  `${kind in group ? group[kind as keyof typeof group] : '/api/v1'}/namespaces/${world.namespace.name}/${kind}/${object}`;
const remove = (kind: string, object: string, propagationPolicy = 'Background') =>
  world.namespace.ask('DELETE', pathOf(kind, object), { propagationPolicy });
const serverPods = () => podsOf(world.namespace, `toygres.io/instance=${id},app.kubernetes.io/component=server`);
const uidOfPod = async () => (await serverPods())[0]?.metadata.uid;

const countRows = async () => {
  const login = await world.login(id);
  // What is sent to a service without pods may be dropped in silence, and a client waits for two minutes then.
  if (!(await knock(login))) return null;
  const rows = query(login, 'postgres', 'SELECT count(*)::int AS n FROM t').catch(() => null);
  return (await rows)?.[0]?.n;
};
const untilAnswers = () => eventually(countRows, (n) => n === 1000, PATIENCE_MS);

async function change(verb: 'start' | 'stop' | 'restart' | 'delete', state = 'SUCCEEDED'): Promise<string> {
  const { operationId } = await world.api.changeInstance(verb, id);
  return (await world.api.untilOver(operationId, state, PATIENCE_MS)).failure?.message ?? '';
}

const drift = async () =>
  (
    await world.api.request<{ drift: { name: string; state: string; reason: string }[] }>(
      '{ drift { name state reason } }',
    )
  ).drift;

beforeAll(async () => {
  world = await startControlPlane('cluster-lost');
  found = await listEverything(world.namespace);
  const created = await world.api.createInstance({ name: 'source', postgresVersion: '15', storageGib: 1 });
  await world.api.untilOver(created.operationId);
  id = created.id;
  name = (await listOf(world.namespace, group.statefulsets, 'statefulsets'))[0]?.metadata.name ?? '';
  await query(await world.login(id), 'postgres', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
});

afterAll(() => world?.stop());

test('a Service that is lost while the server runs is made again beside it', async () => {
  const before = await uidOfPod();
  await remove('services', `${name}-svc`);
  await eventually(
    () => listOf(world.namespace, '/api/v1', 'services'),
    (services) => services.some(({ metadata }) => metadata.name === `${name}-svc`),
    PATIENCE_MS,
  );
  expect([await untilAnswers(), await uidOfPod()]).toEqual([1000, before]);
});

test('a pod that needs a certificate and a Service that are lost gets both, and comes up by itself', async () => {
  await remove('secrets', `${name}-tls`);
  await remove('services', `${name}-svc`);
  await remove('networkpolicies', name);
  await killPod(world.namespace, `${name}-0`);
  expect(await untilAnswers()).toBe(1000);
});

test('a pod whose StatefulSet was removed without it goes on, and is restarted, stopped and started as any other', async () => {
  const before = await uidOfPod();
  await remove('statefulsets', name, 'Orphan');
  expect([await untilAnswers(), await uidOfPod()]).toEqual([1000, before]);
  await world.restart();
  await eventually(
    drift,
    (all) =>
      all.some((one) => one.name === name && one.reason.includes('nothing is there that would start its server again')),
    PATIENCE_MS,
  );
  expect([await untilAnswers(), await uidOfPod()]).toEqual([1000, before]);
  await change('restart');
  expect([await untilAnswers(), (await uidOfPod()) === before]).toEqual([1000, false]);

  await remove('statefulsets', name, 'Orphan');
  await change('stop');
  expect(await serverPods()).toEqual([]);
  expect(await world.api.instance(id)).toMatchObject({ state: 'STOPPED', failure: null });
  await change('start');
  expect(await untilAnswers()).toBe(1000);
}, 600_000);

test('nonsense in what is noted on a server stops neither its restart nor the removal of what is left over', async () => {
  const annotations = {
    'toygres.io/asked-at': 'yesterday',
    'toygres.io/stopped-at': 'never',
    'toygres.io/parameters': '{',
    'toygres.io/hosting': '[1]',
    'toygres.io/template': '',
  };
  await world.namespace.ask('PATCH', pathOf('statefulsets', name), {
    metadata: { annotations },
    spec: { replicas: 0 },
  });
  await eventually(serverPods, (pods) => pods.length === 0, PATIENCE_MS);
  const labels = {
    'app.kubernetes.io/managed-by': 'toygres',
    'app.kubernetes.io/instance': 'left-0a1b2c3d',
    'app.kubernetes.io/component': 'server',
  };
  const maps = `/api/v1/namespaces/${world.namespace.name}/configmaps`;
  const owner = { 'toygres.io/instance': randomUUID() };
  const left = { metadata: { name: 'left-0a1b2c3d-config', labels: { ...labels, ...owner } } };
  const odd = { metadata: { name: 'odd', labels: { ...labels, 'toygres.io/instance': 'nobody' } } };
  for (const body of [left, odd]) expect((await world.namespace.ask('POST', maps, body)).status).toBe(201);
  await world.restart({ TOYGRES_DRIFT_GRACE_SECONDS: '0' });
  await eventually(
    () => world.namespace.ask('GET', `${maps}/left-0a1b2c3d-config`),
    ({ status }) => status === 404,
    PATIENCE_MS,
  );
  await change('restart');
  expect(await untilAnswers()).toBe(1000);
  expect((await world.namespace.ask('GET', `${maps}/odd`)).status).toBe(200);
  await world.namespace.ask('DELETE', `${maps}/odd`);
  await world.restart();
}, 600_000);

test('a server whose volume was deleted under it is not stopped, says so, and is imaged and deleted', async () => {
  await remove('persistentvolumeclaims', `${name}-pvc`);
  const before = await uidOfPod();
  for (const verb of ['stop', 'restart'] as const) {
    expect(await change(verb, 'FAILED')).toMatch(/volume of .* was deleted from outside.*Take an image now/);
  }
  expect([await untilAnswers(), await uidOfPod()]).toEqual([1000, before]);
  expect(await world.api.instance(id)).toMatchObject({ state: 'RUNNING' });
  await world.restart();
  const told = await eventually(drift, (all) => all.some((one) => one.name === `${name}-pvc`), PATIENCE_MS);
  expect(told).toContainEqual({
    name: `${name}-pvc`,
    state: 'REPORTED',
    reason: expect.stringMatching(/"source" was deleted from outside.*Do not stop it/),
  });
  const image = await world.api.createImage({ name: 'saved', instanceId: id });
  await world.api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
  const copy = await world.api.createInstance({ name: 'saved-copy', sourceImageId: image.id, storageGib: 1 });
  await world.api.untilOver(copy.operationId, 'SUCCEEDED', PATIENCE_MS);
  await change('delete');
  id = copy.id;
  name = (await listOf(world.namespace, group.statefulsets, 'statefulsets'))[0]?.metadata.name ?? '';
  expect(await untilAnswers()).toBe(1000);
  await world.api.untilOver((await world.api.deleteImage(image.id)).operationId);
}, 600_000);

test('a pod without its StatefulSet goes with its instance, and nothing is left', async () => {
  await remove('statefulsets', name, 'Orphan');
  await change('delete');
  const left = await eventually(
    () => listEverything(world.namespace),
    (all) => all.length === found.length,
    PATIENCE_MS,
  );
  expect(left).toEqual(found);
});
