import { afterAll, beforeAll, expect, test } from 'vitest';
import { knock } from '../../src/platform/kubernetes/cluster/knock.ts';
import { type ClusterWorld, createClusterWorld } from '../support/cluster-world.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import { query } from '../support/e2e-home-services.ts';

interface Service {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly type: string; readonly loadBalancerSourceRanges?: readonly string[] };
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip?: string }[] } };
}
interface Instance {
  readonly state: string;
  readonly dnsLabel: string | null;
  readonly endpoint: { readonly host: string; readonly port: number; readonly dnsName: string | null } | null;
  readonly failure: { readonly message: string } | null;
}

let world: ClusterWorld;
beforeAll(async () => {
  world = await createClusterWorld('public');
});
afterAll(() => world?.stop());

const services = async (): Promise<readonly Service[]> => {
  const { body } = await world.namespace.ask('GET', `/api/v1/namespaces/${world.namespace.name}/services`);
  return (body as { items: Service[] }).items.filter(({ metadata }) => metadata.name.endsWith('-svc'));
};
const read = async (api: E2eClient, id: string) =>
  (
    await api.request<{ instance: Instance }>(
      'query ($id: ID!) { instance(id: $id) { state dnsLabel endpoint { host port dnsName } failure { message } } }',
      { id },
    )
  ).instance;
const create = (api: E2eClient, name: string, dnsLabel: string) =>
  api.createInstance({ name, postgresVersion: '15', storageGib: 1, exposure: 'PUBLIC', dnsLabel });

test('a PUBLIC server is reached at the address of its load balancer, which has the DNS label', async () => {
  const api = await world.serve();
  const created = await create(api, 'open', 'shop');
  await api.untilOver(created.operationId);
  const [service] = await services();
  const ip = service?.status.loadBalancer.ingress?.[0]?.ip;
  expect(service).toMatchObject({
    metadata: { annotations: { 'service.beta.kubernetes.io/azure-dns-label-name': 'shop' } },
    spec: { type: 'LoadBalancer' },
  });
  const { endpoint, ...instance } = await read(api, created.id);
  expect(instance).toEqual({ state: 'RUNNING', dnsLabel: 'shop', failure: null });
  expect(endpoint).toEqual({ host: ip, port: 5432, dnsName: null });
  // It takes TLS alone; how it is verified, certificates.test.ts tries.
  const login = { ...(await api.login(created.id)), ssl: { rejectUnauthorized: false } };
  expect(await query(login, 'postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  const { checkConnection } = await api.request<{ checkConnection: object }>(
    'query ($id: ID!) { checkConnection(instanceId: $id) { ok failure { message } } }',
    { id: created.id },
  );
  expect(checkConnection).toEqual({ ok: true, failure: null });
  await api.untilOver((await api.changeInstance('delete', created.id)).operationId);
  expect(await services()).toEqual([]);
});

test('a namespace that may have no load balancer says so at once, and nothing is left', async () => {
  const quotas = `/api/v1/namespaces/${world.namespace.name}/resourcequotas`;
  const hard = { 'services.loadbalancers': '0' };
  await world.namespace.ask('POST', quotas, { metadata: { name: 'balancers' }, spec: { hard } });
  const api = await world.serve();
  const created = await create(api, 'denied', 'denied');
  const { failure } = await api.untilOver(created.operationId, 'FAILED');
  await world.namespace.ask('DELETE', `${quotas}/balancers`);
  expect(failure?.message).toMatch(/quota of the namespace .*balancers/);
  expect(await read(api, created.id)).toMatchObject({ state: 'FAILED', endpoint: null });
  expect(await services()).toEqual([]);
});

test('ranges that leave us out are on the load balancer, and a server that we cannot reach is never RUNNING', async () => {
  const api = await world.serve({
    TOYGRES_PUBLIC_SOURCE_RANGES: '203.0.113.0/24,2001:db8::/32',
    TOYGRES_DNS_SUFFIX: 'nowhere.invalid',
  });
  const created = await create(api, 'unreached', 'unreached');
  await api.untilStep(created.operationId, 'Test the connection');
  const [service] = await services();
  expect(service?.spec.loadBalancerSourceRanges).toEqual(['203.0.113.0/24', '2001:db8::/32']);
  expect((await read(api, created.id)).state).toBe('CREATING');
  expect(await knock({ host: service?.status.loadBalancer.ingress?.[0]?.ip ?? '', port: 5432 })).toBe(false);
  const events = [];
  for await (const event of api.events(created.operationId)) events.push(event);
  expect(events.at(-1)?.state).toBe('FAILED');
  const { failure } = await api.operation(created.operationId);
  expect(failure?.message).toMatch(/unreached\.nowhere\.invalid:5432 \(E/);
  expect(await read(api, created.id)).toMatchObject({ state: 'FAILED', endpoint: null });
});
