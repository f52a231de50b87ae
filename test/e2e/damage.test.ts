import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Accepted, createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { fillSlowServer, holdTable } from '../support/e2e-data.ts';
import { listBlobs, openImages, query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, listTree, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let images: ContainerClient;
let source: string;
let image: string;

beforeAll(async () => {
  home = await makeE2eHome('damage');
  server = await home.start();
  api = createE2eClient(server);
  images = await openImages(home.directory);
  const created = await api.createInstance({ name: 'source' });
  await api.untilOver(created.operationId);
  source = created.id;
  await fillSlowServer(await api.login(source));
  const taken = await api.createImage({ name: 'whole', instanceId: source });
  await api.untilOver(taken.operationId);
  image = taken.id;
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

const readBlob = (name: string) => images.getBlockBlobClient(name).downloadToBuffer();

/** The largest file of data in the image: changing one byte of it harms rows, not only lists. */
async function findDataFile(): Promise<string> {
  const found: { name: string; size: number }[] = [];
  for await (const { name, properties } of images.listBlobsFlat({ prefix: `${image}/packs/` })) {
    found.push({ name, size: properties.contentLength ?? 0 });
  }
  return found.toSorted((one, other) => other.size - one.size)[0]?.name ?? '';
}

/** Restores the image in vain and answers with the cause; nothing of the attempt may be left. */
async function restoreInVain(name: string): Promise<string> {
  const restored = await api.createInstance({ name, sourceImageId: image });
  const failed = await api.untilOver(restored.operationId, 'FAILED');
  expect(await api.instance(restored.id)).toMatchObject({ state: 'FAILED', failure: failed.failure });
  const servers = await listTree(path.join(home.directory, 'state/servers/toygres-managed'));
  expect(servers.filter((entry) => entry.startsWith(`${name}-`))).toEqual([]);
  return failed.failure?.message ?? '';
}

test('a file that was altered in the store is found by a restore, also when the store vouches for it', async () => {
  const name = await findDataFile();
  const blob = images.getBlockBlobClient(name);
  const whole = await readBlob(name);
  const { contentMD5 } = await blob.getProperties();
  const altered = Buffer.from(whole);
  altered[Math.floor(altered.length / 2)] = (altered[Math.floor(altered.length / 2)] ?? 0) ^ 1;
  const file = name.slice(image.length + 1);

  await blob.uploadData(altered);
  expect(await restoreInVain('altered')).toContain(file);
  if (contentMD5 === undefined) throw new Error('the product stores an MD5 with every file');
  await blob.setHTTPHeaders({ blobContentMD5: contentMD5 });
  expect(await restoreInVain('vouched')).toContain(file);
  await blob.uploadData(whole, { blobHTTPHeaders: { blobContentMD5: contentMD5 } });
});

test('a file that is missing and a manifest that is cut or gone are named by a restore', async () => {
  const name = await findDataFile();
  const blob = images.getBlockBlobClient(name);
  const whole = await readBlob(name);
  const { contentMD5 = new Uint8Array() } = await blob.getProperties();
  await blob.delete();
  expect(await restoreInVain('missing')).toContain(name.slice(image.length + 1));
  await blob.uploadData(whole, { blobHTTPHeaders: { blobContentMD5: contentMD5 } });

  const manifest = images.getBlockBlobClient(`${image}/manifest.json`);
  const text = await readBlob(manifest.name);
  await manifest.uploadData(text.subarray(0, text.length / 2));
  expect(await restoreInVain('cut')).toMatch(/manifest/);
  await manifest.delete();
  expect(await restoreInVain('gone')).toMatch(/manifest/);
  await manifest.uploadData(text);

  const restored = await api.createInstance({ name: 'mended', sourceImageId: image });
  await api.untilOver(restored.operationId);
  await api.untilOver((await api.changeInstance('delete', restored.id)).operationId);
});

/** Kills the source while a dump waits for its table; `before` the server is gone, so that it cannot be brought back earlier. */
async function killDuringDump(name: string, before: () => Promise<void> = async () => undefined): Promise<Accepted> {
  const held = await holdTable(await api.login(source), 'orders');
  const taken = await api.createImage({ name, instanceId: source });
  await api.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  await before();
  const postmaster = (await home.processes()).find((one) => /bin\/postgres -D \S*\/source-/.test(one));
  process.kill(Number.parseInt(postmaster ?? '', 10), 'SIGKILL');
  await held.release();
  return taken;
}

test('a source that dies during the dump is brought back, and its image is whole', async () => {
  const taken = await killDuringDump('once-more');
  await api.untilOver(taken.operationId);
  const restored = await api.createInstance({ name: 'after-a-death', sourceImageId: taken.id });
  await api.untilOver(restored.operationId);
  expect(await query(await api.login(restored.id), 'postgres', 'SELECT count(*)::int FROM orders')).toEqual([
    { count: 20000 },
  ]);
  await api.untilOver((await api.changeInstance('delete', restored.id)).operationId);
});

test('a source that dies during the dump and cannot come back fails its image with the cause, and a restart brings it back', async () => {
  const [directory] = (await readdir(path.join(home.directory, 'state/servers/toygres-managed'))).filter((one) =>
    one.startsWith('source-'),
  );
  const settings = path.join(
    home.directory,
    'state/servers/toygres-managed',
    directory ?? '',
    'volume/pgdata/postgresql.auto.conf',
  );
  const kept = await readFile(settings);
  const taken = await killDuringDump('orphan', () => appendFile(settings, 'no_such_setting = on\n'));
  const failed = await api.untilOver(taken.operationId, 'FAILED');
  expect(failed.failure?.message).toMatch(/server|connection/i);
  expect(failed.failure?.message).not.toMatch(/exit status|exited with/i);
  expect(await api.image(taken.id)).toMatchObject({ state: 'FAILED', failure: failed.failure });
  expect(await listBlobs(images, taken.id)).toEqual([]);
  expect(await listTree(path.join(home.directory, 'state/jobs'))).toEqual([]);

  await writeFile(settings, kept);
  await api.untilOver((await api.changeInstance('restart', source)).operationId);
  expect(await query(await api.login(source), 'postgres', 'SELECT count(*)::int FROM orders')).toEqual([
    { count: 20000 },
  ]);
});

test('a blob store that is killed is brought back, and the image that was being taken is whole', async () => {
  const held = await holdTable(await api.login(source), 'orders');
  const taken = await api.createImage({ name: 'survivor', instanceId: source });
  await api.untilStep(taken.operationId, 'Dump the databases', (progress) => progress?.bytesTotal != null);
  const memory = path.join(home.directory, 'state/azurite/server.json');
  const readPid = async () => (JSON.parse(await readFile(memory, 'utf8')).process as { pid: number }).pid;
  const before = await readPid();
  process.kill(before, 'SIGKILL');
  await eventually(readPid, (pid) => pid !== before);
  await held.release();
  await api.untilOver(taken.operationId);
  const restored = await api.createInstance({ name: 'revived', sourceImageId: taken.id });
  await api.untilOver(restored.operationId);
  expect(await query(await api.login(restored.id), 'other one', 'SELECT count(*)::int FROM things')).toEqual([
    { count: 1000 },
  ]);
});
