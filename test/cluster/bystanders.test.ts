import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { createLimitedAccount, type LimitedAccount } from '../support/cluster-account.ts';
import { podsOf } from '../support/cluster-objects.ts';
import { type ClusterWorld, createClusterWorld, RESTRICTED } from '../support/cluster-world.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import { eventually } from '../support/eventually.ts';

const PATIENCE_MS = 200_000;

/** The account has its rights in the first one alone. */
let namespace: TestNamespace;
let closed: TestNamespace;
let account: LimitedAccount;
let world: ClusterWorld;
let api: E2eClient;
let old: string;

beforeAll(async () => {
  namespace = await createTestNamespace({ labels: RESTRICTED });
  closed = await createTestNamespace({ labels: RESTRICTED });
  account = await createLimitedAccount(namespace);
  world = await createClusterWorld('cluster-bystanders', { namespace, kubeconfig: account.kubeconfig });
  api = await world.serve();
  const created = await api.createInstance({ name: 'old', postgresVersion: '15', storageGib: 1 });
  await api.untilOver(created.operationId);
  old = created.id;
});

afterAll(async () => {
  await world?.stop();
  await account?.stop();
  await closed?.stop();
});

async function diagnosticOf(name: string) {
  const { diagnostics } = await api.request<{ diagnostics: { name: string; ok: boolean; detail: string }[] }>(
    '{ diagnostics { name ok detail } }',
  );
  return diagnostics.find((link) => link.name === name);
}

async function change(verb: 'stop' | 'start' | 'restart' | 'delete', id: string) {
  await api.untilOver((await api.changeInstance(verb, id)).operationId, 'SUCCEEDED', PATIENCE_MS);
}

const podsOfInstance = (id: string) => podsOf(namespace, `toygres.io/instance=${id}`);

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

test('a right that somebody took away is named, whichever it is, and all is well when it is back', async () => {
  const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace.name}/roles/toygres`;
  const { rules } = (await namespace.ask('GET', role)).body as { rules: readonly Rule[] };
  for (const resource of ['secrets', 'networkpolicies', 'pods']) {
    const without = rules.map((rule) =>
      rule.resources.includes(resource) ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== 'list') } : rule,
    );
    await namespace.ask('PATCH', role, { rules: without });
    const told = await eventually(
      () => diagnosticOf('platform'),
      (link) => link?.ok === false,
      PATIENCE_MS,
    );
    expect(told?.detail).toMatch(new RegExp(`may not list .* in namespace ${namespace.name}: add the verb list on `));
    await namespace.ask('PATCH', role, { rules });
  }
  await eventually(
    () => diagnosticOf('platform'),
    (link) => link?.ok === true,
    PATIENCE_MS,
  );
});

test.each([
  { order: 'after', settings: () => ({ TOYGRES_NAMESPACES: `${namespace.name},${closed.name}` }) },
  {
    order: 'before',
    settings: () => ({ TOYGRES_NAMESPACE: closed.name, TOYGRES_NAMESPACES: `${closed.name},${namespace.name}` }),
  },
])(
  'a namespace without rights, named $order the one that has them, is told and refuses its own alone',
  async (given) => {
    api = await world.serve(given.settings());
    expect(await diagnosticOf('platform')).toMatchObject({ ok: false, detail: expect.stringContaining(closed.name) });
    expect((await diagnosticOf('platform'))?.detail).toMatch(/may not (get|list) .*add the verb/);
    const refused = await api
      .createInstance({ name: 'refused', postgresVersion: '15', namespace: closed.name })
      .then(({ operationId }) => api.untilOver(operationId, 'FAILED', PATIENCE_MS))
      .then(({ failure }) => failure?.message ?? '', String);
    expect(refused).toContain('may not');
    await change('restart', old);
    const image = await api.createImage({ name: `beside-${given.order}`, instanceId: old });
    await api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
    await api.untilOver((await api.deleteImage(image.id)).operationId);
  },
);

test('older records touch nothing of what newer ones have made, stopped and left', async () => {
  const records = path.join(world.home, 'state/cms');
  const copy = promisify(execFile);
  await world.end();
  await copy('cp', ['-a', records, `${records}.older`]);
  api = await world.serve();
  const young = await api.createInstance({ name: 'young', postgresVersion: '15', storageGib: 1 });
  await api.untilOver(young.operationId);
  await change('stop', old);
  const [before] = await podsOfInstance(young.id);
  await world.end();
  await rm(records, { recursive: true });
  await copy('mv', [`${records}.older`, records]);

  // What is left over would go at once.
  api = await world.serve({ TOYGRES_DRIFT_GRACE_SECONDS: '0' });
  const looked = await eventually(
    () =>
      api.request<{
        drift: { ownerId: string | null; state: string; kind: string }[];
        instance: { healthChecks: { message: string | null }[] };
      }>('query ($id: ID!) { drift { ownerId state kind } instance(id: $id) { healthChecks(first: 1) { message } } }', {
        id: old,
      }),
    ({ drift, instance }) =>
      drift.some(({ ownerId }) => ownerId === young.id) &&
      /stopped by an operation that is not recorded/.test(instance.healthChecks[0]?.message ?? ''),
    PATIENCE_MS,
  );
  const ofYoung = looked.drift.filter(({ ownerId }) => ownerId === young.id);
  expect(new Set(ofYoung.map(({ state }) => state))).toEqual(new Set(['REPORTED']));
  expect(ofYoung.map(({ kind }) => kind).sort()).toEqual(['CONFIGURATION', 'SECRET', 'SERVER', 'VOLUME']);
  const after = await podsOfInstance(young.id);
  expect(after.map(({ metadata }) => metadata.uid)).toEqual([before?.metadata.uid]);
  expect(await podsOfInstance(old)).toEqual([]);
  await change('restart', old);
  expect((await podsOfInstance(old)).length).toBe(1);
  await change('delete', old);
}, 600_000);
