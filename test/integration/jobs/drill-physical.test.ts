import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { damageFile, lengthen } from '../../support/damage-cluster.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

const WORD = 'a word by which its page is found';
let plane: ControlPlane;
beforeAll(async () => {
  plane = await openControlPlane();
});
afterAll(() => plane?.stop());

it('a drill of a PHYSICAL image fails for a row that was damaged on the source below the checksum of its page, though it can be read', async () => {
  const created = await plane.createInstance({ name: 'damaged' });
  expect(await plane.ended(created.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  const client = await plane.connect(created.instanceId);
  await client.query(
    `CREATE TABLE kept AS SELECT n, CASE n WHEN 7 THEN '${WORD}' ELSE md5(n::text) END AS word FROM generate_series(1, 500) n`,
  );
  const { rows } = await client.query(`SELECT pg_relation_filepath('kept') AS file`);
  await client.end();
  expect(await plane.act('stop', created.instanceId)).toMatchObject({ state: 'SUCCEEDED' });
  const { resourceName } = await plane.instance(created.instanceId);
  const directory = path.join(plane.stateDirectory, 'servers/test', resourceName, 'volume/pgdata');
  await damageFile(directory, rows[0].file, lengthen(WORD, 60));
  expect(await plane.act('start', created.instanceId)).toMatchObject({ state: 'SUCCEEDED' });
  const taken = await plane.takeImage('of-damage', created.instanceId, 'PHYSICAL');
  expect(await plane.ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  const begun = await plane.verifyImage(taken.imageId);
  expect(await plane.ended(begun.operationId)).toMatchObject({ state: 'FAILED' });
  const ended = await plane.drill(begun.drillId);
  expect(ended).toMatchObject({ state: 'FAILED', failure: { step: 'Judge what was found' } });
  expect(ended.findings).toMatchObject([{ code: 'DATA_DAMAGED', severity: 'CRITICAL', object: 'public.kept' }]);
});
