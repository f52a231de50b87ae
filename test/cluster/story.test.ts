import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { createLimitedAccount, type LimitedAccount } from '../support/cluster-account.ts';
import { RESTRICTED } from '../support/cluster-world.ts';
import { compareServers } from '../support/compare-servers.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import { listBlobs, query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';
import { jobSpec } from '../support/platform-specs.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const PASSWORD = String.raw`pa'ss "w\ord" $(id) $$ %41&=#? ☃`;

let namespace: TestNamespace;
let account: LimitedAccount;
let world: ControlPlane;
let api: E2eClient;
let source: { id: string; login: ServerLogin };
let copy: { id: string };
let image: { id: string; operationId: string };

beforeAll(async () => {
  namespace = await createTestNamespace({ labels: RESTRICTED });
  account = await createLimitedAccount(namespace);
  world = await startControlPlane('cluster', { namespace, kubeconfig: account.kubeconfig });
  api = world.api;
});

afterAll(async () => {
  await world?.stop();
  await account?.stop();
});

test('a new server takes the password it was given and is reached by the name of its service', async () => {
  const created = await api.createInstance({
    name: 'source',
    postgresVersion: '15',
    password: PASSWORD,
    storageGib: 1,
  });
  await api.untilOver(created.operationId);
  const named = await api.login(created.id);
  expect(named.host).toMatch(new RegExp(`^source-[0-9a-f]{8}-svc\\.${namespace.name}\\.svc\\.cluster\\.local$`));
  source = { id: created.id, login: await world.login(created.id) };
  expect(await query(source.login, 'postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await expect(query({ ...source.login, password: 'wrong' }, 'postgres', 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  );
});

test('an image of it is taken by a job in the cluster, and its log is kept', async () => {
  await query(source.login, 'postgres', 'CREATE DATABASE "we ird; drop"');
  await query(
    source.login,
    'we ird; drop',
    `CREATE ROLE "o'wner" LOGIN PASSWORD 'x'; CREATE TABLE "T" AS SELECT g AS id, md5(g::text) AS "te xt" FROM generate_series(1, 20000) g;
     ALTER TABLE "T" OWNER TO "o'wner"; CREATE INDEX ON "T" ("te xt")`,
  );
  image = await api.createImage({ name: 'monday', instanceId: source.id });
  const { jobs } = await api.untilOver(image.operationId);
  expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
  expect(jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
  const lines: string[] = [];
  for await (const line of api.subscribe<{ text: string }>('subscription ($id: ID!) { jobLogs(jobId: $id) { text } }', {
    id: jobs[0]?.id,
  })) {
    lines.push(line.text);
  }
  expect(lines.join('\n')).toContain('PostgreSQL 15');
});

test('a restored server is its source again', async () => {
  const restored = await api.createInstance({ name: 'copy', sourceImageId: image.id, storageGib: 1 });
  await api.untilOver(restored.operationId);
  copy = restored;
  expect(await compareServers(source.login, await world.login(restored.id))).toEqual([]);
});

test('stopped, started and restarted it has its data', async () => {
  await api.untilOver((await api.changeInstance('stop', copy.id)).operationId);
  expect(await api.instance(copy.id)).toMatchObject({ state: 'STOPPED' });
  await api.untilOver((await api.changeInstance('start', copy.id)).operationId);
  await api.untilOver((await api.changeInstance('restart', copy.id)).operationId);
  const rows = await query(await world.login(copy.id), 'we ird; drop', 'SELECT count(*)::int AS n FROM "T"');
  expect(rows).toEqual([{ n: 20_000 }]);
});

test('what is deleted leaves nothing in the namespace and no blob', async () => {
  for (const { id } of [copy, source]) await api.untilOver((await api.changeInstance('delete', id)).operationId);
  await api.untilOver((await api.deleteImage(image.id)).operationId);
  const images = BlobServiceClient.fromConnectionString(world.storage).getContainerClient('images');
  expect(await listBlobs(images, image.id)).toEqual([]);
  expect(await world.platform.listObjects()).toEqual([]);
});

test('all that took exactly the rights of the Role that is deployed', async () => {
  // What the story does not come by: an account for jobs, and a job that has to wait for another.
  const other = await namespace.open({
    kubeconfig: account.kubeconfig,
    workloadIdentityClientId: 'client',
    jobConcurrency: 1,
  });
  const [first, second] = [1, 2].map(() => ({ ...jobSpec('exit 78'), namespace: namespace.name })) as [
    JobSpec,
    JobSpec,
  ];
  await other.ensureJob(first);
  await other.ensureJob(second);
  await other.removeJob(first);
  await eventually(
    () => account.proxy.used.has('patch batch/jobs'),
    (released) => released,
  );
  await other.removeJob(second);
  expect(account.proxy.refused).toEqual([]);
  expect([...account.proxy.used].sort()).toEqual([...account.granted].sort());
});
