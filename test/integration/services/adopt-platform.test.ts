import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlatformObject } from '../../../jobs/ports/platform/platform.ts';
import { adoptPlatform, planAdoption } from '../../../src/services/checks/adopt-platform.ts';
import { readKnownPlatforms } from '../../../src/stores/upkeep/platforms.ts';
import { insertImage, insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const OLD = 'kubernetes:old/managed';
const NEW = 'kubernetes:new/managed';

let test: TestDatabase;
let objects: PlatformObject[] = [];
const platform = {
  id: NEW,
  readNamespaces: async () => [{ name: 'managed', failure: null }],
  listObjects: async () => objects,
};
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test?.stop());

const platformOf = async (table: 'instances' | 'images' | 'operations', id: string) =>
  (await test.database.pool.query<{ platform: string }>(`SELECT platform FROM cms.${table} WHERE id = $1`, [id]))
    .rows[0]?.platform;

it('shows what is here and what is not, and with the word takes over what has its data here', async () => {
  const { database } = test;
  const insert = (name: string, namespace = 'managed') =>
    insertInstance(database, { name, namespace, resourceName: `${name}-0123abcd`, platform: OLD });
  const [here, gone, elsewhere] = [await insert('here'), await insert('gone'), await insert('elsewhere', 'closed')];
  const image = await insertImage(database, { platform: OLD });
  const operation = await insertOperation(database, { instanceId: here, state: 'SUCCEEDED', platform: OLD });
  const part = (kind: PlatformObject['kind'], id: string, name: string): PlatformObject => ({
    kind,
    namespace: 'managed',
    name,
    ownerId: id,
  });
  objects = [
    part('server', here, 'here-0123abcd'),
    part('volume', here, 'here-0123abcd-pvc'),
    part('secret', gone, 'gone-0123abcd-secret'),
  ];
  const dependencies = { database, platform };

  const plan = await planAdoption(dependencies, OLD);
  expect(plan.map(({ instance, parts, staysFor }) => [instance.name, parts, staysFor])).toEqual([
    ['elsewhere', [], expect.stringContaining('closed')],
    ['gone', ['secret'], 'its volume is not here'],
    ['here', ['server', 'volume'], null],
  ]);
  expect(await platformOf('instances', here)).toBe(OLD);
  expect(await readKnownPlatforms(database, [NEW, OLD])).toEqual([OLD]);

  const busy = await insertOperation(database, { instanceId: here, state: 'QUEUED', platform: OLD });
  await expect(adoptPlatform(dependencies, OLD)).rejects.toMatchObject({ code: 'CONFLICT' });
  await database.pool.query('DELETE FROM cms.operations WHERE id = $1', [busy]);

  await adoptPlatform(dependencies, OLD);
  expect(await platformOf('instances', here)).toBe(NEW);
  expect(await platformOf('operations', operation)).toBe(NEW);
  expect(await platformOf('images', image)).toBe(NEW);
  expect(await platformOf('instances', gone)).toBe(OLD);
  expect(await platformOf('instances', elsewhere)).toBe(OLD);
});

it('names the platforms that there are for one that nothing is recorded on', async () => {
  await expect(planAdoption({ database: test.database, platform }, 'kubernetes:x/y')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining(`${NEW} (1 instances, 1 images)`),
  });
});
