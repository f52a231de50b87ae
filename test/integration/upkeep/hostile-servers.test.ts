import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { shareChecks } from '../../../src/platform/shared-checks.ts';
import { eventually } from '../../support/eventually.ts';
import { insertInstance, secrets } from '../../support/sample-rows.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

let world: UpkeepWorld;
let hostile: Worker | null = null;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterAll(async () => {
  await world.stopMonitors();
  if (hostile !== null) {
    const ended = once(hostile, 'exit');
    hostile.postMessage('stop');
    await ended;
  }
  await world.stop();
});

it('finds servers of every kind of malice unwell, and those beside them well', async () => {
  const { database, platform } = world;
  const honest = await world.createServer();
  hostile = new Worker(path.join(import.meta.dirname, '../../support/hostile-servers-worker.ts'));
  const [servers] = (await once(hostile, 'message')) as [readonly { readonly host: string; readonly port: number }[]];
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
  await world.monitor({ probe: shareChecks(createServerProbe()), intervalMs: 2_000, timeoutMs: 1_000 });
  const health = async () => {
    const { rows } = await database.pool.query<{ id: string; health: string }>('SELECT id, health FROM cms.instances');
    return rows;
  };
  const rows = await eventually(
    health,
    (all) => all.every((row) => row.health !== 'UNKNOWN') && all.some((row) => row.health === 'HEALTHY'),
    300_000,
  );
  expect(rows.filter((row) => row.health === 'HEALTHY').map(({ id }) => id)).toEqual([honest.instanceId]);
  expect(rows).toHaveLength(servers.length + 1);
  const told = once(hostile, 'message');
  hostile.postMessage('said');
  const [said] = await told;
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
