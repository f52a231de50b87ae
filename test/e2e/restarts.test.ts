import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareFacts, compareServers } from '../support/compare-servers.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { readServerFacts, type ServerFacts, type ServerLogin } from '../support/server-facts.ts';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let source: string;
let facts: ServerFacts;
let stopped: string;

async function boot(): Promise<void> {
  server = await home.start();
  api = createE2eClient(server);
}

async function reboot(end: 'stop' | 'kill'): Promise<void> {
  await api.stop();
  if (end === 'stop') expect(await server.stop()).toBe(0);
  else await server.kill();
  if (end === 'stop') expect(await home.processes()).toEqual([]);
  await boot();
}

const answers = (login: ServerLogin) =>
  query(login, 'postgres', 'SELECT 1').then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  home = await makeE2eHome('restarts');
  await boot();
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

test('stop, start and restart keep the data, and only a running server answers', async () => {
  const [one, two] = await Promise.all([api.createInstance({ name: 'one' }), api.createInstance({ name: 'two' })]);
  await Promise.all([api.untilOver(one.operationId), api.untilOver(two.operationId)]);
  source = one.id;
  const login = await api.login(source);
  await fillSlowServer(login);
  facts = await readServerFacts(login);

  await api.untilOver((await api.changeInstance('stop', source)).operationId);
  expect(await api.instance(source)).toMatchObject({ state: 'STOPPED', failure: null });
  expect(await answers(login)).toBe(false);
  await api.untilOver((await api.changeInstance('start', source)).operationId);
  expect(await api.login(source)).toEqual(login);
  await api.untilOver((await api.changeInstance('restart', source)).operationId);
  expect(compareFacts(facts, await readServerFacts(await api.login(source)))).toEqual([]);

  stopped = two.id;
  await api.untilOver((await api.changeInstance('stop', stopped)).operationId);
});

test('a server that was asked to end ends all it started; started again, it brings back what ran and only that', async () => {
  const login = await api.login(source);
  await reboot('stop');
  expect(await api.instance(source)).toMatchObject({ state: 'RUNNING' });
  expect(await api.instance(stopped)).toMatchObject({ state: 'STOPPED' });
  await eventually(
    () => answers(login),
    (ok) => ok,
  );
  expect(compareFacts(facts, await readServerFacts(login))).toEqual([]);
  expect((await home.processes()).filter((process) => process.includes('/two-'))).toEqual([]);
});

test('an image that was being taken when the server was asked to end is taken after the next start', async () => {
  const held = await holdTable(await api.login(source), 'orders');
  const image = await api.createImage({ name: 'interrupted', instanceId: source });
  await api.untilStep(image.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  await reboot('stop');
  await held.release();
  const over = await api.untilOver(image.operationId);
  expect(over.steps.every(({ state, failure }) => state === 'SUCCEEDED' && failure === null)).toBe(true);
  expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE' });
});

test('a killed server goes on with the image it was taking', async () => {
  const held = await holdTable(await api.login(source), 'orders');
  const image = await api.createImage({ name: 'killed', instanceId: source });
  await api.untilStep(image.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  await reboot('kill');
  await held.release();
  await api.untilOver(image.operationId);
  expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
});

test('a killed server goes on with the instances it was making, empty and restored ones', async () => {
  const { image } = await api.request<{ image: { id: string } }>('{ image(name: "killed") { id } }');
  const copy = await api.createInstance({ name: 'copy', sourceImageId: image.id });
  await api.untilStep(copy.operationId, 'Restore the databases', (progress) => (progress?.percent ?? 0) > 0);
  const empty = await api.createInstance({ name: 'empty' });
  await api.untilStep(empty.operationId, 'Start the server');
  await reboot('kill');
  await Promise.all([api.untilOver(empty.operationId), api.untilOver(copy.operationId)]);
  expect(await compareServers(await api.login(source), await api.login(copy.id))).toEqual([]);
  expect(await query(await api.login(empty.id), 'postgres', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
