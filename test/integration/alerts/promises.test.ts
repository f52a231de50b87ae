import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createReadinessQueries } from '../../../src/stores/readiness/readiness.ts';
import { countStatements } from '../../support/count-statements.ts';
import { insertImage, insertInstance } from '../../support/sample-rows.ts';
import { ago, useAlertWorld } from './alert-world.ts';

const { world, look, alertsOf, readinessOf, promise } = useAlertWorld();

describe('a promise', () => {
  it('is kept by an image that was taken since, and broken an hour after a nightly one was due', async () => {
    for (const [minutes, broken] of [
      [50, false],
      [70, true],
    ] as const) {
      const { instanceId, schedule } = await promise(minutes);
      await insertImage(world.database, { sourceInstanceId: instanceId, takenAt: ago(minutes + 24 * 60 - 1) });
      const alerts = await alertsOf('IMAGE_OVERDUE', instanceId);
      expect(alerts.map(({ scheduleId }) => scheduleId)).toEqual(broken ? [schedule.id] : []);
      expect((await readinessOf(instanceId))?.status).toBe(broken ? 'STALE' : 'UNPROVEN');
      if (!broken) continue;
      expect((await readinessOf(instanceId))?.reasons).toMatchObject([expect.stringContaining(schedule.of)]);
      await insertImage(world.database, { sourceInstanceId: instanceId, takenAt: ago(1) });
      expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toEqual([]);
      expect((await readinessOf(instanceId))?.status).toBe('UNPROVEN');
    }
  });

  it('is broken also when no worker has looked at the time at which it was due', async () => {
    const { instanceId } = await promise(90, { looked: false });
    await insertImage(world.database, { sourceInstanceId: instanceId, takenAt: ago(90 + 24 * 60) });
    expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toHaveLength(1);
  });

  it('is none of a schedule that is disabled, of an instance that was not there, and of one that is stopped', async () => {
    const { instanceId, schedule } = await promise(90);
    expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toHaveLength(1);
    await world.database.pool.query('UPDATE cms.instances SET created_at = now() WHERE id = $1', [instanceId]);
    expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toEqual([]);
    await world.database.pool.query(`UPDATE cms.instances SET created_at = $2, state = 'STOPPED' WHERE id = $1`, [
      instanceId,
      ago(10_000),
    ]);
    expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toEqual([]);
    await world.database.pool.query(`UPDATE cms.instances SET state = 'RUNNING' WHERE id = $1`, [instanceId]);
    expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toHaveLength(1);
    await world.database.pool.query('UPDATE cms.schedules SET enabled = false WHERE id = $1', [schedule.id]);
    expect(await alertsOf('IMAGE_OVERDUE', instanceId)).toEqual([]);
  });
});

describe('readiness', () => {
  it('of a page of instances is one statement, and narrows a list', async () => {
    const labels = { ready: randomUUID().slice(0, 8) };
    const bare = await insertInstance(world.database, { labels });
    const imaged = await insertInstance(world.database, { labels });
    await insertImage(world.database, { sourceInstanceId: imaged, takenAt: ago(10) });
    const queries = createReadinessQueries(world.database);
    expect(await countStatements(world.database, () => queries.ofInstances([bare, imaged]))).toBe(1);
    const found = await queries.ofInstances([bare, imaged, randomUUID()]);
    expect(found.map((one) => one?.status ?? null)).toEqual(['UNPROTECTED', 'UNPROVEN', null]);
    expect(found[1]?.dataAgeSeconds).toBeGreaterThanOrEqual(600);
    const ids = async (readiness: ('UNPROTECTED' | 'UNPROVEN' | 'READY')[]) =>
      (await world.instances.page({ labels, readiness }, { first: 9, after: null })).rows.map(({ id }) => id);
    expect(await ids(['UNPROTECTED'])).toEqual([bare]);
    expect(await ids(['UNPROVEN', 'READY'])).toEqual([imaged]);
  });

  it('that becomes another one touches the instance, once', async () => {
    const instanceId = await insertInstance(world.database);
    const revision = async () => (await world.instances.byIds([instanceId]))[0]?.revision ?? 0;
    await look();
    const before = await revision();
    await look();
    expect(await revision()).toBe(before);
    await insertImage(world.database, { sourceInstanceId: instanceId, takenAt: ago(1) });
    await look();
    expect(await revision()).toBe(before + 1);
  });
});
