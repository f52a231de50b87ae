import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSpec } from '../../../jobs/ports/platform.ts';
import type { ServerProbe } from '../../../jobs/ports/server-probe.ts';
import { createEventStreams } from '../../../src/events/event-streams.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { takeLease } from '../../../src/stores/upkeep/leases.ts';
import { reviveServer } from '../../../src/upkeep/health/revive-server.ts';
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

describe('a local server that should run and does not', () => {
  it('is UNHEALTHY, started again with backoff, and HEALTHY again', async () => {
    const spec = await world.createServer();
    await world.monitor();
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    process.kill(await postmasterOf(spec), 'SIGKILL');
    await world.untilHealth(spec.instanceId, 'UNHEALTHY');
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    const told = (await world.checks(spec.instanceId)).filter(({ status }) => status === 'UNHEALTHY').reverse();
    expect(told[0]?.message).toMatch(/should run, and does not.*started again in 1 s \(attempt 1\)/);
    expect(world.messages).toContain('a server is down');
    expect(world.messages).toContain('a server that was down has been started again');
    expect(world.messages).toContain('a server runs again');
    // The second time within a minute it waits twice as long.
    process.kill(await postmasterOf(spec), 'SIGKILL');
    await world.untilHealth(spec.instanceId, 'UNHEALTHY');
    expect(await lastMessage(spec.instanceId)).toMatch(/started again in 2 s \(attempt 2\)/);
    await world.untilHealth(spec.instanceId, 'HEALTHY');
  });

  it('is noticed at its end, however long the next check is away, and not where an operation has ended it', async () => {
    const spec = await world.createServer();
    const stopped = await world.createServer();
    await world.monitor({ intervalMs: 3_600_000, exits: world.platform });
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    await world.untilHealth(stopped.instanceId, 'HEALTHY');
    await insertOperation(world.database, { instanceId: stopped.instanceId, state: 'RUNNING', kind: 'STOP_INSTANCE' });
    await world.platform.stopServer(stopped);
    process.kill(await postmasterOf(spec), 'SIGKILL');
    await world.untilHealth(spec.instanceId, 'UNHEALTHY');
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    expect((await world.checks(stopped.instanceId)).map(({ status }) => status)).toEqual(['HEALTHY']);
  });

  it('is left alone while an operation changes it, and started again when that has failed', async () => {
    const spec = await world.createServer();
    const witness = await world.shareServer();
    await world.monitor();
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    // It is to be started again within a second: the operation comes in the moment in which it is known to be down.
    const operation = { instanceId: spec.instanceId, state: 'SUCCEEDED', kind: 'STOP_INSTANCE' } as const;
    const operationId = await insertOperation(world.database, operation);
    await world.database.pool.query(`
      CREATE FUNCTION cms.begin_operation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE cms.operations SET state = 'RUNNING' WHERE id = '${operationId}'; RETURN NULL; END $$;
      CREATE TRIGGER begin_operation AFTER UPDATE OF health ON cms.instances FOR EACH ROW
        WHEN (NEW.id = '${spec.instanceId}' AND OLD.health = 'HEALTHY' AND NEW.health = 'UNHEALTHY')
        EXECUTE FUNCTION cms.begin_operation()`);
    process.kill(await postmasterOf(spec), 'SIGKILL');
    await world.untilHealth(spec.instanceId, 'UNHEALTHY');
    const before = (await world.checks(witness.instanceId)).length;
    await eventually(
      () => world.checks(witness.instanceId),
      (all) => all.length >= before + 6,
    );
    expect((await world.platform.readServer(spec)).phase).toBe('FAILED');
    await world.database.pool.query(`UPDATE cms.operations SET state = 'FAILED' WHERE id = $1`, [operationId]);
    await world.untilHealth(spec.instanceId, 'HEALTHY');
  });

  it('is started only as the records say at that moment, and nobody gets at the record meanwhile', async () => {
    const { database, platform } = world;
    const id = await insertInstance(database, { platform: platform.id });
    const lease = await takeLease(database, { name: 'a duty', holder: randomUUID(), forMs: 60_000 });
    if (lease === null) throw new Error('the lease is free');
    const started: string[] = [];
    const lockState = () =>
      database.pool.query('SELECT FROM cms.instances WHERE id = $1 FOR UPDATE NOWAIT', [id]).then(
        () => 'free',
        (error: { code?: string }) => error.code,
      );
    const nothing = async () => undefined;
    const recording = {
      readServer: () => Promise.reject(new Error('its parameters are the same')),
      ensureSecret: nothing,
      ensureConfiguration: nothing,
      ensureServer: async () => void started.push(String(await lockState())),
    };
    await reviveServer(database, recording, secrets, lease, id);
    expect(started).toEqual(['55P03']);

    const operationId = await insertOperation(database, { instanceId: id, state: 'QUEUED' });
    await expect(reviveServer(database, recording, secrets, lease, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await database.pool.query('DELETE FROM cms.operations WHERE id = $1', [operationId]);
    await expect(reviveServer(database, recording, secrets, { ...lease, fence: 7 }, id)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await database.pool.query(`UPDATE cms.instances SET state = 'STOPPED'`);
    await expect(reviveServer(database, recording, secrets, lease, id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(started).toHaveLength(1);
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
