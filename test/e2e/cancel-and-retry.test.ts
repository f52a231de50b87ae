import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Accepted, createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { listBlobs, openImages, query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, listTree, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import type { ServerLogin } from '../support/server-facts.ts';

/** What the product promises on an idle machine is 2 s; tests share theirs. */
const GONE_MS = 5_000;

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let source: { id: string; login: ServerLogin };
let image: string;

beforeAll(async () => {
  home = await makeE2eHome('cancel');
  server = await home.start();
  api = createE2eClient(server);
  const created = await api.createInstance({ name: 'source' });
  await api.untilOver(created.operationId);
  source = { id: created.id, login: await api.login(created.id) };
  await fillSlowServer(source.login);
  const taken = await api.createImage({ name: 'whole', instanceId: source.id });
  await api.untilOver(taken.operationId);
  image = taken.id;
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

const state = () => path.join(home.directory, 'state');
const jobProcesses = async () =>
  (await home.processes()).filter((one) => /main\.mjs|backup\.sh|restore\.sh|azcopy |pgdata-restoring/.test(one));

/** Lets the blob store hang as a network does: it takes connections and never answers. */
async function pauseBlobs(): Promise<{ resume(): void }> {
  const memory = JSON.parse(await readFile(path.join(state(), 'azurite/server.json'), 'utf8'));
  const { pid } = memory.process as { pid: number };
  process.kill(pid, 'SIGSTOP');
  return { resume: () => void process.kill(pid, 'SIGCONT') };
}

/** Cancels twice, as impatient people do, and waits until no process of a job is left. */
async function cancelAndWait(operationId: string): Promise<void> {
  expect(await jobProcesses()).not.toEqual([]);
  await Promise.all([api.cancel(operationId), api.cancel(operationId)]);
  await eventually(jobProcesses, (left) => left.length === 0, GONE_MS);
}

async function expectNothingLeftOf(accepted: Accepted, resourceName: string | null): Promise<void> {
  const over = await api.untilOver(accepted.operationId, 'CANCELLED');
  expect(over.failure).toMatchObject({ code: 'CANCELLED' });
  expect(over.jobs.map((job) => job.state)).toEqual(over.jobs.map(() => 'CANCELLED'));
  expect(await listBlobs(await openImages(home.directory), accepted.id)).toEqual([]);
  expect(await listTree(path.join(state(), 'jobs'))).toEqual([]);
  const volumes = await listTree(path.join(state(), 'servers/toygres-managed'));
  expect(volumes.filter((name) => resourceName !== null && name.startsWith(resourceName))).toEqual([]);
}

test('an image is cancelled while it dumps', async () => {
  const held = await holdTable(source.login, 'orders');
  const taken = await api.createImage({ name: 'dumping', instanceId: source.id });
  await api.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  await cancelAndWait(taken.operationId);
  await held.release();
  await expectNothingLeftOf(taken, null);
  expect(await api.image(taken.id)).toMatchObject({ state: 'FAILED', failure: { code: 'CANCELLED' } });
  await expect(api.cancel(taken.operationId)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('an image is cancelled while the blob store hangs under its upload', async () => {
  const taken = await api.createImage({ name: 'uploading', instanceId: source.id });
  await api.untilStep(taken.operationId, 'Dump the databases');
  const paused = await pauseBlobs();
  try {
    await api.untilStep(taken.operationId, 'Upload the files');
    await cancelAndWait(taken.operationId);
  } finally {
    paused.resume();
  }
  await expectNothingLeftOf(taken, null);
  expect(await api.image(taken.id)).toMatchObject({ state: 'FAILED' });
});

test('a restore is cancelled while it downloads from a blob store that hangs', async () => {
  const copy = await api.createInstance({ name: 'downloading', sourceImageId: image });
  await api.untilStep(copy.operationId, 'Start the restore job');
  // It takes longer to start than to download.
  await eventually(jobProcesses, (found) => found.length > 0);
  const paused = await pauseBlobs();
  try {
    await cancelAndWait(copy.operationId);
  } finally {
    paused.resume();
  }
  await expectNothingLeftOf(copy, 'downloading');
});

test.each(['Restore the databases', 'Gather statistics'])('a restore is cancelled at "%s"', async (step) => {
  const name = step.split(' ')[0]?.toLowerCase() ?? '';
  const copy = await api.createInstance({ name, sourceImageId: image });
  await api.untilStep(copy.operationId, step);
  await cancelAndWait(copy.operationId);
  await expectNothingLeftOf(copy, name);
  expect(await api.instance(copy.id)).toMatchObject({ state: 'FAILED', failure: { code: 'CANCELLED' } });
});

test('a new instance is cancelled while its server is made, and its name is free again', async () => {
  const first = await api.createInstance({ name: 'again' });
  await api.untilStep(first.operationId, 'Create the volume');
  await api.cancel(first.operationId);
  await expectNothingLeftOf(first, 'again');
  const second = await api.createInstance({ name: 'again' });
  await api.untilOver(second.operationId);
  const { instance } = await api.request<{ instance: { id: string } }>('{ instance(name: "again") { id } }');
  expect(instance.id).toBe(second.id);
  await expect(api.retry(first.operationId)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('an image that failed for a cause outside is taken by a retry once the cause is gone', async () => {
  await query(source.login, 'postgres', `ALTER ROLE postgres PASSWORD 'changed behind the back'`);
  const taken = await api.createImage({ name: 'second-try', instanceId: source.id });
  const failed = await api.untilOver(taken.operationId, 'FAILED');
  expect(failed.failure?.message).toMatch(/password/);
  expect(failed.failure?.message).not.toContain('changed behind the back');
  const other = { ...source.login, password: 'changed behind the back' };
  await query(other, 'postgres', `ALTER ROLE postgres PASSWORD '${source.login.password}'`);
  await api.retry(taken.operationId);
  await api.untilOver(taken.operationId);
  expect(await api.image(taken.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
  const sequences: number[] = [];
  for await (const { sequence } of api.events(taken.operationId)) sequences.push(sequence);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
});
