import { afterAll, beforeAll, expect, it } from 'vitest';
import { foldTallies } from '../../../src/stores/upkeep/tallies.ts';
import { insertImage, insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase;
beforeAll(async () => {
  cms = await createTestDatabase();
});
afterAll(() => cms.stop());

const run = (text: string, ...values: unknown[]) => cms.database.pool.query(text, values);
const COUNTED = `SELECT noun, platform, kind, state, sum(count)::int AS count, sum(bytes)::int AS bytes FROM cms.tallies
  GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0 OR sum(bytes) <> 0 ORDER BY 1, 2, 3, 4`;
const counted = async () => (await run(COUNTED)).rows;
const rows = async () => (await run('SELECT count(*)::int AS n FROM cms.tallies')).rows[0].n;

/** What counting all records gives, without keeping it. */
async function countAnew(): Promise<unknown[]> {
  const client = await cms.database.pool.connect();
  try {
    await client.query('BEGIN; DELETE FROM cms.tallies; SELECT cms.count_records()');
    return (await client.query(COUNTED)).rows;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function live(): Promise<void> {
  const { database } = cms;
  const instanceId = await insertInstance(database);
  const imageId = await insertImage(database, { sourceInstanceId: instanceId, sizeBytes: 5 });
  const operationId = await insertOperation(database, { instanceId });
  await run(`UPDATE cms.instances SET health = 'HEALTHY' WHERE id = $1`, instanceId);
  await run(`UPDATE cms.instances SET labels = '{"a": "b"}' WHERE id = $1`, instanceId);
  await run(`UPDATE cms.images SET size_bytes = 7 WHERE id = $1`, imageId);
  await run(`UPDATE cms.operations SET state = 'SUCCEEDED', percent = 100 WHERE id = $1`, operationId);
  if (Math.random() < 0.3) await run('DELETE FROM cms.operations WHERE id = $1', operationId);
  if (Math.random() < 0.3)
    await run(`UPDATE cms.images SET platform = 'local:another', state = 'DELETED' WHERE id = $1`, imageId);
}

it('what triggers have counted is what there is, whoever makes one row of many meanwhile', async () => {
  let isOver = false;
  const folding = Array.from({ length: 2 }, async () => {
    while (!isOver) await foldTallies(cms.database, PLATFORM);
  });
  for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 5 }, live));
  isOver = true;
  await Promise.all(folding);
  const before = await counted();
  expect(before).toEqual(await countAnew());
  await foldTallies(cms.database, PLATFORM);
  expect(await counted()).toEqual(before);
  expect(await rows()).toBeLessThan(1300);
});

it('a transaction that is rolled back has counted nothing', async () => {
  const before = await counted();
  const client = await cms.database.pool.connect();
  await client.query(`BEGIN; UPDATE cms.instances SET state = 'DELETED', encrypted_password = NULL`);
  await client.query('ROLLBACK');
  client.release();
  expect(await counted()).toEqual(before);
});

it('a table that is emptied at once leaves nothing to count', async () => {
  await live();
  await run('TRUNCATE cms.operations, cms.instances CASCADE');
  expect((await counted()).map(({ noun }) => noun)).not.toContain('instance');
  expect(await counted()).toEqual(await countAnew());
});
