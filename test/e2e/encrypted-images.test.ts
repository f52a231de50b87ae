import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { listBlobs, openImages, query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';

const run = promisify(execFile);
const SUM = 'SELECT count(*)::int AS rows, md5(string_agg(text, $$,$$ ORDER BY id)) AS sum FROM kept';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let source: string;
let rows: unknown;
let desk: string;

beforeAll(async () => {
  home = await makeE2eHome('encrypted');
  desk = await mkdtemp(path.join(tmpdir(), 'toygres-age-'));
  server = await home.start('standalone', { TOYGRES_ENCRYPT_IMAGES: 'true' });
  api = createE2eClient(server);
  const created = await api.createInstance({ name: 'source' });
  await api.untilOver(created.operationId);
  source = created.id;
  const login = await api.login(source);
  await query(
    login,
    'postgres',
    'CREATE TABLE kept AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 5000) g',
  );
  rows = await query(login, 'postgres', SUM);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
  await rm(desk, { recursive: true, force: true });
});

const isEncrypted = async (id: string) =>
  (await api.request<{ image: { encrypted: boolean } }>('query ($id: ID!) { image(id: $id) { encrypted } }', { id }))
    .image.encrypted;

async function take(input: Readonly<Record<string, unknown>>): Promise<string> {
  const { id, operationId } = await api.createImage({ instanceId: source, ...input });
  await api.untilOver(operationId);
  return id;
}

async function rowsOfCopy(name: string, sourceImageId: string): Promise<unknown> {
  const restored = await api.createInstance({ name, sourceImageId });
  await api.untilOver(restored.operationId);
  const found = await query(await api.login(restored.id), 'postgres', SUM);
  await api.untilOver((await api.changeInstance('delete', restored.id)).operationId);
  return found;
}

test('an image is encrypted where the server is configured so, and not where its creator says so', async () => {
  expect(await isEncrypted(await take({ name: 'by-default' }))).toBe(true);
  expect(await isEncrypted(await take({ name: 'in-the-open', encrypt: false }))).toBe(false);
});

describe.each(['LOGICAL', 'PHYSICAL'])('an encrypted image: %s', (method) => {
  const name = `sealed-${method.toLowerCase()}`;

  test('has no readable file but its manifest, and comes back', async () => {
    const id = await take({ name, method, encrypt: true });
    const images = await openImages(home.directory);
    const files = (await listBlobs(images, `${id}/`)).filter((file) => !file.endsWith('/manifest.json'));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const head = await images.getBlockBlobClient(file).downloadToBuffer(0, 21);
      expect(head.toString()).toBe('age-encryption.org/v1');
    }
    const manifest = (await images.getBlockBlobClient(`${id}/manifest.json`).downloadToBuffer()).toString();
    expect(manifest).not.toContain('AGE-SECRET-KEY');
    expect(await rowsOfCopy(`copy-${method.toLowerCase()}`, id)).toEqual(rows);
  });

  test.skipIf(!existsSync('/usr/bin/age'))("is read by Debian's age with the key that the command prints", async () => {
    const { code, output } = await home.run(['catalog', 'key', name]);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^AGE-SECRET-KEY-1[A-Z0-9]+\n$/) });
    const { image } = await api.request<{ image: { id: string } }>(
      'query ($name: String) { image(name: $name) { id } }',
      { name },
    );
    const images = await openImages(home.directory);
    const [key, sealed] = [path.join(desk, `${method}-key`), path.join(desk, `${method}.age`)];
    await writeFile(key, output, { mode: 0o600 });
    await writeFile(sealed, await images.getBlockBlobClient(`${image.id}/checksums.tsv.age`).downloadToBuffer());
    const { stdout } = await run('age', ['--decrypt', '--identity', key, sealed]);
    expect(stdout).toMatch(/^(\d+\t[0-9a-f]{32}\t[0-9a-f]{64}\t[\w./-]+\.age\n)+$/);
    expect(server.output()).not.toContain(output.trim());
  });
});

test('the command says what is wrong with an image that has no key', async () => {
  expect(await home.run(['catalog', 'key', 'in-the-open'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('is not encrypted'),
  });
  expect(await home.run(['catalog', 'key', 'nobody'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('has no image "nobody"'),
  });
});

test('with the records lost, encrypted images are found again and come back', async () => {
  await api.stop();
  await server.stop();
  await rm(path.join(home.directory, 'state/cms'), { recursive: true, force: true });
  expect((await home.run(['catalog', 'key', 'sealed-logical'])).output).toMatch(/^AGE-SECRET-KEY-1/);
  const rebuilt = await home.run(['catalog', 'rebuild']);
  expect(rebuilt).toMatchObject({ code: 0, output: expect.stringContaining('4 images added') });
  server = await home.start();
  api = createE2eClient(server);
  for (const method of ['logical', 'physical']) {
    const { image } = await api.request<{ image: { id: string; encrypted: boolean } }>(
      'query ($name: String) { image(name: $name) { id encrypted } }',
      { name: `sealed-${method}` },
    );
    expect(image.encrypted).toBe(true);
    expect(await rowsOfCopy(`again-${method}`, image.id)).toEqual(rows);
  }
});

test('no file of the home but the store holds a key of an image, and none is left of its jobs', async () => {
  const { output } = await home.run(['catalog', 'key', 'sealed-logical']);
  const { stdout } = await run('grep', ['-rlaF', output.trim(), home.directory]).catch((error) => error);
  expect(stdout).toBe('');
  expect(await readFile(path.join(home.directory, 'encryption-key'), 'utf8')).toBeTruthy();
});
