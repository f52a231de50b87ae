import { randomUUID } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ScriptEnd } from '../../support/job-script.ts';
import { createScriptHarness, type ScriptHarness, type TakenImage } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

export let harness: ScriptHarness;
export let source: SourceServer;
export let image: TakenImage;
/** Of more rows: its load is still under way when somebody has looked at it, also on a busy machine. */
export let long: TakenImage;

/** A source and an image of it for the tests of a file; with `long` also the one of more rows. */
export function useTakenImage({ withLong = false } = {}): void {
  beforeAll(async () => {
    harness = await createScriptHarness();
    source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
    await source.query('postgres', 'CREATE DATABASE shop');
    await source.query(
      'shop',
      `CREATE TABLE orders AS SELECT i, md5(i::text) FROM generate_series(1, 200000) i; CREATE INDEX ON orders (md5)`,
    );
    image = await harness.backup(source);
    expect(image.end).toMatchObject({ exitCode: 0 });
    if (!withLong) return;
    await source.query(
      'shop',
      `DROP INDEX orders_md5_idx; INSERT INTO orders SELECT i, md5(i::text) FROM generate_series(200001, 2000000) i;
       CREATE INDEX ON orders (md5)`,
    );
    long = await harness.backup(source);
    expect(long.end).toMatchObject({ exitCode: 0 });
    await source.query('shop', 'DELETE FROM orders WHERE i > 200000');
  });
  afterAll(() => harness.stop());
}

export function expectFailure(end: ScriptEnd, status: number, cause: RegExp): void {
  expect(end.errors.at(-1)).toMatch(cause);
  expect(end).toMatchObject({ exitCode: status, results: [] });
}

/** The same files under another prefix, to be harmed. */
export async function copyImage(): Promise<TakenImage & { readonly files: readonly string[] }> {
  const id = randomUUID();
  const files: string[] = [];
  for await (const blob of harness.container.listBlobsFlat({ prefix: `${image.id}/` })) {
    const file = blob.name.slice(image.id.length + 1);
    files.push(file);
    const content = await harness.container.getBlobClient(blob.name).downloadToBuffer();
    await harness.container.getBlockBlobClient(`${id}/${file}`).uploadData(content);
  }
  return { ...image, id, url: `${harness.container.url}/${id}`, files };
}

export const dataFile = (files: readonly string[]) => files.find((file) => file !== 'checksums.tsv') ?? '';

export async function ownDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (harness.runner.identity !== null)
    await chown(directory, harness.runner.identity.uid, harness.runner.identity.gid);
}
