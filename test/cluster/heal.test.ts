import { afterAll, beforeAll, expect, test } from 'vitest';
import { knock } from '../../src/platform/kubernetes/cluster/knock.ts';
import { killPod, listOf, podsOf, setCordon } from '../support/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;
/** What is wrong is told, and what can be brought to what was asked for is, within this. */
const MINUTE_MS = 60_000;

let world: ControlPlane;
let id: string;

const serverPods = () => podsOf(world.namespace, `toygres.io/instance=${id},app.kubernetes.io/component=server`);
const countRows = async () => {
  const login = await world.login(id);
  // What is sent to a service without pods may be dropped in silence, and a client waits for two minutes then.
  if (!(await knock(login))) return null;
  const rows = query(login, 'postgres', 'SELECT count(*)::int AS n FROM t').catch(() => null);
  return (await rows)?.[0]?.n;
};
const untilState = (state: string, ms: number) =>
  eventually(
    () => world.api.instance(id),
    (found) => found.state === state,
    ms,
  );
const untilAnswers = (ms: number) => eventually(countRows, (n) => n === 1000, ms);

async function change(verb: 'start' | 'stop' | 'restart', state = 'SUCCEEDED') {
  const { operationId } = await world.api.changeInstance(verb, id);
  return world.api.untilOver(operationId, state, PATIENCE_MS);
}

/** What `diagnostics` says of one link. */
async function diagnosticOf(name: string): Promise<{ readonly ok: boolean; readonly detail: string }> {
  const { diagnostics } = await world.api.request<{ diagnostics: { name: string; ok: boolean; detail: string }[] }>(
    '{ diagnostics { name ok detail } }',
  );
  const found = diagnostics.find((link) => link.name === name);
  if (found === undefined) throw new Error(`no diagnostic is about ${name}`);
  return found;
}

async function lastHealth(): Promise<string> {
  const { instance } = await world.api.request<{ instance: { healthChecks: { message: string | null }[] } }>(
    'query ($id: ID!) { instance(id: $id) { healthChecks(first: 1) { message } } }',
    { id },
  );
  return instance.healthChecks[0]?.message ?? '';
}

const remove = (group: string, kind: string, name: string) =>
  world.namespace.ask('DELETE', `${group}/namespaces/${world.namespace.name}/${kind}/${name}`, {
    propagationPolicy: 'Background',
  });

async function nameOfServer(): Promise<string> {
  const sets = await listOf(world.namespace, '/apis/apps/v1', 'statefulsets');
  return sets[0]?.metadata.name ?? '';
}

const scale = async (replicas: number) =>
  world.namespace.ask(
    'PATCH',
    `/apis/apps/v1/namespaces/${world.namespace.name}/statefulsets/${await nameOfServer()}`,
    { spec: { replicas } },
  );

beforeAll(async () => {
  world = await startControlPlane('cluster-heal', { environment: { TOYGRES_START_PATIENCE_SECONDS: '15' } });
  const created = await world.api.createInstance({ name: 'source', postgresVersion: '15', storageGib: 1 });
  await world.api.untilOver(created.operationId);
  id = created.id;
  await query(await world.login(id), 'postgres', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
});

afterAll(() => world?.stop());

test('a start that nothing has room for says so, and starts again once that is mended', async () => {
  await change('stop');
  await world.restart({ TOYGRES_SERVER_RESOURCES: 'cpu=900/900,memory=128Mi/1Gi' });
  const { failure } = await change('start', 'FAILED');
  expect(failure?.message).toMatch(/no place for the pod .*Insufficient cpu/);
  await world.restart();
  await change('start');
  expect(await countRows()).toBe(1000);
});

test('a restart that failed under a quota is recorded RUNNING within a minute after that was lifted', async () => {
  const quotas = `/api/v1/namespaces/${world.namespace.name}/resourcequotas`;
  await world.namespace.ask('POST', quotas, { metadata: { name: 'tight' }, spec: { hard: { pods: '1' } } });
  await eventually(
    () => world.namespace.ask('GET', `${quotas}/tight`),
    ({ body }) => 'hard' in (body as { status: object }).status,
    PATIENCE_MS,
  );
  try {
    const { failure } = await change('restart', 'FAILED');
    expect(failure?.message).toMatch(/exceeded quota tight, requested: pods=1/);
    expect(await world.api.instance(id)).toMatchObject({ state: 'STOPPED' });
    expect(await diagnosticOf('health')).toMatchObject({ ok: false, detail: expect.stringContaining('source') });
  } finally {
    await world.namespace.ask('DELETE', `${quotas}/tight`);
  }
  await untilState('RUNNING', MINUTE_MS);
  expect(await world.api.instance(id)).toMatchObject({ state: 'RUNNING', failure: null });
  expect(await untilAnswers(MINUTE_MS)).toBe(1000);
});

test('a server of which somebody removed all but the volume is whole again after a restart', async () => {
  const name = await nameOfServer();
  await remove('/apis/apps/v1', 'statefulsets', name);
  await remove('/api/v1', 'configmaps', `${name}-config`);
  await remove('/api/v1', 'secrets', `${name}-secret`);
  await remove('/api/v1', 'services', `${name}-svc`);
  await remove('/apis/networking.k8s.io/v1', 'networkpolicies', name);
  await change('restart');
  expect(await countRows()).toBe(1000);
  const secrets = await listOf(world.namespace, '/api/v1', 'secrets');
  expect(secrets.map((secret) => secret.metadata.name)).toContain(`${name}-secret`);
});

test('a pod that cannot come up without what was removed gets it, and comes up by itself', async () => {
  const name = await nameOfServer();
  await remove('/api/v1', 'configmaps', `${name}-config`);
  await remove('/api/v1', 'secrets', `${name}-secret`);
  await killPod(world.namespace, `${name}-0`);
  expect(await untilAnswers(PATIENCE_MS)).toBe(1000);
});

test('a server that somebody scaled to nothing is brought back, and one that was stopped is stopped again', async () => {
  await scale(0);
  await eventually(serverPods, (pods) => pods.length === 0, PATIENCE_MS);
  expect(await untilAnswers(PATIENCE_MS)).toBe(1000);

  await change('stop');
  await scale(1);
  await eventually(serverPods, (pods) => pods.length > 0, PATIENCE_MS);
  await eventually(serverPods, (pods) => pods.length === 0, 2 * MINUTE_MS);
  expect(await world.api.instance(id)).toMatchObject({ state: 'STOPPED' });
  await change('start');
});

test('what the cluster has no place for says so: a job from the first second, a server within a minute', async () => {
  const [pod] = await serverPods();
  const node = pod?.spec?.nodeName ?? '';
  await setCordon(world.namespace, node, true);
  try {
    const image = await world.api.createImage({ name: 'waits', instanceId: id });
    await world.api.untilStep(image.operationId, 'Dump the databases', (progress) =>
      /no place for the pod .*unschedulable/.test(progress?.message ?? ''),
    );
    await world.api.cancel(image.operationId);
    await world.api.untilOver(image.operationId, 'CANCELLED', PATIENCE_MS);
    await killPod(world.namespace, pod?.metadata.name ?? '');
    await eventually(lastHealth, (message) => /no place for the pod .*unschedulable/.test(message), MINUTE_MS);
    expect(await diagnosticOf('health')).toMatchObject({ ok: false, detail: expect.stringContaining('source') });
  } finally {
    await setCordon(world.namespace, node, false);
  }
  expect(await untilAnswers(PATIENCE_MS)).toBe(1000);
});

test('a policy that is lost, or that the installation has otherwise, is made beside the server that runs', async () => {
  const [before] = await serverPods();
  await remove('/apis/networking.k8s.io/v1', 'networkpolicies', await nameOfServer());
  await world.restart({ TOYGRES_SERVER_EGRESS_RANGES: '10.9.0.0/16' });
  const made = await eventually(
    () => listOf(world.namespace, '/apis/networking.k8s.io/v1', 'networkpolicies'),
    (policies) => policies.length > 0,
    2 * MINUTE_MS,
  );
  expect(JSON.stringify(made[0]?.spec)).toContain('10.9.0.0/16');
  await world.restart();
  await eventually(
    () => listOf(world.namespace, '/apis/networking.k8s.io/v1', 'networkpolicies'),
    ([policy]) => !JSON.stringify(policy?.spec).includes('10.9.0.0/16'),
    2 * MINUTE_MS,
  );
  expect(await serverPods()).toMatchObject([{ metadata: { uid: before?.metadata.uid } }]);
});

test('a namespace that is not there is named, and refuses only its own', async () => {
  await world.restart({ TOYGRES_NAMESPACES: `${world.namespace.name},toygres-absent` });
  expect(await diagnosticOf('platform')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/toygres-absent.*not found|toygres-absent.*no such|toygres-absent.*create it/),
  });
  const image = await world.api.createImage({ name: 'beside', instanceId: id });
  await world.api.untilOver(image.operationId);
  await world.api.untilOver((await world.api.deleteImage(image.id)).operationId);
  const created = await world.api.createInstance({
    name: 'nowhere',
    postgresVersion: '15',
    namespace: 'toygres-absent',
  });
  const { failure } = await world.api.untilOver(created.operationId, 'FAILED', PATIENCE_MS);
  expect(failure?.message).toMatch(/toygres-absent|namespace/);
});

test('a server whose volume is gone is not started empty', async () => {
  await change('stop');
  await remove('/api/v1', 'persistentvolumeclaims', `${await nameOfServer()}-pvc`);
  const { failure } = await change('start', 'FAILED');
  expect(failure?.message).toContain('volume');
  expect(await serverPods()).toEqual([]);
  await world.api.untilOver((await world.api.changeInstance('delete', id)).operationId);
});
