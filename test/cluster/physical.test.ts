import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEverything } from '../support/cluster-objects.ts';
import { compareServers } from '../support/compare-servers.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { query } from '../support/e2e-home-services.ts';
import { fillNastyServer } from '../support/nasty-server.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const PASSWORD = String.raw`pa'ss "w\ord" $(id) $$ %41&=#? ☃`;
const PATIENCE_MS = 300_000;

let world: ControlPlane;
let found: readonly string[];
let source: { id: string; login: ServerLogin };
let copy: { id: string };
let image: { id: string; operationId: string };

beforeAll(async () => {
  world = await startControlPlane('cluster-physical');
  found = await listEverything(world.namespace);
});

afterAll(() => world?.stop());

test('a job of the cluster copies the files of a server with the worst names while they are used', async () => {
  const { api } = world;
  const created = await api.createInstance({
    name: 'source',
    postgresVersion: '15',
    password: PASSWORD,
    storageGib: 1,
  });
  await api.untilOver(created.operationId);
  source = { id: created.id, login: await world.login(created.id) };
  const server = { query: (database: string, sql: string) => query(source.login, database, sql) };
  await server.query('postgres', `COPY (SELECT) TO PROGRAM 'mkdir /volume/far_disk'`);
  await fillNastyServer(server, '/volume/far_disk');
  image = await api.createImage({ name: 'monday', instanceId: created.id, method: 'PHYSICAL' });
  const { jobs } = await api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
  expect(jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
  expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
}, 600_000);

test('a server that another unpacks and recovers is its source again, on a timeline of its own', async () => {
  const { api } = world;
  copy = await api.createInstance({ name: 'copy', sourceImageId: image.id, storageGib: 1 }).then((restored) => {
    return api.untilOver(restored.operationId, 'SUCCEEDED', PATIENCE_MS).then(() => restored);
  });
  const login = await world.login(copy.id);
  expect(login.password).toBe(PASSWORD);
  expect(await compareServers(source.login, login)).toEqual([
    'ALTER SYSTEM setting shared_preload_libraries: was pg_stat_statements, "no such library", is pg_stat_statements',
    'missing: ALTER SYSTEM setting port (1)',
    'missing: ALTER SYSTEM setting archive_command (false)',
    // Its slot is the one of the source.
    expect.stringMatching(/^shop: subscription from_far: was .*"slot": "from_far".* is .*"slot": null/),
    // It is unlogged.
    expect.stringMatching(/^shop: rows of public.quick: was 30 rows, .* is 0 rows/),
  ]);
  expect(await query(login, 'postgres', 'SELECT timeline_id::int AS timeline FROM pg_control_checkpoint()')).toEqual([
    { timeline: 2 },
  ]);
}, 600_000);

test('the copy starts again, can be copied itself, and leaves nothing behind', async () => {
  const { api } = world;
  await api.untilOver((await api.changeInstance('restart', copy.id)).operationId);
  const again = await api.createImage({ name: 'of-the-copy', instanceId: copy.id, method: 'PHYSICAL' });
  await api.untilOver(again.operationId, 'SUCCEEDED', PATIENCE_MS);
  for (const { id } of [again, image]) await api.untilOver((await api.deleteImage(id)).operationId);
  for (const { id } of [copy, source]) await api.untilOver((await api.changeInstance('delete', id)).operationId);
  expect(await listEverything(world.namespace)).toEqual(found);
}, 600_000);
