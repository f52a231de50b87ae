import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareServers } from '../support/compare-servers.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { openImages, query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { fillNastyServer } from '../support/nasty-server.ts';
import type { ServerLogin } from '../support/server-facts.ts';
import { makeTablespace } from '../support/tablespace.ts';

const PASSWORD = String.raw`pa'ss "w\ord" $(id) %41&=#? ☃`;

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let source: { id: string; login: ServerLogin };
let image: { id: string; operationId: string };

beforeAll(async () => {
  home = await makeE2eHome('physical');
  server = await home.start();
  api = createE2eClient(server);
  const created = await api.createInstance({ name: 'source', password: PASSWORD });
  await api.untilOver(created.operationId);
  source = { id: created.id, login: await api.login(created.id) };
  const tablespace = await makeTablespace(home, 'source');
  await fillNastyServer({ query: (database, sql) => query(source.login, database, sql) }, tablespace);
});
afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

test('a physical image of a server with the worst names is AVAILABLE with its files and databases', async () => {
  image = await api.createImage({ name: 'monday', instanceId: source.id, method: 'PHYSICAL' });
  expect(await api.untilOver(image.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
  const { image: taken } = await api.request<{ image: { findings: unknown[] } }>(
    'query ($id: ID!) { image(id: $id) { findings { code database object } } }',
    { id: image.id },
  );
  const empty = { code: 'UNLOGGED_TABLE_EMPTY', database: 'shop', object: 'public.quick' };
  expect(taken.findings).toContainEqual(empty);
});

test('a server that is restored from it is its source again', async () => {
  const restored = await api.createInstance({ name: 'copy', sourceImageId: image.id });
  expect(await api.untilOver(restored.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  const login = await api.login(restored.id);
  expect(login.password).toBe(PASSWORD);
  expect(await compareServers(source.login, login)).toEqual([
    'ALTER SYSTEM setting shared_preload_libraries: was pg_stat_statements, "no such library", is pg_stat_statements',
    'missing: ALTER SYSTEM setting port (1)',
    'missing: ALTER SYSTEM setting archive_command (false)',
    // Its slot is the one of the source.
    expect.stringMatching(/^shop: subscription from_far: was .*"slot": "from_far".* is .*"slot": null/),
    // It is unlogged.
    'shop: rows of public.quick: was 30 rows, sum 2177370599236943692, is 0 rows, sum 0',
  ]);
  expect(await query(login, 'postgres', 'SELECT timeline_id::int AS timeline FROM pg_control_checkpoint()')).toEqual([
    { timeline: 2 },
  ]);
});

test('an image is found by its manifest and restored when the records are lost', async () => {
  await api.stop();
  await server.stop();
  await rm(path.join(home.directory, 'state/cms'), { recursive: true });
  const rebuilt = await home.run(['catalog', 'rebuild']);
  expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining(`${image.id}  added as monday`) });
  const again = await home.run(['catalog', 'rebuild']);
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('0 images added, 1 were recorded already') });

  server = await home.start();
  api = createE2eClient(server);
  expect(await api.image(image.id)).toMatchObject({ name: 'monday', state: 'AVAILABLE' });
  const restored = await api.createInstance({ name: 'found-again', sourceImageId: image.id });
  await api.untilOver(restored.operationId);
  expect((await api.login(restored.id)).password).toBe(PASSWORD);
});

test('an image of which a byte was altered is not restored, and nothing of the instance is left', async () => {
  const images = await openImages(home.directory);
  const blob = images.getBlockBlobClient(`${image.id}/base.tar.zst.0000`);
  const whole = await blob.downloadToBuffer();
  whole[whole.length >> 1] = (whole[whole.length >> 1] ?? 0) ^ 1;
  // The store's own MD5 is made to vouch for it: what the manifest says counts.
  const { contentMD5 } = await blob.getProperties();
  const id = Buffer.from('altered').toString('base64');
  await blob.stageBlock(id, whole, whole.length);
  await blob.commitBlockList([id], { blobHTTPHeaders: contentMD5 === undefined ? {} : { blobContentMD5: contentMD5 } });
  const restored = await api.createInstance({ name: 'damaged', sourceImageId: image.id });
  expect(await api.untilOver(restored.operationId, 'FAILED')).toMatchObject({
    state: 'FAILED',
    failure: { message: expect.stringContaining('the image is damaged: ') },
  });
  expect(await api.instance(restored.id)).toMatchObject({ state: 'FAILED' });
});
