import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { azuriteConnectionString, startAzurite, type TestAzurite } from '../support/azurite.ts';
import { createE2eClient, type E2eClient, type E2eEvent } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { listBlobs } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { openSocket } from '../support/raw-socket.ts';
import type { ServerLogin } from '../support/server-facts.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** A killed worker's run is with another one soon; the bench says how soon. */
const TAKEOVER_MS = 120_000;

let records: TestDatabase;
let azurite: TestAzurite;
let blobs: TcpProxy;
let home: E2eHome;
let environment: Record<string, string>;
const servers: E2eServer[] = [];
const clients: E2eClient[] = [];
let a: E2eClient;
let b: E2eClient;
let apiOfA: E2eServer;
let worker: E2eServer;
let source: { id: string; login: ServerLogin };

async function start(mode: 'api' | 'worker'): Promise<E2eServer> {
  const server = await home.start(mode, environment);
  servers.push(server);
  return server;
}

function connect(server: E2eServer): E2eClient {
  const client = createE2eClient(server);
  clients.push(client);
  return client;
}

beforeAll(async () => {
  [records, azurite, home] = await Promise.all([createTestDatabase(), startAzurite(), makeE2eHome('processes')]);
  blobs = await startTcpProxy(`http://127.0.0.1:${azurite.port}`);
  environment = {
    DATABASE_URL: records.url,
    AZURE_STORAGE_CONNECTION_STRING: azuriteConnectionString(blobs.port),
    TOYGRES_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TOYGRES_API_TOKEN: randomBytes(24).toString('hex'),
  };
  const [first, second, third] = await Promise.all([start('api'), start('api'), start('worker')]);
  a = connect(first);
  b = connect(second);
  apiOfA = first;
  worker = third;
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  await Promise.all(servers.map((server) => server.stop()));
  await home?.stop();
  await blobs?.stop();
  await azurite?.stop();
  await records?.stop();
});

const imagesOf = () => BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('images');

/** Collects events in the background; `last` is the number of the newest one. */
function follow(api: E2eClient, operationId: string, after = 0) {
  const events: E2eEvent[] = [];
  const over = (async () => {
    for await (const event of api.events(operationId, after)) events.push(event);
  })();
  return { events, over, last: () => events.at(-1)?.sequence ?? after };
}

/** Ends every connection that the API processes and workers listen on, as a failing network would. */
async function cutListeners(): Promise<number> {
  const client = new pg.Client({ connectionString: records.url });
  await client.connect();
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'toygres listener' AND datname = current_database()`,
  );
  await client.end();
  return rowCount ?? 0;
}

/** Follows by the protocol alone, so that nothing is connected anew behind our back; `closed` is the code of the end. */
async function followRaw({ url, token }: E2eServer, operationId: string) {
  const raw = await openSocket((url ?? '').replace(/\/graphql$/, ''));
  const events: { sequence: number }[] = [];
  raw.socket.on('message', (data: Buffer) => {
    const { type, payload } = JSON.parse(String(data));
    if (type === 'next') events.push(payload.data.operationEvents);
  });
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await raw.receive();
  const query = 'subscription ($id: ID!) { operationEvents(operationId: $id) { sequence } }';
  raw.send({ id: 'one', type: 'subscribe', payload: { query, variables: { id: operationId } } });
  return { events, closed: raw.closed.then(({ code }) => code) };
}

const numbers = (events: readonly E2eEvent[]) => events.map(({ sequence }) => sequence);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('what is asked of one API process and done by a worker is seen by all', async () => {
  const created = await a.createInstance({ name: 'source' });
  const [onA, onB] = [follow(a, created.operationId), follow(b, created.operationId)];
  await Promise.all([onA.over, onB.over]);
  expect(onA.events.at(-1)).toMatchObject({ state: 'SUCCEEDED', percent: 100 });
  expect(onB.events).toEqual(onA.events);
  expect(numbers(onA.events)).toEqual(upTo(onA.last()));
  source = { id: created.id, login: await b.login(created.id) };
  await fillSlowServer(source.login);
});

test('a worker killed in the middle of an image is replaced, and no event is lost or told twice', async () => {
  const held = await holdTable(source.login, 'orders');
  const taken = await a.createImage({ name: 'relay', instanceId: source.id });
  const onA = follow(a, taken.operationId);
  await b.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  const successor = await start('worker');
  const before = onA.last();
  await worker.kill();
  worker = successor;
  await held.release();
  await eventually(onA.last, (last) => last > before, TAKEOVER_MS);

  // A client whose connection breaks comes back at another process with the last number it saw.
  const onB = follow(b, taken.operationId, onA.last());
  expect(await cutListeners()).toBe(3);
  await Promise.all([onA.over, onB.over]);
  expect(onA.events.at(-1)).toMatchObject({ state: 'SUCCEEDED' });
  expect(numbers(onA.events)).toEqual(upTo(onA.last()));
  expect(onB.events).toEqual(onA.events.filter(({ sequence }) => sequence > onA.last() - onB.events.length));
  expect((await a.operation(taken.operationId)).jobs).toHaveLength(1);
});

test('events go on live when every listening connection is cut while they come', async () => {
  const { image } = await a.request<{ image: { id: string } }>('{ image(name: "relay") { id } }');
  const restored = await b.createInstance({ name: 'copy', sourceImageId: image.id });
  const onA = follow(a, restored.operationId);
  let over = false;
  onA.over.finally(() => (over = true)).catch(() => undefined);
  let cuts = 0;
  while (!over) {
    cuts += await cutListeners();
    await Promise.race([onA.over, delay(700)]);
  }
  await onA.over;
  expect(cuts).toBeGreaterThan(3);
  expect(onA.events.at(-1)).toMatchObject({ state: 'SUCCEEDED' });
  expect(numbers(onA.events)).toEqual(upTo(onA.last()));
});

test('two images with one name at once: one is taken, the other refused, and the first is unharmed', async () => {
  const ask = (api: E2eClient) => api.createImage({ name: 'twins', instanceId: source.id });
  const answers = await Promise.allSettled([ask(a), ask(b), ask(a), ask(b)]);
  const accepted = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
  expect(accepted).toHaveLength(1);
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'CONFLICT' });
  }
  const [winner] = accepted;
  await a.untilOver(winner?.operationId ?? '');
  expect(await b.image(winner?.id ?? '')).toMatchObject({ name: 'twins', state: 'AVAILABLE', failure: null });
});

test('one idempotency key sent twice at once makes one thing, and another input with it is refused', async () => {
  const input = { name: 'once', labels: [{ key: 'team', value: 'red' }], idempotencyKey: 'the same' };
  const answers = await Promise.all([a, b, a, b].map((api) => api.createInstance(input)));
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(new Set(answers.map(({ operationId }) => operationId)).size).toBe(1);
  await expect(b.createInstance({ ...input, labels: [] })).rejects.toMatchObject({ code: 'CONFLICT' });
  const [one] = answers;
  await a.untilOver(one?.operationId ?? '');
  expect(await a.createInstance(input)).toMatchObject({ id: one?.id, operationId: one?.operationId });
});

test('an image whose files cannot be deleted stays DELETING with the cause, and a retry deletes it', async () => {
  const { image } = await a.request<{ image: { id: string } }>('{ image(name: "twins") { id } }');
  await blobs.cut();
  const deleted = await a.deleteImage(image.id);
  const failed = await b.untilOver(deleted.operationId, 'FAILED');
  expect(failed.failure).toMatchObject({ code: 'UNAVAILABLE', step: 'Delete the files' });
  expect(failed.failure?.message).toMatch(/blob store/i);
  expect(await b.image(image.id)).toMatchObject({ state: 'DELETING' });
  await blobs.restore();
  await a.retry(deleted.operationId);
  await b.untilOver(deleted.operationId);
  expect(await a.image(image.id)).toMatchObject({ state: 'DELETED', failure: null });
});

test('servers that are asked to end leave no gap: subscribers are told and go on elsewhere, the run goes to another worker', async () => {
  const held = await holdTable(source.login, 'orders');
  const taken = await b.createImage({ name: 'handed-over', instanceId: source.id });
  const onA = await followRaw(apiOfA, taken.operationId);
  await b.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  await eventually(
    () => onA.events.length,
    (count) => count > 0,
  );
  expect(await apiOfA.stop()).toBe(0);
  expect(await onA.closed).toBe(1001);

  const last = onA.events.at(-1)?.sequence ?? 0;
  const onB = follow(b, taken.operationId, last);
  const before = onB.last();
  const successor = await start('worker');
  expect(await worker.stop()).toBe(0);
  worker = successor;
  await held.release();
  await onB.over;
  expect(onB.events.at(-1)).toMatchObject({ state: 'SUCCEEDED' });
  expect([...numbers(onA.events as E2eEvent[]), ...numbers(onB.events)]).toEqual(upTo(onB.last()));
  expect(onB.last()).toBeGreaterThan(before);
  expect(onB.events.filter(({ step }) => step?.failure != null)).toEqual([]);
  expect((await b.operation(taken.operationId)).jobs).toHaveLength(1);
});

test('a worker that froze in the middle of an image finds it taken by another when it goes on, and harms nothing', async () => {
  const held = await holdTable(source.login, 'orders');
  const taken = await b.createImage({ name: 'thawed', instanceId: source.id });
  await b.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  process.kill(worker.pid, 'SIGSTOP');
  await start('worker');
  await held.release();
  await b.untilOver(taken.operationId);
  const [operation, image] = [await b.operation(taken.operationId), await b.image(taken.id)];
  const blobsOf = async () => listBlobs(imagesOf(), `${taken.id}/`);
  const files = await blobsOf();
  process.kill(worker.pid, 'SIGCONT');

  // It works again: it takes what comes, with the other one, and says nothing more of what was.
  const copies = ['one', 'two', 'three'].map((name) => b.createInstance({ name, sourceImageId: taken.id }));
  for (const { operationId } of await Promise.all(copies)) await b.untilOver(operationId);
  expect(await worker.stop()).toBe(0);
  expect(await b.operation(taken.operationId)).toEqual(operation);
  expect(await b.image(taken.id)).toEqual(image);
  expect(await blobsOf()).toEqual(files);
  expect(operation.jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
});
