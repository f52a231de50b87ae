import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createAlertWatch } from '../../../src/upkeep/alerts/alert-watch.ts';
import { eventually } from '../../support/eventually.ts';
import { insertImage, insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { ago, failure, useAlertWorld } from './alert-world.ts';

const { world, look, alertsOf, answerStore } = useAlertWorld();

describe('other alerts', () => {
  it('are of restores that failed, until they are retried well', async () => {
    const sourceImageId = await insertImage(world.database);
    const instanceId = await insertInstance(world.database, { state: 'FAILED', sourceImageId });
    const id = await insertOperation(world.database, {
      kind: 'CREATE_INSTANCE',
      state: 'FAILED',
      instanceId,
      failure,
      finishedAt: ago(1),
    });
    expect(await alertsOf('RESTORE_FAILED', instanceId)).toMatchObject([{ operationId: id, imageId: sourceImageId }]);
    await world.database.pool.query(`UPDATE cms.operations SET state = 'QUEUED' WHERE id = $1`, [id]);
    expect(await alertsOf('RESTORE_FAILED', instanceId)).toEqual([]);
  });

  it('are of servers that are ill for longer than one check, and do not flap', async () => {
    const instanceId = await insertInstance(world.database, { health: 'UNHEALTHY' });
    const check = (seconds: number, status: string) =>
      world.database.pool.query(
        `INSERT INTO cms.health_checks (instance_id, at, status, message) VALUES ($1, now() - $2 * interval '1 second', $3, 'no answer')`,
        [instanceId, seconds, status],
      );
    await check(5, 'UNHEALTHY');
    expect(await alertsOf('INSTANCE_UNHEALTHY', instanceId)).toEqual([]);
    await check(70, 'UNHEALTHY');
    const opened = await alertsOf('INSTANCE_UNHEALTHY', instanceId);
    expect(opened).toMatchObject([{ message: expect.stringContaining('no answer') }]);
    await check(1, 'HEALTHY');
    await world.database.pool.query(`UPDATE cms.instances SET health = 'HEALTHY' WHERE id = $1`, [instanceId]);
    expect(await alertsOf('INSTANCE_UNHEALTHY', instanceId)).toEqual(opened);
    await world.database.pool.query(`DELETE FROM cms.health_checks WHERE status = 'UNHEALTHY' AND instance_id = $1`, [
      instanceId,
    ]);
    expect(await alertsOf('INSTANCE_UNHEALTHY', instanceId)).toEqual([]);
  });

  it('stay open while nobody looks at the server, and are over only when it was seen to be well', async () => {
    const instanceId = await insertInstance(world.database, { health: 'UNHEALTHY' });
    const check = (seconds: number, status: string) =>
      world.database.pool.query(
        `INSERT INTO cms.health_checks (instance_id, at, status, message) VALUES ($1, now() - $2 * interval '1 second', $3, 'no answer')`,
        [instanceId, seconds, status],
      );
    for (const seconds of [70, 40, 10]) await check(seconds, 'UNHEALTHY');
    const opened = await alertsOf('INSTANCE_UNHEALTHY', instanceId);
    expect(opened).toHaveLength(1);
    // The worker that checked is away.
    await world.database.pool.query(
      `UPDATE cms.health_checks SET at = at - interval '10 minutes' WHERE instance_id = $1`,
      [instanceId],
    );
    expect(await alertsOf('INSTANCE_UNHEALTHY', instanceId)).toEqual(opened);
    await check(20, 'UNKNOWN');
    expect(await alertsOf('INSTANCE_UNHEALTHY', instanceId)).toEqual(opened);
    await check(1, 'HEALTHY');
    expect(await alertsOf('INSTANCE_UNHEALTHY', instanceId)).toEqual([]);
  });

  it('are of schedules whose last run failed', async () => {
    const schedule = await world.create();
    await world.due(schedule.id, ago(1));
    await world.plan();
    const opened = (await alertsOf('SCHEDULE_FAILED', null)).filter(({ scheduleId }) => scheduleId === schedule.id);
    expect(opened).toMatchObject([{ severity: 'CRITICAL', message: expect.stringContaining('no image was taken') }]);
    await world.database.pool.query(`UPDATE cms.schedule_runs SET state = 'SUCCEEDED' WHERE schedule_id = $1`, [
      schedule.id,
    ]);
    const left = (await alertsOf('SCHEDULE_FAILED', null)).filter(({ scheduleId }) => scheduleId === schedule.id);
    expect(left).toEqual([]);
  });

  it('are of no schedule whose last run somebody cancelled, and stay where the run before it failed', async () => {
    const schedule = await world.create();
    const instanceId = await insertInstance(world.database, { labels: schedule.labels });
    const open = async () =>
      (await alertsOf('SCHEDULE_FAILED', null)).filter(({ scheduleId }) => scheduleId === schedule.id);
    const run = async (minutes: number, state: 'FAILED' | 'CANCELLED') => {
      const operationId = await insertOperation(world.database, { state, instanceId, failure, finishedAt: ago(0) });
      await world.database.pool.query(
        `WITH run AS (
           INSERT INTO cms.schedule_runs (id, schedule_id, due_at, started_at, finished_at, state, message)
           VALUES (gen_random_uuid(), $1, $2, $2, $2, 'FAILED', $3) RETURNING id)
         INSERT INTO cms.scheduled_images (run_id, instance_id, instance_name, state, operation_id)
         SELECT id, $4, 'one', 'FAILED', $5 FROM run`,
        [schedule.id, ago(minutes), `the run ${minutes} minutes ago`, instanceId, operationId],
      );
    };
    await run(30, 'CANCELLED');
    expect(await open()).toEqual([]);
    await run(20, 'FAILED');
    await run(10, 'CANCELLED');
    expect(await open()).toMatchObject([{ message: expect.stringContaining('the run 20 minutes ago') }]);
  });

  it('are of a blob store that does not answer twice in a row', async () => {
    answerStore(async () => {
      throw new AppError('UNAVAILABLE', 'connection refused');
    });
    expect(await alertsOf('STORE_UNREACHABLE', null)).toEqual([]);
    expect(await alertsOf('STORE_UNREACHABLE', null)).toMatchObject([
      { message: expect.stringContaining('connection refused') },
    ]);
    answerStore(async () => {});
    expect(await alertsOf('STORE_UNREACHABLE', null)).toEqual([]);
  });

  it('are looked for again and again, also when the clock of this machine is set back', async () => {
    let looks = 0;
    const own = createAlertWatch({
      database: world.database,
      listener: { subscribe: () => () => {} },
      platformId: PLATFORM,
      checkStore: async () => {
        looks += 1;
      },
      log: createLogger('silent'),
      lookMs: 1000,
    });
    const { now } = Date;
    own.start();
    try {
      await eventually(
        () => looks,
        (count) => count > 0,
      );
      vi.spyOn(Date, 'now').mockImplementation(() => now.call(Date) - 3_600_000);
      const before = looks;
      await eventually(
        () => looks,
        (count) => count > before + 1,
      );
    } finally {
      vi.restoreAllMocks();
      await own.stop();
    }
  });

  it('are opened once, however many look at the same time', async () => {
    const sourceInstanceId = await insertInstance(world.database);
    await insertImage(world.database, { sourceInstanceId, state: 'FAILED', failure });
    await Promise.all([look(), look(), look(), look()]);
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId, null)).toHaveLength(1);
  });
});
