import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';
import { createTestDeployment, type TestDeployment } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';

/** A checkout of the release before; its images are `toygres/server:before` and `toygres/job:before-pg15`. */
const BEFORE = process.env.TOYGRES_TEST_UPGRADE_FROM;
const LONG = 600_000;

let before: DeployedWorld;
let now: TestDeployment;
let shop: string;
beforeAll(async () => {
  if (BEFORE === undefined) return;
  const id = randomBytes(4).toString('hex');
  const settings = ['TOYGRES_JOB_IMAGE=toygres/job:before-pg{version}'];
  before = await startDeployedWorld({ id, checkout: BEFORE, tag: 'before', settings });
  now = createTestDeployment({ id });
  const created = await before.api.createInstance({ name: 'shop', postgresVersion: '15', storageGib: 1 });
  await before.api.untilOver(created.operationId);
  shop = created.id;
  const client = await before.connect(shop);
  await client.query('CREATE TABLE goods AS SELECT g AS id FROM generate_series(1, 1000) g');
  await client.end();
}, LONG);
afterAll(() => before?.stop(), LONG);

const countGoods = async (client: pg.Client) => {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM goods');
  await client.end();
  return rows[0]?.n;
};
const readVerified = async () =>
  before.api.request<{ instanceCredentials: { connectionString: string } }>(
    'query ($id: ID!) { instanceCredentials(instanceId: $id) { connectionString(verify: true) } }',
    { id: shop },
  );

test.skipIf(BEFORE === undefined)(
  'what is under way, records and servers of the release before outlive an upgrade (where TOYGRES_TEST_UPGRADE_FROM names it)',
  async () => {
    const { api } = before;
    const late = await api.createInstance({ name: 'late', postgresVersion: '15', storageGib: 1 });
    const old = await before.podNames();

    await now.upgrade();
    const fresh = await eventually(
      () => before.podNames(),
      (names) => names.length === 4 && !names.some((name) => old.includes(name)),
      120_000,
    );
    expect(fresh).toHaveLength(4);
    // Begun by the release before, whoever ended it.
    await api.untilOver(late.operationId);
    await api.untilOver((await api.changeInstance('delete', late.id)).operationId);
    expect(await api.instance(shop)).toMatchObject({ state: 'RUNNING' });
    expect(await countGoods(await before.connect(shop))).toBe(1000);
  },
  LONG,
);

test.skipIf(BEFORE === undefined)(
  'drift names the server that is still as it was, and its next start brings it what the release has',
  async () => {
    const { api } = before;
    const drift = () => api.request<{ drift: { name: string; reason: string }[] }>('{ drift { name reason } }');
    const named = await eventually(
      drift,
      (found) => found.drift.some(({ reason }) => /pod differ/.test(reason)),
      360_000,
    );
    expect(named.drift.map(({ name }) => name).join()).toContain('shop-');
    await expect(readVerified()).rejects.toThrow('restart the instance');
    await api.untilOver((await api.changeInstance('restart', shop)).operationId);
    expect((await readVerified()).instanceCredentials.connectionString).toContain('sslmode=verify-full');
    expect(await countGoods(await before.connect(shop))).toBe(1000);
  },
  LONG,
);

test.skipIf(BEFORE === undefined)(
  'an image of a server of the release before makes one of this',
  async () => {
    const image = await before.api.createImage({ name: 'sunday', instanceId: shop });
    await before.api.untilOver(image.operationId);
    const restored = await before.api.createInstance({ name: 'copy', sourceImageId: image.id, storageGib: 1 });
    await before.api.untilOver(restored.operationId);
    expect(await countGoods(await before.connect(restored.id))).toBe(1000);
    for (const id of [restored.id, shop]) {
      await before.api.untilOver((await before.api.changeInstance('delete', id)).operationId);
    }
  },
  LONG,
);
