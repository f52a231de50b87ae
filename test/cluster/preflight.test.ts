import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterWorld, createClusterWorld } from '../support/cluster-world.ts';
import type { E2eClient } from '../support/e2e-client.ts';
import { listBlobs } from '../support/e2e-home-services.ts';

let world: ClusterWorld;
beforeAll(async () => {
  world = await createClusterWorld('preflight');
});
afterAll(() => world?.stop());

async function run(api: E2eClient, state: 'SUCCEEDED' | 'FAILED', input: object = { postgresVersion: '15' }) {
  const { runPreflight } = await api.request<{ runPreflight: { operation: { id: string } } }>(
    'mutation ($input: RunPreflightInput!) { runPreflight(input: $input) { operation { id } } }',
    { input },
  );
  return api.untilOver(runPreflight.operation.id, state);
}

async function finding(api: E2eClient) {
  const { diagnostics } = await api.request<{
    diagnostics: { name: string; ok: boolean; detail: string; remedy: string | null }[];
  }>('{ diagnostics { name ok detail remedy } }');
  return diagnostics.find(({ name }) => name === 'preflight');
}

const left = async () => {
  const { status, body } = await world.namespace.ask('GET', `/apis/batch/v1/namespaces/${world.namespace.name}/jobs`);
  expect(status).toBe(200);
  return (body as { items: unknown[] }).items;
};

/** No pod of a job waits long in these tests for what will not come. */
const IMPATIENT = { TOYGRES_START_PATIENCE_SECONDS: '8' };

async function expectBroken(api: E2eClient, link: string, words: RegExp, remedy: RegExp): Promise<void> {
  const { failure } = await run(api, 'FAILED');
  expect(failure?.code).toBe('STEP_FAILED');
  expect(failure?.message).toMatch(new RegExp(`^Broken link: ${link}\\. `));
  expect(failure?.message).toMatch(words);
  const { ok, remedy: told } = (await finding(api)) ?? {};
  expect([ok, told]).toEqual([false, expect.stringMatching(remedy)]);
  expect(await left()).toEqual([]);
}

test('where nothing is broken it passes, keeps its log, and leaves nothing in the namespace and no blob', async () => {
  const api = await world.serve();
  const { jobs } = await run(api, 'SUCCEEDED');
  expect(jobs).toMatchObject([{ state: 'SUCCEEDED', name: expect.stringMatching(/^preflight-/) }]);
  const { job } = await api.request<{ job: { jobs: { logs: { text: string }[] }[] } }>(
    'query ($id: ID!) { job: operation(id: $id) { jobs { logs { text } } } }',
    { id: (await run(api, 'SUCCEEDED')).id },
  );
  expect(job.jobs[0]?.logs.map(({ text }) => text).join('\n')).toContain('gave it back as it was');
  expect(await finding(api)).toMatchObject({ ok: true, detail: expect.stringContaining(world.namespace.name) });
  expect(await left()).toEqual([]);
  const images = BlobServiceClient.fromConnectionString(world.storage).getContainerClient('images');
  expect(await listBlobs(images, '_trials')).toEqual([]);
});

test('a container that is gone is named', async () => {
  const api = await world.serve();
  await run(api, 'SUCCEEDED');
  // The control plane has seen it and does not look again.
  await BlobServiceClient.fromConnectionString(world.storage).getContainerClient('images').delete();
  await expectBroken(api, 'container', /container does not exist/, /az storage container create/);
});

test('an image that cannot be pulled is named, with the words of the node', async () => {
  const api = await world.serve({ ...IMPATIENT, TOYGRES_JOB_IMAGE: 'registry.invalid/toygres/none:{version}' });
  await expectBroken(api, 'job image', /registry\.invalid\/toygres\/none:15/, /job\.Dockerfile/);
});

test('a pod that is too large for the cluster is named, with the words of the scheduler', async () => {
  const api = await world.serve({ ...IMPATIENT, TOYGRES_JOB_RESOURCES: 'cpu=500/500,memory=128Mi/1Gi' });
  await expectBroken(api, 'room', /Insufficient cpu/, /TOYGRES_JOB_RESOURCES/);
});

test('with workload identity and no webhook the three variables that a pod lacks are named', async () => {
  const api = await world.serve({ TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID: '00000000-0000-0000-0000-000000000001' });
  await expectBroken(
    api,
    'workload identity',
    /AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE/,
    /azure\.workload\.identity\/use/,
  );
});

test('a quota that leaves no room for a pod is named, and then one that refuses the job', async () => {
  const api = await world.serve(IMPATIENT);
  const quotas = `/api/v1/namespaces/${world.namespace.name}/resourcequotas`;
  await world.namespace.ask('POST', quotas, { metadata: { name: 'pods' }, spec: { hard: { pods: '0' } } });
  await expectBroken(api, 'quota', /exceeded quota pods/, /ResourceQuota/);
  await world.namespace.ask('DELETE', `${quotas}/pods`);
  const hard = { 'count/jobs.batch': '0' };
  await world.namespace.ask('POST', quotas, { metadata: { name: 'jobs' }, spec: { hard } });
  await expectBroken(api, 'quota', /exceeded quota jobs/, /ResourceQuota/);
  await world.namespace.ask('DELETE', `${quotas}/jobs`);
  await run(api, 'SUCCEEDED');
  expect(await finding(api)).toMatchObject({ ok: true });
});
