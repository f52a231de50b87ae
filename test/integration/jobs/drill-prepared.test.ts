import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await openControlPlane();
});
afterAll(() => plane?.stop());

it('a drill reads what a prepared transaction keeps locked, and the source keeps that transaction', async () => {
  const made = await plane.createInstance({ name: 'source', parameters: { max_prepared_transactions: '5' } });
  expect(await plane.ended(made.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  const client = await plane.connect(made.instanceId);
  await client.query('CREATE TABLE orders AS SELECT generate_series(1, 300) AS id');
  await client.query('BEGIN');
  await client.query('LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
  await client.query('INSERT INTO orders VALUES (301)');
  await client.query(`PREPARE TRANSACTION 'left ''open'''`);
  const open = async () => (await client.query('SELECT gid FROM pg_prepared_xacts')).rows;
  expect(await open()).toEqual([{ gid: `left 'open'` }]);

  const taken = await plane.takeImage('with-it', made.instanceId, 'PHYSICAL');
  expect(await plane.ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  const told = expect.objectContaining({
    code: 'PREPARED_TRANSACTION_OPEN',
    severity: 'INFO',
    object: `'left ''open'''`,
  });
  expect((await plane.image(taken.imageId)).findings).toContainEqual(told);

  const begun = await plane.verifyImage(taken.imageId);
  expect(await plane.ended(begun.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
  const drill = await plane.drill(begun.drillId);
  expect(drill.state).toBe('PASSED');
  // What it would have changed is not there: nobody has committed it.
  expect(drill.rowsCompared).toBe(300);
  expect(await open()).toEqual([{ gid: `left 'open'` }]);
  await client.query(`COMMIT PREPARED 'left ''open'''`);
  expect((await client.query('SELECT count(*)::int AS rows FROM orders')).rows).toEqual([{ rows: 301 }]);
  await client.end();
});
