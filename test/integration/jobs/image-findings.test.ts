import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
let source: string;
beforeAll(async () => {
  plane = await openControlPlane();
  const { instanceId, operationId } = await plane.createInstance({ name: 'source' });
  await plane.ended(operationId);
  source = instanceId;
  const client = await plane.connect(source);
  await client.query(`CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)`);
  await client.query('CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)').catch(() => undefined);
  await client.end();
});
afterAll(() => plane?.stop());

const FOUND = { code: 'INDEX_LEFT_OUT', severity: 'WARNING', database: 'postgres', object: 'public.broken' };

test('what will not come back stands on the image, in its manifest, and on the operation that took it', async () => {
  const { imageId, operationId } = await plane.createImage('told', source);
  expect(await plane.ended(operationId)).toMatchObject({ state: 'SUCCEEDED' });
  expect(await plane.image(imageId)).toMatchObject({ state: 'AVAILABLE', findings: [FOUND] });
  expect(await plane.store.readManifest(imageId)).toMatchObject({ findings: [FOUND] });
  expect(await plane.findings(operationId)).toMatchObject([FOUND]);
});

test('an image of which nothing may be lost fails of it at once, naming the object and what to do', async () => {
  const { imageId, operationId } = await plane.createImage('strict', source, 'NOTHING');
  expect(await plane.ended(operationId)).toMatchObject({ state: 'FAILED' });
  const { failure } = await plane.image(imageId);
  expect(failure?.message).toMatch(/index public\.broken is not valid.*REINDEX.*acceptLoss: OBJECTS/);
  expect((await plane.jobs(operationId)).map(({ attempts }) => attempts)).toEqual([1]);
});
