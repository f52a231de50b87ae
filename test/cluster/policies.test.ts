import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const POLICIES = path.resolve(import.meta.dirname, '../../deploy/managed/network-policy.yaml');

let world: ControlPlane;
let tenant: { id: string; login: ServerLogin };
let neighbour: { id: string; login: ServerLogin };

/** What a shell of the tenant's pod says, which is what its superuser can run. */
async function shell(command: string): Promise<string> {
  const sql = `CREATE TEMP TABLE said (line text);
    COPY said FROM PROGRAM '${command.replaceAll("'", "''")}' (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02');
    SELECT string_agg(line, ' ') AS said FROM said`;
  const [row] = await query(tenant.login, 'postgres', sql);
  return String(row?.said ?? '');
}

const reach = (host: string, port: number) =>
  shell(`timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo open || echo closed`);

async function serviceAddress(name: string, namespace = world.namespace.name): Promise<string> {
  const { body } = await world.namespace.ask('GET', `/api/v1/namespaces/${namespace}/services/${name}`);
  return (body as { spec: { clusterIP: string } }).spec.clusterIP;
}

async function apply(kind: string, body: object): Promise<void> {
  const target = `/apis/networking.k8s.io/v1/namespaces/${world.namespace.name}/${kind}`;
  const { status } = await world.namespace.ask('POST', target, body);
  expect(status).toBeLessThan(300);
}

beforeAll(async () => {
  world = await startControlPlane('cluster-policies');
  for (const document of parseAllDocuments(await readFile(POLICIES, 'utf8'))) {
    const policy = document.toJS() as { metadata: object };
    await apply('networkpolicies', { ...policy, metadata: { ...policy.metadata, namespace: world.namespace.name } });
  }
  // What the overlay of a cluster with a store in it has beside them.
  const jobs = { matchLabels: { 'app.kubernetes.io/name': 'toygres-job' } };
  const store = { matchLabels: { app: 'azurite' } };
  await apply('networkpolicies', {
    metadata: { name: 'jobs-reach-azurite' },
    spec: { podSelector: jobs, policyTypes: ['Egress'], egress: [{ to: [{ podSelector: store }] }] },
  });
  await apply('networkpolicies', {
    metadata: { name: 'azurite' },
    spec: { podSelector: store, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
  });
  const make = async (name: string) => {
    const created = await world.api.createInstance({ name, postgresVersion: '15', storageGib: 1 });
    await world.api.untilOver(created.operationId);
    return { id: created.id, login: await world.login(created.id) };
  };
  tenant = await make('tenant');
  neighbour = await make('neighbour');
});

afterAll(() => world?.stop());

test('from inside of a tenant’s pod nothing is reached but the names of the cluster', async () => {
  const names = await eventually(
    () => shell('getent hosts kubernetes.default.svc.cluster.local || echo none'),
    (said) => said.includes('kubernetes'),
    30_000,
  );
  expect(names).toContain('kubernetes.default');
  const node = await shell(`cat /proc/net/route | awk '$2 == "00000000" { print $3 }'`);
  const gateway = [6, 4, 2, 0].map((at) => Number.parseInt(node.trim().slice(at, at + 2), 16)).join('.');
  const closed: Readonly<Record<string, readonly [string, number]>> = {
    'another server': [neighbour.login.host, 5432],
    'the API server': [await serviceAddress('kubernetes', 'default'), 443],
    'the API server on its node': [gateway, 6443],
    'the kubelet': [gateway, 10_250],
    'the blob store': [await serviceAddress('azurite'), 10_000],
    'the metadata of the machine': ['169.254.169.254', 80],
  };
  const found = async () => {
    const said = Object.entries(closed).map(async ([what, [host, port]]) => [what, await reach(host, port)] as const);
    return Object.fromEntries(await Promise.all(said));
  };
  const allClosed = Object.fromEntries(Object.keys(closed).map((what) => [what, 'closed']));
  // What enforces policies hears of a new pod some moments after it runs; from then on nothing is ever open again.
  await expect.poll(found, { timeout: 15_000 }).toEqual(allClosed);
  for (let round = 0; round < 5; round += 1) expect(await found()).toEqual(allClosed);
  expect(await reach('127.0.0.1', 5432)).toBe('open');
}, 120_000);

test('under the same policies images are taken and restored, both ways', async () => {
  for (const method of ['LOGICAL', 'PHYSICAL']) {
    const image = await world.api.createImage({
      name: `under-policies-${method.toLowerCase()}`,
      instanceId: neighbour.id,
      method,
    });
    await world.api.untilOver(image.operationId);
    const copy = await world.api.createInstance({ name: `copy-${method.toLowerCase()}`, sourceImageId: image.id });
    await world.api.untilOver(copy.operationId);
    expect(await query(await world.login(copy.id), 'postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }
}, 600_000);
