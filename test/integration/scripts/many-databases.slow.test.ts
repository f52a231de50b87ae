import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;

beforeAll(async () => {
  harness = await createScriptHarness();
});

afterAll(() => harness.stop());

test('a server with 200 databases comes back with each of them', async () => {
  const source = await harness.makeSource(['--encoding=UTF8', '--locale=C'], {
    full_page_writes: 'off',
    synchronous_commit: 'off',
  });
  const names = Array.from({ length: 200 }, (_, index) => `Data base "${index}"`);
  await Promise.all(
    [0, 1].map(async (lane) => {
      for (const name of names.filter((_, index) => index % 2 === lane)) {
        const quoted = `"${name.replaceAll('"', '""')}"`;
        await source.query('postgres', `CREATE DATABASE ${quoted} TEMPLATE template0`);
        await source.query(name, `CREATE TABLE single AS SELECT current_database() AS here`);
      }
    }),
  );
  const image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(image.end.results[0]?.databases).toHaveLength(202);
  await source.stop();

  const restored = await harness.restore(image);
  expect(restored.end).toMatchObject({ exitCode: 0, errors: [], results: [{ databases: 202, notices: [] }] });
  const copy = await harness.startRestored(restored.volume);
  for (const name of names) expect(await copy.query(name, 'SELECT here FROM single')).toEqual([{ here: name }]);
});
