import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listOf } from '../support/cluster-objects.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;
/** Classes belong to the whole cluster. */
const CLASS = `toygres-test-${randomBytes(4).toString('hex')}`;
const [PRIORITIES, STORAGE] = ['/apis/scheduling.k8s.io/v1/priorityclasses', '/apis/storage.k8s.io/v1/storageclasses'];
const TAINT = { key: 'toygres-test', value: 'yes', effect: 'NO_SCHEDULE' };
const HOSTING = {
  resources: { cpuRequestMillicores: 60, cpuLimitMillicores: 900, memoryRequestMib: 160, memoryLimitMib: 640 },
  nodeSelector: [{ key: 'kubernetes.io/os', value: 'linux' }],
  tolerations: [TAINT],
  priorityClass: CLASS,
};
const SHOWN = `resources { cpuRequestMillicores cpuLimitMillicores memoryRequestMib memoryLimitMib } storageClass
  nodeSelector { key value } tolerations { key value effect } priorityClass pendingRestart`;

interface Shown {
  readonly pendingRestart: boolean;
  readonly storageClass: string | null;
}
interface PodSpec {
  readonly priorityClassName: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations: readonly { readonly key: string; readonly value?: string }[];
  readonly containers: readonly { readonly resources: object }[];
}

let world: ControlPlane;
let id: string;
let copyId: string;
const ask = (method: string, path: string, body?: unknown) => world.namespace.ask(method, path, body);

beforeAll(async () => {
  world = await startControlPlane('cluster-hosting', {
    environment: {
      TOYGRES_START_PATIENCE_SECONDS: '10',
      TOYGRES_INSTANCE_RESOURCES_MAX: 'cpu=1,memory=1Gi',
      TOYGRES_INSTANCE_TOLERATIONS: 'toygres-test',
      TOYGRES_INSTANCE_PRIORITY_CLASSES: `${CLASS},toygres-test-none`,
    },
  });
  const { body } = await ask('GET', STORAGE);
  const classes = (body as { items: { metadata: { annotations?: object } }[] }).items;
  const usual = classes.find(({ metadata }) => JSON.stringify(metadata.annotations ?? {}).includes('"true"'));
  if (usual === undefined) throw new Error('this cluster has no storage class of its own');
  await ask('POST', STORAGE, { ...usual, metadata: { name: CLASS } });
  await ask('POST', PRIORITIES, { metadata: { name: CLASS }, value: 1000 });
});

afterAll(async () => {
  for (const path of [STORAGE, PRIORITIES]) await ask('DELETE', `${path}/${CLASS}`);
  await world?.stop();
});

const show = async (instanceId: string) =>
  (
    await world.api.request<{ instance: Shown }>(`query ($id: ID!) { instance(id: $id) { ${SHOWN} } }`, {
      id: instanceId,
    })
  ).instance;
const update = async (change: object) =>
  (
    await world.api.request<{ updateInstance: { instance: Shown; notices: readonly string[] } }>(
      `mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { instance { ${SHOWN} } notices } }`,
      { input: { instanceId: id, ...change } },
    )
  ).updateInstance;
const change = async (verb: 'start' | 'restart', state = 'SUCCEEDED') =>
  world.api.untilOver((await world.api.changeInstance(verb, id)).operationId, state, PATIENCE_MS);

/** How the pod of an instance is made, which there must be one of. */
async function podOf(instanceId: string): Promise<PodSpec> {
  const pods = await listOf(world.namespace, '/api/v1', 'pods');
  const pod = pods.find(
    ({ metadata: { labels = {}, deletionTimestamp } }) =>
      labels['toygres.io/instance'] === instanceId &&
      labels['app.kubernetes.io/component'] === 'server' &&
      deletionTimestamp === undefined,
  );
  if (pod?.spec === undefined) throw new Error(`${instanceId} has no pod`);
  return pod.spec as unknown as PodSpec;
}

/** A pod hosted as HOSTING asks. */
const AS_ASKED = {
  priorityClassName: CLASS,
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: expect.arrayContaining([{ key: 'toygres-test', operator: 'Equal', value: 'yes', effect: 'NoSchedule' }]),
  containers: [{ resources: { requests: { cpu: '60m', memory: '160Mi' }, limits: { cpu: '900m', memory: '640Mi' } } }],
};

test('what cannot be had is refused before anything is made, with what there is', async () => {
  const create = (input: object) => world.api.createInstance({ name: 'refused', postgresVersion: '15', ...input });
  await expect(create({ storageClass: 'no-such-class' })).rejects.toThrow(
    /no StorageClass no-such-class. It has: .*\(the default\).*/,
  );
  await expect(create({ priorityClass: 'toygres-test-none' })).rejects.toThrow(
    `This cluster has no PriorityClass toygres-test-none. It has: ${CLASS}.`,
  );
  await expect(create({ priorityClass: 'system-node-critical' })).rejects.toThrow('does not let an instance have');
  await expect(create({ tolerations: [{ key: 'node-role.kubernetes.io/control-plane' }] })).rejects.toThrow(
    'It has: toygres-test.',
  );
  await expect(create({ resources: { memoryLimitMib: 1025 } })).rejects.toThrow('1024 at most');
  const { instances } = await world.api.request<{ instances: { totalCount: number } }>('{ instances { totalCount } }');
  expect(instances.totalCount).toBe(0);
});

test('a server is hosted as its instance asks, and shows it', async () => {
  const created = await world.api.createInstance({
    ...HOSTING,
    name: 'hosted',
    postgresVersion: '15',
    storageGib: 1,
    storageClass: CLASS,
  });
  id = created.id;
  await world.api.untilOver(created.operationId);
  expect(await show(id)).toEqual({ ...HOSTING, storageClass: CLASS, pendingRestart: false });
  expect(await podOf(id)).toMatchObject(AS_ASKED);
  const [claim] = await listOf(world.namespace, '/api/v1', 'persistentvolumeclaims');
  expect(claim?.spec).toMatchObject({ storageClassName: CLASS });
});

test('what is made again of it is hosted so', async () => {
  const [set] = await listOf(world.namespace, '/apis/apps/v1', 'statefulsets');
  const sets = `/apis/apps/v1/namespaces/${world.namespace.name}/statefulsets`;
  await ask('DELETE', `${sets}/${set?.metadata.name}`, { propagationPolicy: 'Foreground' });
  const made = await eventually(
    async () => (await listOf(world.namespace, '/apis/apps/v1', 'statefulsets'))[0]?.metadata.uid,
    (uid) => uid !== undefined && uid !== set?.metadata.uid,
    PATIENCE_MS,
  );
  expect(made).toBeDefined();
  const pod = await eventually(
    () => podOf(id).catch(() => null),
    (found) => found !== null,
    PATIENCE_MS,
  );
  expect(pod).toMatchObject(AS_ASKED);
  await change('restart');
  expect(await podOf(id)).toMatchObject(AS_ASKED);
});

test('a copy of it is hosted as its source where its input says nothing else', async () => {
  const image = await world.api.createImage({ name: 'of-hosted', instanceId: id });
  await world.api.untilOver(image.operationId);
  const resources = { memoryLimitMib: 700 };
  const restored = await world.api.createInstance({ name: 'copy', sourceImageId: image.id, storageGib: 1, resources });
  copyId = restored.id;
  expect(restored.notices).toContainEqual(
    'Taken over from the source of the image: nodeSelector, tolerations, priorityClass, storageClass.',
  );
  await world.api.untilOver(restored.operationId, 'SUCCEEDED', PATIENCE_MS);
  expect(await show(copyId)).toMatchObject({
    ...HOSTING,
    resources: { memoryLimitMib: 700, memoryRequestMib: null },
    storageClass: CLASS,
  });
  expect(await podOf(copyId)).toMatchObject({
    ...AS_ASKED,
    containers: [{ resources: { limits: { memory: '700Mi' } } }],
  });
});

test('another hosting waits for the next start, which is told, and a restart brings it', async () => {
  const { instance, notices } = await update({ resources: { memoryLimitMib: 512 }, nodeSelector: null });
  expect(instance).toMatchObject({ pendingRestart: true, nodeSelector: [], tolerations: [TAINT] });
  expect(notices).toEqual(['How it is hosted takes effect at the next start: restart the instance.']);
  expect(await podOf(id)).toMatchObject(AS_ASKED);
  await change('restart');
  const pod = await podOf(id);
  expect(pod.containers).toMatchObject([
    { resources: { requests: { memory: '128Mi' }, limits: { memory: '512Mi', cpu: '2' } } },
  ]);
  expect(pod.nodeSelector).toBeUndefined();
  expect((await show(id)).pendingRestart).toBe(false);
});

test('a server that no node can host says so, and comes up once it asks for what there is', async () => {
  await update({ nodeSelector: [{ key: 'toygres-test', value: 'nowhere' }] });
  const { failure } = await change('restart', 'FAILED');
  expect(failure?.message).toMatch(/node affinity\/selector/);
  await update({ nodeSelector: [] });
  await change('start');
  expect(await query(await world.login(id), 'postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  for (const one of [copyId, id])
    await world.api.untilOver((await world.api.changeInstance('delete', one)).operationId);
});
