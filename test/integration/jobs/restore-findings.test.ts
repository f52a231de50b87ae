import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, openControlPlane } from './control-plane.ts';

let plane: ControlPlane;
let source: string;
let image: string;

beforeAll(async () => {
  plane = await openControlPlane();
  const created = await plane.createInstance({ name: 'source' });
  expect(await plane.ended(created.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  source = created.instanceId;
  const first = await plane.connect(source);
  await first.query('CREATE DATABASE shop');
  await first.query('CREATE DATABASE spare');
  await first.end();
  const shop = await plane.connect(source, { database: 'shop' });
  await shop.query(`
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE TABLE children (id int PRIMARY KEY, parent int CONSTRAINT children_parent REFERENCES parents);
    SET session_replication_role = replica;
    INSERT INTO children VALUES (1, 4711)`);
  await shop.end();
  const taken = await plane.createImage('orphans', source);
  expect(await plane.ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  image = taken.imageId;
});
afterAll(() => plane.stop());

const orphan = {
  code: 'CONSTRAINT_NOT_VALID',
  severity: 'WARNING',
  database: 'shop',
  object: 'children_parent on public.children',
  message: expect.stringContaining('Key (parent)=(4711) is not present in table "parents".'),
  remedy: 'ALTER TABLE ONLY public.children VALIDATE CONSTRAINT children_parent;',
};

describe('a restore of an image with rows that break their own key', () => {
  it('succeeds with all rows, and says it on the operation and on the instance', async () => {
    const restored = await plane.createInstance({ name: 'copy', sourceImageId: image, databases: ['shop'] });
    expect(await plane.ended(restored.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
    expect(await plane.findings(restored.operationId)).toEqual([orphan]);
    expect((await plane.instance(restored.instanceId)).findings).toEqual([orphan]);
    const shop = await plane.connect(restored.instanceId, { database: 'shop' });
    expect((await shop.query('SELECT * FROM children')).rows).toEqual([{ id: 1, parent: 4711 }]);
    expect((await shop.query(`SELECT datname FROM pg_database WHERE datname = 'spare'`)).rows).toEqual([]);
    await shop.end();
  });

  it('fails by it where nothing may be lost, names it, and leaves nothing behind', async () => {
    const refused = await plane.createInstance({ name: 'strict', sourceImageId: image, acceptLoss: 'NOTHING' });
    const ended = await plane.ended(refused.operationId);
    expect(ended).toMatchObject({ state: 'FAILED' });
    expect(ended.failure?.message).toMatch(
      /more would be lost than is accepted: shop: children_parent.*4711.*acceptLoss: OBJECTS/,
    );
    expect((await plane.objects()).filter((object) => object.includes('strict'))).toEqual([]);
  });
});
