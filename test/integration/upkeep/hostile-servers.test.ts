import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { shareChecks } from '../../../src/platform/shared-checks.ts';
import { eventually } from '../../support/eventually.ts';
import type { FakePostgres } from '../../support/fake-postgres.ts';
import { HOSTILITIES } from '../../support/hostile-servers.ts';
import { insertInstance, secrets } from '../../support/sample-rows.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

let world: UpkeepWorld;
const servers: FakePostgres[] = [];
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(async () => {
  await world.stopMonitors();
  for (const server of servers) await server.stop();
  await world.stop();
});

it('finds servers of every kind of malice unwell, and those beside them well', async () => {
  const { database, platform } = world;
  const honest = await world.createServer();
  for (const make of Object.values(HOSTILITIES)) {
    for (let copies = 0; copies < 3; copies += 1) servers.push(await make());
  }
  for (const { host, port } of servers) {
    const id = randomUUID();
    await insertInstance(database, {
      id,
      resourceName: `fake-${id.slice(0, 8)}`,
      namespace: 'test',
      platform: platform.id,
      endpoint: { host, port, dnsName: null },
      encryptedPassword: secrets.encrypt(world.password, id),
    });
  }
  await world.monitor({ probe: shareChecks(createServerProbe()), intervalMs: 2_000, timeoutMs: 500 });
  const health = async () => {
    const { rows } = await database.pool.query<{ id: string; health: string }>('SELECT id, health FROM cms.instances');
    return rows;
  };
  const rows = await eventually(
    health,
    (all) => all.every((row) => row.health !== 'UNKNOWN') && all.some((row) => row.health === 'HEALTHY'),
    60_000,
  );
  expect(rows.filter((row) => row.health === 'HEALTHY').map(({ id }) => id)).toEqual([honest.instanceId]);
  expect(rows).toHaveLength(servers.length + 1);
  const said = Buffer.concat(servers.flatMap(({ received }) => received)).toString('latin1');
  expect(said).not.toContain(world.password);
});

it('asks an instance one question at a time, and gives whoever asks the same meanwhile the same answer', async () => {
  let open = 0;
  let most = 0;
  let asked = 0;
  const ends: (() => void)[] = [];
  const slow: Pick<ServerProbe, 'connect'> = {
    async connect() {
      asked += 1;
      open += 1;
      most = Math.max(most, open);
      await new Promise<void>((resolve) => ends.push(resolve));
      open -= 1;
      return { serverVersion: '15', latencyMs: asked, durableWorkerRunning: null };
    },
  };
  const { connect } = shareChecks(slow);
  const address = { host: 'db', port: 1 };
  const login = { username: 'postgres', password: 'a' };
  const ask = (timeoutMs: number) => connect(address, login, { timeoutMs, durable: false });
  const all = Promise.all([ask(1), ask(1), ask(2), ask(2), ask(1)]);
  await eventually(
    async () => {
      ends.shift()?.();
      return open;
    },
    (left) => left === 0 && asked === 2,
  );
  const latencies = (await all).map(({ latencyMs }) => latencyMs);
  expect(latencies).toEqual([1, 1, 2, 2, 1]);
  expect([most, asked]).toEqual([1, 2]);
  expect(
    await Promise.race([connect(address, { ...login, password: 'b' }, { timeoutMs: 1, durable: false }), 'waits']),
  ).toBe('waits');
  ends.shift()?.();
});
