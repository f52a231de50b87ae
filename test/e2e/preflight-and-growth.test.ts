import { afterAll, beforeAll, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { listBlobs, openImages } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;

beforeAll(async () => {
  home = await makeE2eHome('preflight');
  server = await home.start();
  api = createE2eClient(server);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

async function runPreflight(): Promise<string> {
  const { runPreflight } = await api.request<{ runPreflight: { operation: { id: string } } }>(
    'mutation { runPreflight(input: {}) { operation { id kind } } }',
  );
  return runPreflight.operation.id;
}

async function preflightFinding() {
  const { diagnostics } = await api.request<{
    diagnostics: { name: string; ok: boolean; detail: string; remedy: string | null }[];
  }>('{ diagnostics { name ok detail remedy } }');
  return diagnostics.find(({ name }) => name === 'preflight');
}

async function grow(instanceId: string, storageGib: number): Promise<string> {
  const { updateInstance } = await api.request<{ updateInstance: { operation: { id: string } } }>(
    'mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { operation { id kind } } }',
    { input: { instanceId, storageGib } },
  );
  return updateInstance.operation.id;
}

const sizeOf = async (id: string) =>
  (
    await api.request<{ instance: { storageGib: number } }>('query ($id: ID!) { instance(id: $id) { storageGib } }', {
      id,
    })
  ).instance.storageGib;

test('a preflight passes all its steps, keeps its log and leaves no blob', async () => {
  expect(await preflightFinding()).toMatchObject({
    ok: true,
    detail: expect.stringContaining('None has been run yet'),
  });
  const { steps, jobs } = await api.untilOver(await runPreflight());
  expect(steps.map(({ state }) => state)).toEqual(steps.map(() => 'SUCCEEDED'));
  const lines: string[] = [];
  const log = 'subscription ($id: ID!) { jobLogs(jobId: $id) { text } }';
  for await (const { text } of api.subscribe<{ text: string }>(log, { id: jobs[0]?.id })) lines.push(text);
  expect(lines.join('\n')).toContain('gave it back as it was');
  expect(await listBlobs(await openImages(home.directory), '_trials')).toEqual([]);
  expect(await preflightFinding()).toMatchObject({ ok: true, detail: expect.stringContaining('nothing broken') });
});

test('a volume grows while the server runs, and the record says so when it is true', async () => {
  const created = await api.createInstance({ name: 'grows', storageGib: 1 });
  await api.untilOver(created.operationId);
  await api.untilOver(await grow(created.id, 2));
  expect(await sizeOf(created.id)).toBe(2);
  const { failure } = await api.untilOver(await grow(created.id, 16_384), 'FAILED');
  expect(failure).toMatchObject({ code: 'STEP_FAILED', message: expect.stringMatching(/GiB free/) });
  expect(await sizeOf(created.id)).toBe(2);
  expect(await api.instance(created.id)).toMatchObject({ state: 'RUNNING', failure: null });
  await expect(grow(created.id, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
