import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSpec } from '../../../jobs/ports/platform/servers.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { createEventStreams } from '../../../src/events/event-streams.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { eventually } from '../../support/eventually.ts';
import { insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

let world: UpkeepWorld;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterEach(async () => {
  await world.stopMonitors();
  await world.database.pool.query('TRUNCATE cms.instances, cms.health_checks, cms.operations, cms.leases CASCADE');
});
afterAll(() => world.stop());

async function postmasterOf({ namespace, resourceName }: ServerSpec): Promise<number> {
  const data = path.join(world.home.stateDirectory, 'servers', namespace, resourceName, 'volume/pgdata');
  return Number((await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

const lastMessage = async (id: string) => (await world.checks(id, 1))[0]?.message ?? null;

describe('the health of a running server', () => {
  it('is found by a real connection, is kept as history, and fires one change', async () => {
    const { instanceId } = await world.shareServer();
    const streams = createEventStreams({ database: world.database, listener: world.listener, log: world.log });
    const gone = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { health } of streams.followInstances(instanceId, gone.signal)) seen.push(health);
    })();
    await eventually(
      () => seen,
      (all) => all.length === 1,
    );
    await world.monitor();
    await world.untilHealth(instanceId, 'HEALTHY');
    const checks = await eventually(
      () => world.checks(instanceId),
      (all) => all.length >= 4,
    );
    expect(checks.every(({ status, message }) => status === 'HEALTHY' && message === null)).toBe(true);
    expect(checks.every(({ latencyMs }) => latencyMs !== null && latencyMs > 0)).toBe(true);
    expect(checks.map(({ at }) => at.getTime())).toEqual(
      checks.map(({ at }) => at.getTime()).toSorted((a, b) => b - a),
    );
    await eventually(
      () => seen,
      (all) => all.includes('HEALTHY'),
    );
    // Four checks and one change of health: only that one was news.
    expect(seen).toEqual(['UNKNOWN', 'HEALTHY']);
    expect(Number((await world.row(instanceId)).revision)).toBe(2);
    gone.abort();
    await following;
  });

  it('is UNHEALTHY with the reason when the recorded password is refused, and HEALTHY once it fits', async () => {
    const { instanceId } = await world.shareServer({ encryptedPassword: null, state: 'FAILED' });
    const setPassword = (password: string) =>
      world.database.pool.query(`UPDATE cms.instances SET state = 'RUNNING', encrypted_password = $2 WHERE id = $1`, [
        instanceId,
        secrets.encrypt(password, instanceId),
      ]);
    await setPassword('not the password');
    await world.monitor();
    await world.untilHealth(instanceId, 'UNHEALTHY');
    expect(await lastMessage(instanceId)).toContain('refuses the login');
    await setPassword(world.password);
    await world.untilHealth(instanceId, 'HEALTHY');
    expect(JSON.stringify(await world.checks(instanceId))).not.toContain(world.password);
  });

  it('follows the server to another port, and records it', async () => {
    const spec = await world.shareServer();
    const endpoint = { host: '127.0.0.1', port: 1, dnsName: null };
    await world.database.pool.query('UPDATE cms.instances SET endpoint = $1', [JSON.stringify(endpoint)]);
    await world.monitor();
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    expect((await world.row(spec.instanceId)).endpoint).toEqual((await world.platform.readServer(spec)).endpoint);
  });

  it('is UNHEALTHY in bounded time when the server hangs', async () => {
    const spec = await world.shareServer();
    const pid = await postmasterOf(spec);
    process.kill(pid, 'SIGSTOP');
    try {
      await world.monitor({ timeoutMs: 500 });
      await world.untilHealth(spec.instanceId, 'UNHEALTHY');
      expect(await lastMessage(spec.instanceId)).toContain('Nothing answers');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await world.untilHealth(spec.instanceId, 'HEALTHY');
  });

  it('is nobody’s business while the instance is not RUNNING or an operation changes it', async () => {
    const { database } = world;
    const endpoint = { host: '127.0.0.1', port: 1, dnsName: null };
    const common = { platform: world.platform.id, endpoint };
    const ids = [
      await insertInstance(database, { ...common, state: 'STOPPED' }),
      await insertInstance(database, { ...common, state: 'DELETING' }),
      await insertInstance(database, { ...common, platform: 'local:other' }),
    ];
    const busy = await insertInstance(database, common);
    await insertOperation(database, { instanceId: busy, state: 'RUNNING', kind: 'RESTART_INSTANCE' });
    const checked = await insertInstance(database, common);
    await insertOperation(database, { instanceId: checked, state: 'RUNNING', excludesOnInstance: false });
    await world.monitor();
    await world.untilHealth(checked, 'UNHEALTHY');
    for (const id of [...ids, busy]) {
      expect((await world.row(id)).health).toBe('UNKNOWN');
      expect(await world.checks(id)).toEqual([]);
    }
    await database.pool.query(`UPDATE cms.operations SET state = 'SUCCEEDED'`);
    await world.untilHealth(busy, 'UNHEALTHY');
  });

  it('is not written for a record that changed under the check', async () => {
    const { instanceId } = await world.shareServer();
    let connected = 0;
    const real = createServerProbe();
    const probe: Pick<ServerProbe, 'connect'> = {
      connect: async (...given) => {
        connected += 1;
        // Stopped between the look and the writing: what was seen is of the past.
        if (connected === 1) {
          await world.database.pool.query(`UPDATE cms.instances SET state = 'STOPPED' WHERE id = $1`, [instanceId]);
        }
        return real.connect(...given);
      },
    };
    await world.monitor({ probe });
    // Another one is checked after it and written after it.
    const other = await world.createServer();
    await world.untilHealth(other.instanceId, 'HEALTHY');
    expect(connected).toBeGreaterThanOrEqual(2);
    expect(await world.row(instanceId)).toMatchObject({ state: 'STOPPED', health: 'UNKNOWN' });
    expect(await world.checks(instanceId)).toEqual([]);
  });

  it('needs the key of the password: without it nothing is known', async () => {
    const { instanceId } = await world.shareServer();
    const locked = { decrypt: () => secrets.decrypt('v1.0000000000000000.AAAA', instanceId) };
    await world.monitor({ secrets: locked });
    await eventually(
      () => world.checks(instanceId),
      (all) => all.length > 0,
    );
    expect((await world.checks(instanceId))[0]).toMatchObject({ status: 'UNKNOWN', latencyMs: null });
    expect((await world.row(instanceId)).health).toBe('UNKNOWN');
  });
});

describe('of several processes', () => {
  it('one checks; another takes over when it gives no sign of life, and what the first still writes is refused', async () => {
    const { instanceId } = await world.shareServer();
    const real = createServerProbe();
    const counted = (of: { count: number }): Pick<ServerProbe, 'connect'> => ({
      connect: (...given) => {
        of.count += 1;
        return real.connect(...given);
      },
    });
    const [one, two] = [{ count: 0 }, { count: 0 }];
    const first = await world.monitor({ probe: counted(one), leaseMs: 900 });
    await world.untilHealth(instanceId, 'HEALTHY');
    await world.monitor({ probe: counted(two), leaseMs: 900 });
    const before = (await world.checks(instanceId)).length;
    await eventually(
      () => world.checks(instanceId),
      (all) => all.length >= before + 5,
    );
    expect(two.count).toBe(0);
    // As if the first had been killed: its lease is not renewed any more.
    await world.database.pool.query(`UPDATE cms.leases SET holder = $1, fence = fence + 1`, [randomUUID()]);
    const stale = one.count;
    await first.stop();
    await eventually(
      () => two.count,
      (count) => count > 2,
    );
    expect(one.count - stale).toBeLessThanOrEqual(2);
  });
});
