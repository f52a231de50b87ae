import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerSpec } from '../../../jobs/ports/platform/servers.ts';
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

describe('a local server that should run and does not', () => {
  it('is UNHEALTHY, started again with backoff, and HEALTHY again', async () => {
    const spec = await world.createServer();
    await world.monitor();
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    process.kill(await postmasterOf(spec), 'SIGKILL');
    await world.untilHealth(spec.instanceId, 'UNHEALTHY');
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    const told = (await world.checks(spec.instanceId)).filter(({ status }) => status === 'UNHEALTHY').reverse();
    expect(told[0]?.message).toMatch(/should run, and does not.*started again in \d s \(attempt 1\)/);
    expect(world.messages).toContain('a server is down');
    expect(world.messages).toContain('a server that was down has been started again');
    expect(world.messages).toContain('a server runs again');
    // The second time within a minute is counted on; how long each waits is the unit test's.
    process.kill(await postmasterOf(spec), 'SIGKILL');
    await world.untilHealth(spec.instanceId, 'UNHEALTHY');
    await world.untilHealth(spec.instanceId, 'HEALTHY');
    const again = (await world.checks(spec.instanceId)).filter(({ message }) => message?.includes('(attempt 2)'));
    expect(again.at(-1)?.message).toMatch(/should run, and does not.*started again in \d s \(attempt 2\)/);
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
    const operation = { instanceId: spec.instanceId, state: 'SUCCEEDED', kind: 'STOP_INSTANCE' } as const;
    const operationId = await insertOperation(world.database, operation);
    // The operation comes when it is to be started again and nobody has done so: that takes the lock of its row.
    const downs = () => world.messages.filter((message) => message === 'a server is down').length;
    const known = downs();
    const holder = new pg.Client({ connectionString: world.url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM cms.instances WHERE id = $1 FOR UPDATE', [spec.instanceId]);
      process.kill(await postmasterOf(spec), 'SIGKILL');
      await eventually(downs, (count) => count > known);
      await world.database.pool.query(`UPDATE cms.operations SET state = 'RUNNING' WHERE id = $1`, [operationId]);
      await holder.query('COMMIT');
    } finally {
      await holder.end();
    }
    const before = (await world.checks(witness.instanceId)).length;
    await eventually(
      () => world.checks(witness.instanceId),
      (all) => all.length >= before + 6,
    );
    expect((await world.platform.readServer(spec)).phase).toBe('FAILED');
    await world.database.pool.query(`UPDATE cms.operations SET state = 'FAILED' WHERE id = $1`, [operationId]);
    await eventually(
      () => world.platform.readServer(spec),
      ({ phase }) => phase === 'READY',
      300_000,
    );
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
