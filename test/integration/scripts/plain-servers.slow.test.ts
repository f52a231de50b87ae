import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareServers } from '../../support/compare-servers.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;

beforeAll(async () => {
  harness = await createScriptHarness();
});

afterAll(() => harness.stop());

test('a table with 300 MB of bytes comes back as it was', async () => {
  const source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  await source.query(
    'postgres',
    `CREATE TABLE heavy (id int, raw bytea); ALTER TABLE heavy ALTER COLUMN raw SET STORAGE EXTERNAL`,
  );
  // Three values of 100 MB: a row's text is twice its bytes and still below what a row may have.
  await source.query(
    'postgres',
    `INSERT INTO heavy SELECT id, decode(repeat(md5(id::text), 6553600), 'hex') FROM generate_series(1, 3) id`,
  );
  const image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const restored = await harness.restore(image);
  expect(restored.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(await compareServers(source, await harness.startRestored(restored.volume))).toEqual([]);
});

test('a server without any database of a user comes back, whatever way it was made', async () => {
  const ways = [
    ['--encoding=LATIN1', '--locale=C'],
    ['--encoding=SQL_ASCII', '--locale=C', '--data-checksums'],
    ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=de-DE'],
  ];
  for (const way of ways) {
    const source = await harness.makeSource(way);
    await source.query('postgres', `CREATE ROLE "é" LOGIN; CREATE TABLE mine (a text); ALTER TABLE mine OWNER TO "é"`);
    const image = await harness.backup(source);
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const restored = await harness.restore(image);
    expect(restored.end).toMatchObject({ exitCode: 0, errors: [], results: [{ databases: 2, notices: [] }] });
    expect(await compareServers(source, await harness.startRestored(restored.volume))).toEqual([]);
  }
});
