import { afterAll, beforeAll, expect, test } from 'vitest';
import { podsOf } from '../support/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;
const DUMP = 'Dump the databases';

let world: ControlPlane;
let id: string;

beforeAll(async () => {
  world = await startControlPlane('cluster-causes', { environment: { TOYGRES_START_PATIENCE_SECONDS: '15' } });
  const created = await world.api.createInstance({ name: 'source', postgresVersion: '15', storageGib: 1 });
  await world.api.untilOver(created.operationId);
  id = created.id;
  await query(await world.login(id), 'postgres', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
});

afterAll(() => world?.stop());

const countRows = async () =>
  (await query(await world.login(id), 'postgres', 'SELECT count(*)::int AS n FROM t'))[0]?.n;

async function change(verb: 'start' | 'stop' | 'restart', state = 'SUCCEEDED'): Promise<string> {
  const { operationId } = await world.api.changeInstance(verb, id);
  return (await world.api.untilOver(operationId, state, PATIENCE_MS)).failure?.message ?? '';
}

async function lastHealth(): Promise<string> {
  const { instance } = await world.api.request<{ instance: { healthChecks: { message: string | null }[] } }>(
    'query ($id: ID!) { instance(id: $id) { healthChecks(first: 1) { message } } }',
    { id },
  );
  return instance.healthChecks[0]?.message ?? '';
}

test('each failed start names what stands in its own way, and nothing of the one before', async () => {
  await change('stop');
  await world.restart({ TOYGRES_POSTGRES_IMAGE: 'toygres/absent:{version}' });
  expect(await change('start', 'FAILED')).toMatch(/image cannot be pulled .*toygres\/absent:15.* says no registry/);

  await world.restart({ TOYGRES_SERVER_RESOURCES: 'cpu=900/900,memory=128Mi/1Gi' });
  const noRoom = await change('start', 'FAILED');
  expect(noRoom).toMatch(/no place for the pod .*Insufficient cpu/);
  expect(noRoom).not.toContain('image');

  const limits = `/api/v1/namespaces/${world.namespace.name}/limitranges`;
  const spec = { limits: [{ type: 'Container', max: { memory: '512Mi' } }] };
  await world.namespace.ask('POST', limits, { metadata: { name: 'small' }, spec });
  await world.restart();
  const tooMuch = await change('start', 'FAILED');
  expect(tooMuch).toMatch(/LimitRange of the namespace forbids it: maximum memory usage per Container is 512Mi/);
  expect(tooMuch).not.toMatch(/Insufficient|image cannot/);
  await world.namespace.ask('DELETE', `${limits}/small`);

  await world.restart({ TOYGRES_PRIORITY_CLASS: 'toygres-absent' });
  const noClass = await change('start', 'FAILED');
  expect(noClass).toContain('toygres-absent');
  expect(noClass).not.toMatch(/Insufficient|image/);

  await world.restart();
  await change('start');
  expect(await countRows()).toBe(1000);
});

const QUOTAS = () => `/api/v1/namespaces/${world.namespace.name}/resourcequotas`;
const asMuchAsThereIs = async () => {
  const pods = await podsOf(world.namespace, '');
  const spec = { hard: { pods: String(pods.length) } };
  await world.namespace.ask('POST', QUOTAS(), { metadata: { name: 'tight' }, spec });
  await eventually(
    () => world.namespace.ask('GET', `${QUOTAS()}/tight`),
    ({ body }) => 'hard' in (body as { status: object }).status,
    PATIENCE_MS,
  );
};

test.each([
  {
    what: 'an image that is nowhere',
    settings: { TOYGRES_JOB_IMAGE: 'toygres/job:absent-pg{version}' },
    says: /cannot start yet: The container image cannot be pulled .*absent-pg15/,
  },
  {
    what: 'more than any node has',
    settings: { TOYGRES_JOB_RESOURCES: 'cpu=900/900,memory=128Mi/1Gi' },
    says: /cannot start yet: The cluster has no place for the pod .*Insufficient cpu/,
  },
  { what: 'a quota', settings: {}, says: /cannot start yet: .*exceeded quota tight, requested: pods=1/ },
])('a job that waits for $what says so at once, fails with that, and succeeds when asked again', async (given) => {
  const isQuota = given.what === 'a quota';
  await world.restart(given.settings);
  if (isQuota) await asMuchAsThereIs();
  let image: { readonly id: string; readonly operationId: string };
  try {
    image = await world.api.createImage({
      name: `waits-${isQuota ? 'quota' : given.says.source.length}`,
      instanceId: id,
    });
    const messages: string[] = [];
    for await (const { step } of world.api.events(image.operationId)) {
      if (step?.name !== DUMP || !step.progress?.message) continue;
      messages.push(step.progress.message);
      if (given.says.test(step.progress.message)) break;
    }
    expect(messages.at(-1)).toMatch(given.says);
    const { failure } = await world.api.untilOver(image.operationId, 'FAILED', PATIENCE_MS);
    expect(failure?.message).toMatch(new RegExp(given.says.source.replace('cannot start yet: ', '')));
  } finally {
    if (isQuota) await world.namespace.ask('DELETE', `${QUOTAS()}/tight`);
  }
  await world.restart();
  await world.api.retry(image.operationId);
  await world.api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
  await world.api.untilOver((await world.api.deleteImage(image.id)).operationId);
});

test('a server that hangs is told to hang, since when, and a restart has it answer again', async () => {
  const hang = `sh -c 'sleep 2; kill -STOP $(head -n 1 "$PGDATA/postmaster.pid")' >/dev/null 2>&1 & echo left`;
  await query(
    await world.login(id),
    'postgres',
    `CREATE TEMP TABLE said (line text); COPY said FROM PROGRAM '${hang.replaceAll("'", "''")}'`,
  );
  const told = await eventually(lastHealth, (message) => /does not answer/.test(message), PATIENCE_MS);
  expect(told).toMatch(/was up and does not answer since \d{4}-\d\d-\d\dT/);
  expect(told).not.toContain('just been started');
  await change('restart');
  expect(await countRows()).toBe(1000);
}, 600_000);

test('all of it is gone with the instance', async () => {
  await world.api.untilOver((await world.api.changeInstance('delete', id)).operationId);
  expect(await podsOf(world.namespace, 'app.kubernetes.io/managed-by=toygres')).toEqual([]);
});
