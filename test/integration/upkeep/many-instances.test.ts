import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instances } from '../../../drizzle/tables/index.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { eventually } from '../../support/eventually.ts';
import { secrets } from '../../support/sample-rows.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

const RECORDS = 150;
const PER_SERVER = 2;

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(() => world.stop());

it('checks many records that share few servers in time, with few connections and hardly a statement', async () => {
  const { database, platform } = world;
  const servers = [await world.createServer(), await world.createServer()];
  const endpoints = await Promise.all(servers.map(async (spec) => (await platform.readServer(spec)).endpoint));
  await database.pool.query('TRUNCATE cms.instances');
  await database.orm.insert(instances).values(
    Array.from({ length: RECORDS }, (_, index) => {
      const id = randomUUID();
      return {
        id,
        name: `i-${index}`,
        resourceName: `i-${index}-0a1b2c3d`,
        namespace: 'test',
        platform: platform.id,
        imageType: 'STOCK' as const,
        postgresVersion: '15',
        storageGib: 1,
        exposure: 'INTERNAL' as const,
        state: 'RUNNING' as const,
        endpoint: endpoints[index % endpoints.length] ?? null,
        encryptedPassword: secrets.encrypt(world.password, id),
      };
    }),
  );

  const real = createServerProbe();
  const open = new Map<number, number>();
  let most = 0;
  const probe: Pick<ServerProbe, 'connect'> = {
    async connect(address, ...given) {
      open.set(address.port, (open.get(address.port) ?? 0) + 1);
      most = Math.max(most, ...open.values());
      try {
        return await real.connect(address, ...given);
      } finally {
        open.set(address.port, (open.get(address.port) ?? 0) - 1);
      }
    },
  };
  const writes: string[] = [];
  const query = database.pool.query;
  database.pool.query = function counted(this: unknown, ...given: unknown[]) {
    writes.push(String((given[0] as { text?: string }).text ?? given[0]));
    return Reflect.apply(query, database.pool, given);
  } as typeof query;
  const monitor = await world.monitor({ probe, intervalMs: 5_000, perServer: PER_SERVER });
  const counted = await eventually(
    async () => {
      const { rows } = await Reflect.apply(query, database.pool, [
        `SELECT count(*) FILTER (WHERE health = 'HEALTHY')::int AS healthy,
           (SELECT min(n)::int FROM (SELECT count(*) AS n FROM cms.health_checks GROUP BY instance_id) c) AS fewest
         FROM cms.instances`,
      ]);
      return rows[0] as { healthy: number; fewest: number | null };
    },
    ({ healthy, fewest }) => healthy === RECORDS && (fewest ?? 0) >= 2,
    300_000,
  );
  await monitor.stop();
  database.pool.query = query;
  expect(counted.healthy).toBe(RECORDS);
  expect(most).toBe(PER_SERVER);
  // One statement a second writes whatever was found; the rest are the lease, and reads of who is there.
  const checks = await Reflect.apply(query, database.pool, ['SELECT count(*)::int AS n FROM cms.health_checks']);
  expect(checks.rows[0].n).toBeGreaterThanOrEqual(2 * RECORDS);
  expect(writes.filter((text) => text.includes('health_checks')).length).toBeLessThan(checks.rows[0].n / 5);
});
