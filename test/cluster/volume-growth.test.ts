import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterWorld, createClusterWorld } from '../support/cluster-world.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import { eventually } from '../support/eventually.ts';

const CLASSES = '/apis/storage.k8s.io/v1/storageclasses';
/** As the default class, but its volumes may grow; nobody in the cluster makes them, so the test plays who would. */
const GROWS = `grows-${randomBytes(4).toString('hex')}`;

interface Claim {
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

let world: ClusterWorld;
let api: E2eClient;

beforeAll(async () => {
  world = await createClusterWorld('growth');
  const { body } = await world.namespace.ask('GET', CLASSES);
  const { items } = body as {
    items: { metadata: { annotations?: Record<string, string> }; provisioner: string; volumeBindingMode: string }[];
  };
  const isDefault = 'storageclass.kubernetes.io/is-default-class';
  const standard = items.find(({ metadata }) => metadata.annotations?.[isDefault] === 'true');
  const { provisioner, volumeBindingMode } = standard ?? items[0] ?? {};
  await world.namespace.ask('POST', CLASSES, {
    metadata: { name: GROWS },
    provisioner,
    volumeBindingMode,
    allowVolumeExpansion: true,
  });
});
afterAll(async () => {
  await world?.namespace.ask('DELETE', `${CLASSES}/${GROWS}`);
  await world?.stop();
});

async function create(name: string): Promise<{ id: string; claim: string }> {
  const created = await api.createInstance({ name, postgresVersion: '15', storageGib: 1 });
  await api.untilOver(created.operationId);
  const { instance } = await api.request<{ instance: { resourceName: string } }>(
    'query ($id: ID!) { instance(id: $id) { resourceName } }',
    { id: created.id },
  );
  const claims = `/api/v1/namespaces/${world.namespace.name}/persistentvolumeclaims`;
  return { id: created.id, claim: `${claims}/${instance.resourceName}-pvc` };
}

async function grow(instanceId: string, storageGib: number): Promise<string> {
  const { updateInstance } = await api.request<{ updateInstance: { operation: { id: string } } }>(
    'mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { operation { id } } }',
    { input: { instanceId, storageGib } },
  );
  return updateInstance.operation.id;
}

const recordOf = async (id: string) =>
  (
    await api.request<{ instance: object }>(
      'query ($id: ID!) { instance(id: $id) { storageGib state failure { code } } }',
      {
        id,
      },
    )
  ).instance;

const untilAsked = (claim: string, storage: string) =>
  eventually(
    async () => (await world.namespace.ask('GET', claim)).body as Claim,
    ({ spec }) => spec.resources.requests.storage === storage,
  );

/** What a resizer writes. */
const say = async (claim: string, status: object) => {
  expect((await world.namespace.ask('PATCH', `${claim}/status`, { status })).status).toBe(200);
};
const condition = (type: string) => [{ type, status: 'True', lastTransitionTime: new Date().toISOString() }];
const growing = (operationId: string, words: RegExp) =>
  api.untilStep(operationId, 'Wait until the volume has grown', (progress) => words.test(progress?.message ?? ''));

test('a class that does not let its volumes grow refuses, and the record keeps the old size', async () => {
  api = await world.serve();
  const { id } = await create('fixed');
  const { failure } = await api.untilOver(await grow(id, 2), 'FAILED');
  expect(failure).toMatchObject({
    code: 'STEP_FAILED',
    step: 'Ask for a larger volume',
    message: expect.stringContaining('allowVolumeExpansion'),
  });
  expect(await recordOf(id)).toEqual({ storageGib: 1, state: 'RUNNING', failure: null });
  await expect(api.createImage({ name: 'still-possible', instanceId: id })).resolves.toBeDefined();
});

test('a growth is followed to its end, and the record has the new size when it is true', async () => {
  api = await world.serve({ TOYGRES_STORAGE_CLASS: GROWS });
  const { id, claim } = await create('grows');
  const operationId = await grow(id, 3);
  await untilAsked(claim, '3Gi');
  await say(claim, { conditions: condition('Resizing') });
  await growing(operationId, /disk is being made larger/);
  expect(await recordOf(id)).toMatchObject({ storageGib: 1 });
  await say(claim, { conditions: condition('FileSystemResizePending') });
  await growing(operationId, /file system is being made larger/);
  expect(await recordOf(id)).toMatchObject({ storageGib: 1 });
  await say(claim, { conditions: [], capacity: { storage: '3Gi' } });
  await api.untilOver(operationId);
  expect(await recordOf(id)).toEqual({ storageGib: 3, state: 'RUNNING', failure: null });
});

test('a storage system that cannot do it fails the growth with its reason; asked again it finds what grew meanwhile', async () => {
  const { id, claim } = await create('infeasible');
  const operationId = await grow(id, 2);
  await untilAsked(claim, '2Gi');
  const error = { ...condition('ControllerResizeError')[0], message: 'the largest disk is 1 GiB' };
  await say(claim, {
    conditions: [error],
    allocatedResources: { storage: '2Gi' },
    allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' },
  });
  const { failure } = await api.untilOver(operationId, 'FAILED');
  expect(failure?.message).toMatch(/did not grow to 2 GiB.*ControllerResizeInfeasible.*largest disk is 1 GiB/);
  expect(await recordOf(id)).toMatchObject({ storageGib: 1 });
  await say(claim, { conditions: [], capacity: { storage: '2Gi' }, allocatedResourceStatuses: null });
  await api.retry(operationId);
  await api.untilOver(operationId);
  expect(await recordOf(id)).toMatchObject({ storageGib: 2 });
});

test('a file system that waits for a mount says to start the instance', async () => {
  const { id, claim } = await create('stopped');
  await api.untilOver((await api.changeInstance('stop', id)).operationId);
  const operationId = await grow(id, 2);
  await untilAsked(claim, '2Gi');
  await say(claim, { conditions: condition('FileSystemResizePending') });
  const { failure } = await api.untilOver(operationId, 'FAILED');
  expect(failure?.message).toContain('Start the instance');
  expect(await recordOf(id)).toMatchObject({ storageGib: 1, state: 'STOPPED' });
});
