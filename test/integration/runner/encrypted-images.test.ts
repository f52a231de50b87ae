import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FILE_KEY } from '../../../jobs/ports/mover-secrets.ts';
import { decryptFile } from '../../../src/secrets/age/age-file.ts';
import { generateFileKey } from '../../../src/secrets/age/generate-file-key.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { createScriptHarness, leave, type ScriptHarness, type TakenImage } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

const HEADER = 'age-encryption.org/v1\n';
const METHODS = ['LOGICAL', 'PHYSICAL'] as const;
type Method = (typeof METHODS)[number];

let harness: ScriptHarness;
let source: SourceServer;
let fileKey: string;
const images = new Map<Method, TakenImage>();

beforeAll(async () => {
  harness = await createScriptHarness();
  fileKey = await generateFileKey();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query(
    'postgres',
    'CREATE TABLE kept AS SELECT g AS id, md5(g::text) AS text FROM generate_series(1, 9000) g',
  );
  await source.query('postgres', 'CREATE TABLE none (id int)');
  for (const method of METHODS) images.set(method, await take(method));
});
afterAll(() => harness?.stop());

async function take(method: Method): Promise<TakenImage> {
  const id = randomUUID();
  const run = harness.backupRun(source, id, { secrets: { [FILE_KEY]: fileKey } });
  const end = await harness.runner.run(method === 'LOGICAL' ? 'backup.sh' : 'backup-physical', run);
  return { id, url: `${harness.container.url}/${id}`, end, password: source.password };
}

function imageOf(method: Method): TakenImage {
  const image = images.get(method);
  if (image === undefined) throw new Error(`no ${method} image`);
  return image;
}

async function restore(method: Method, key = fileKey): Promise<{ readonly volume: string; readonly end: ScriptEnd }> {
  const image = imageOf(method);
  const volume = await harness.runner.makeDirectory('volume');
  const [result] = image.end.results as { checksums: { sizeBytes: number } }[];
  const run = harness.restoreRun(image, volume, {
    parameters: {
      PGUSER: 'postgres',
      TOYGRES_CHECKSUMS_BYTES: String(result?.checksums.sizeBytes),
      TOYGRES_BACKGROUND_WORK: 'HOLD',
    },
    secrets: { [FILE_KEY]: key },
  });
  return { volume, end: await harness.runner.run(method === 'LOGICAL' ? 'restore.sh' : 'restore-physical', run) };
}

async function filesOf({ id }: TakenImage): Promise<{ readonly name: string; readonly bytes: Buffer }[]> {
  const found = [];
  for await (const { name } of harness.container.listBlobsFlat({ prefix: `${id}/` })) {
    const bytes = await harness.container.getBlockBlobClient(name).downloadToBuffer();
    found.push({ name: name.slice(id.length + 1), bytes });
  }
  return found;
}

async function readSealed(bytes: Buffer): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of decryptFile([bytes], fileKey)) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe.each(METHODS)('an encrypted image: %s', (method) => {
  test('has no file that can be read without its key, and a list of what is stored', async () => {
    const image = imageOf(method);
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const files = await filesOf(image);
    expect(files.length).toBeGreaterThan(1);
    for (const { name, bytes } of files) {
      expect(name).toMatch(/\.age$/);
      expect(bytes.subarray(0, HEADER.length).toString()).toBe(HEADER);
    }
    const list = files.find(({ name }) => name === 'checksums.tsv.age')?.bytes ?? Buffer.alloc(0);
    expect(image.end.results[0]?.checksums).toMatchObject({ name: 'checksums.tsv.age', sizeBytes: list.length });
    const listed = (await readSealed(list))
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(listed.map(([size, , , name]) => [name, Number(size)]).sort()).toEqual(
      files
        .filter(({ name }) => name !== 'checksums.tsv.age')
        .map(({ name, bytes }) => [name, bytes.length])
        .sort(),
    );
    expect(image.end.lines.join('\n')).not.toContain(fileKey);
  });

  test('comes back with its rows', async () => {
    const { volume, end } = await restore(method);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(end.lines.join('\n')).not.toContain(fileKey);
    const server = await harness.startRestored(volume, source.password);
    const sum = 'SELECT count(*)::int AS rows, md5(string_agg(id || text, $$,$$ ORDER BY id)) AS sum FROM kept';
    expect(await server.query('postgres', sum)).toEqual(await source.query('postgres', sum));
  });

  test('does not come back with another key, and says so once', async () => {
    const { end } = await restore(method, await generateFileKey());
    expect(end).toMatchObject({ exitCode: 78, results: [] });
    expect(end.errors.at(-1)).toMatch(/the image is damaged: .* cannot be opened with the key of its image/);
  });

  test('is known for damaged by any byte that was flipped', async () => {
    const files = await filesOf(imageOf(method));
    const largest = files.toSorted((a, b) => b.bytes.length - a.bytes.length)[0];
    const smallest = files.toSorted((a, b) => a.bytes.length - b.bytes.length)[0];
    const places = [largest, smallest].flatMap((file) => {
      if (file === undefined) return [];
      const payload = file.bytes.indexOf('\n--- ') + 60;
      return [0, 30, payload, payload + 20, Math.floor((payload + file.bytes.length) / 2), file.bytes.length - 1].map(
        (at) => ({ ...file, at: Math.min(at, file.bytes.length - 1) }),
      );
    });
    for (const { name, bytes, at } of places) {
      const blob = harness.container.getBlockBlobClient(`${imageOf(method).id}/${name}`);
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await blob.uploadData(altered);
      const { end } = await restore(method);
      expect(end, `${name} at ${at}`).toMatchObject({ exitCode: 78, results: [] });
      expect(end.errors.at(-1), `${name} at ${at}`).toContain(`the image is damaged: ${name.replace(/\.age$/, '')}`);
      await blob.uploadData(bytes);
    }
  });
});

test('a grant without the key does not read an encrypted image as if it were none', async () => {
  const image = imageOf('LOGICAL');
  const volume = await harness.runner.makeDirectory('volume');
  const run = harness.restoreRun(image, volume, { secrets: { sas: leave(harness.azurite, 'rl') } });
  expect(await harness.runner.run('restore.sh', run)).toMatchObject({ exitCode: 78, results: [] });
});
