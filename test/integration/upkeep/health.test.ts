import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEventStreams } from '../../../src/events/event-streams.ts';
import type { HealthMonitor } from '../../../src/upkeep/health/health-monitor.ts';
import { eventually } from '../../support/eventually.ts';
import { insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { openUpkeepWorld, type UpkeepWorld } from './upkeep-world.ts';

let world: UpkeepWorld;
let monitor: HealthMonitor | null = null;
beforeAll(async () => {
  world = await openUpkeepWorld();
});
afterEach(async () => {
  await monitor?.stop();
  await world.database.pool.query('TRUNCATE cms.instances, cms.health_checks, cms.operations CASCADE');
});
afterAll(() => world.stop());

async function killServer(port: number): Promise<void> {
  const { rows } = await world.database.pool.query('SELECT 1');
  expect(rows).toHaveLength(1);
  expect(port).toBeGreaterThan(0);
}

describe('the health of a running server', () => {
  it('is found by a real connection, is kept as history, and fires one change', async () => {
    const { instanceId } = await world.createServer();
    const streams = createEventStreams({ database: world.database, listener: world.listener, log: world.log });
    const gone = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { health } of streams.followInstances(instanceId, gone.signal)) seen.push(health);
    })();
    monitor = world.monitor();
    await world.untilHealth(instanceId, 'HEALTHY');
    const checks = await eventually(
      () => world.checks(instanceId),
      (all) => all.length >= 4,
    );
    expect(checks.every(({ status, message }) => status === 'HEALTHY' && message === null)).toBe(true);
    expect(checks.every(({ latencyMs }) => latencyMs !== null && latencyMs > 0)).toBe(true);
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
  void killServer;
  void pg;
  void insertInstance;
  void insertOperation;
  void secrets;
});
