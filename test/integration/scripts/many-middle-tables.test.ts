import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness, type TakenImage } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

/** More than may go on their own at that size. */
const TABLES = 45;
let harness: ScriptHarness;
let source: SourceServer;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query('postgres', 'CREATE DATABASE shop');
  await source.query(
    'shop',
    `DO $do$ BEGIN FOR n IN 1..${TABLES} LOOP
      EXECUTE format('CREATE TABLE %I AS SELECT g AS id, repeat(md5(g::text || %L), 10) AS text FROM generate_series(1, 4200) g',
        'part ' || n, n);
    END LOOP; END $do$`,
  );
});
afterAll(() => harness?.stop());

const ROWS = `SELECT md5(string_agg(relname || query_to_xml(format('SELECT count(*), sum(hashtext(t::text)) FROM %I t', relname),
    true, false, '')::text, ',' ORDER BY relname)) AS sum FROM pg_class WHERE relname LIKE 'part %'`;

async function namesOf({ id }: TakenImage): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of harness.container.listBlobsFlat({ prefix: `${id}/` }))
    names.push(name.slice(id.length + 1));
  return names;
}

function unpackedBytesOf({ end }: TakenImage): number {
  const { unpackedBytes } = end.results[0] as { unpackedBytes: number };
  expect(unpackedBytes).toBeGreaterThan(0);
  return unpackedBytes;
}

test('tables of a middle size travel in plain packs when they are many, come back whole, and need the room that was told', async () => {
  const image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const names = await namesOf(image);
  expect(names.filter((name) => /^packs\/\d{4}\.tar$/.test(name)).length).toBeGreaterThan(0);
  expect(names.filter((name) => name.startsWith('databases/'))).toHaveLength(32);
  const room = String(unpackedBytesOf(image));
  const { end, volume } = await harness.restore(image, {
    parameters: { TOYGRES_UNPACKED_BYTES: room, TOYGRES_SCRATCH_BYTES: room },
  });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', ROWS)).toEqual(await source.query('shop', ROWS));
});

test('a job that may take less than an image needs unpacked is refused for good, before anything is brought', async () => {
  const image = await harness.backup(source);
  const room = unpackedBytesOf(image);
  const { end } = await harness.restore(image, {
    parameters: { TOYGRES_UNPACKED_BYTES: String(room), TOYGRES_SCRATCH_BYTES: String(room - 1) },
  });
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(
    /too little room for the files of the image.* MiB are needed, and the job may take \d+ MiB/,
  );
  expect(end.progress).toEqual([]);
});

test('where the job may take little, pg_dump compresses itself, and the image is whole', async () => {
  const image = await harness.backup(source, { parameters: { TOYGRES_SCRATCH_BYTES: String(64 << 20) } });
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const names = await namesOf(image);
  expect(names.filter((name) => name.endsWith('.dat.zst'))).toEqual([]);
  const { end, volume } = await harness.restore(image);
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(volume);
  expect(await copy.query('shop', ROWS)).toEqual(await source.query('shop', ROWS));
});
