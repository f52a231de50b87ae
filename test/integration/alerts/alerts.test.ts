import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../schema/errors.ts';
import type { AlertKind } from '../../../schema/states.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createAlertQueries } from '../../../src/stores/alerts/alerts.ts';
import { createReadinessQueries } from '../../../src/stores/readiness/readiness.ts';
import { type AlertWatch, createAlertWatch } from '../../../src/upkeep/alerts/alert-watch.ts';
import { countStatements } from '../../support/count-statements.ts';
import { eventually } from '../../support/eventually.ts';
import { insertDrill, insertImage, insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { useScheduleWorld } from '../schedules/schedule-world.ts';

const world = useScheduleWorld();
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
const failure = { code: 'STEP_FAILED', message: 'the disk is full', step: null };
let watch: AlertWatch;
let store: () => Promise<void> = async () => {};
beforeAll(() => {
  watch = createAlertWatch({
    database: world.database,
    listener: { subscribe: () => () => {} },
    platformId: PLATFORM,
    checkStore: () => store(),
    log: createLogger('silent'),
  });
});

/** The alerts of a kind about an instance (or about none), the newest first; `open` those that are not over. */
async function alertsOf(kind: AlertKind, instanceId: string | null, open: boolean | null = true) {
  await watch.look();
  const { rows } = await createAlertQueries(world.database).page(open, { first: 100, after: null });
  return rows.filter((alert) => alert.kind === kind && alert.instanceId === instanceId);
}

async function readinessOf(instanceId: string) {
  const [readiness] = await createReadinessQueries(world.database).ofInstances([instanceId]);
  return readiness;
}

/** A nightly schedule of one instance that was due so many minutes ago, and at that time of the day before. */
async function promise(minutes: number, values: { readonly looked?: boolean } = {}) {
  const instanceId = await insertInstance(world.database, { createdAt: ago(10_000) });
  const schedule = await world.create({ selector: null, instanceId });
  const [last, before, next] = values.looked === false ? [24 * 60, 48 * 60, 0] : [0, 24 * 60, -24 * 60];
  await world.database.pool.query(
    'UPDATE cms.schedules SET last_due_at = $2, due_before_at = $3, next_due_at = $4 WHERE id = $1',
    [schedule.id, ago(minutes + last), ago(minutes + before), ago(minutes + next)],
  );
  return { instanceId, schedule };
}

describe('an image that failed', () => {
  it('is one alert, however many fail, which is over when a later one is taken well', async () => {
    const sourceInstanceId = await insertInstance(world.database);
    const failed = { sourceInstanceId, state: 'FAILED' as const, failure };
    await insertImage(world.database, { ...failed, createdAt: ago(30) });
    await insertImage(world.database, { ...failed, createdAt: ago(20) });
    const [alert, ...others] = await alertsOf('IMAGE_FAILED', sourceInstanceId);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ severity: 'CRITICAL', message: expect.stringContaining('the disk is full') });
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId)).toEqual([alert]);
    await insertImage(world.database, { sourceInstanceId, verifiedAt: ago(1), createdAt: ago(10) });
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId)).toEqual([]);
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId, false)).toMatchObject([
      { id: alert?.id, resolvedAt: expect.any(Date) },
    ]);
  });

  it('is over when it is retried well, and none when somebody cancelled it', async () => {
    const sourceInstanceId = await insertInstance(world.database);
    const id = await insertImage(world.database, { sourceInstanceId, state: 'FAILED', failure });
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId)).toHaveLength(1);
    await world.database.pool.query(`UPDATE cms.images SET state = 'CREATING', failure = NULL WHERE id = $1`, [id]);
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId)).toEqual([]);
    const cancelled = { ...failure, code: 'CANCELLED' };
    await world.database.pool.query(`UPDATE cms.images SET state = 'FAILED', failure = $2 WHERE id = $1`, [
      id,
      cancelled,
    ]);
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId)).toEqual([]);
  });
});

describe('a drill', () => {
  it('that fails is one alert of its instance, over when a later one passes, whatever image that is of', async () => {
    const sourceInstanceId = await insertInstance(world.database);
    const [imageId, later] = [
      await insertImage(world.database, { sourceInstanceId, takenAt: ago(20) }),
      await insertImage(world.database, { sourceInstanceId, takenAt: ago(5) }),
    ];
    const failed = { imageId, sourceInstanceId, state: 'FAILED' as const, failure };
    await insertDrill(world.database, { ...failed, startedAt: ago(30) });
    await insertDrill(world.database, { ...failed, startedAt: ago(20) });
    const [alert, ...others] = await alertsOf('DRILL_FAILED', sourceInstanceId);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      severity: 'CRITICAL',
      imageId,
      message: expect.stringContaining('the disk is full'),
    });
    await insertDrill(world.database, { imageId: later, sourceInstanceId, state: 'CANCELLED', startedAt: ago(10) });
    await insertDrill(world.database, { imageId: later, sourceInstanceId, startedAt: ago(9) });
    expect(await alertsOf('DRILL_FAILED', sourceInstanceId)).toMatchObject([{ id: alert?.id }]);
    expect(await readinessOf(sourceInstanceId)).toMatchObject({
      status: 'UNPROVEN',
      reasons: ['The last drill of its images failed.'],
    });
    const passed = { imageId: later, sourceInstanceId, state: 'PASSED' as const, recoverySeconds: 4.5 };
    const drillId = await insertDrill(world.database, { ...passed, startedAt: ago(8) });
    expect(await alertsOf('DRILL_FAILED', sourceInstanceId)).toEqual([]);
    expect(await readinessOf(sourceInstanceId)).toMatchObject({
      status: 'READY',
      reasons: [],
      newestDrillId: drillId,
      lastVerdictId: drillId,
      recoverySeconds: 4.5,
    });
    // One that runs, or was cancelled, takes nothing back.
    await insertDrill(world.database, { imageId: later, sourceInstanceId, state: 'CANCELLED', startedAt: ago(4) });
    const running = await insertDrill(world.database, { imageId: later, sourceInstanceId, startedAt: ago(3) });
    expect(await readinessOf(sourceInstanceId)).toMatchObject({
      status: 'READY',
      newestDrillId: running,
      lastVerdictId: drillId,
    });
  });

  it('that fails after one that passed makes its instance UNPROVEN, and is no alert once its image is deleted', async () => {
    const sourceInstanceId = await insertInstance(world.database);
    const imageId = await insertImage(world.database, { sourceInstanceId });
    const drill = { imageId, sourceInstanceId, recoverySeconds: 3 };
    await insertDrill(world.database, { ...drill, state: 'PASSED', startedAt: ago(30) });
    await insertDrill(world.database, { ...drill, state: 'FAILED', failure, startedAt: ago(20) });
    expect(await readinessOf(sourceInstanceId)).toMatchObject({ status: 'UNPROVEN', recoverySeconds: 3 });
    expect(await alertsOf('DRILL_FAILED', sourceInstanceId)).toHaveLength(1);
    await world.database.pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [imageId]);
    expect(await alertsOf('DRILL_FAILED', sourceInstanceId)).toEqual([]);
  });
});

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

  it('are of a blob store that does not answer twice in a row', async () => {
    store = async () => {
      throw new AppError('UNAVAILABLE', 'connection refused');
    };
    expect(await alertsOf('STORE_UNREACHABLE', null)).toEqual([]);
    expect(await alertsOf('STORE_UNREACHABLE', null)).toMatchObject([
      { message: expect.stringContaining('connection refused') },
    ]);
    store = async () => {};
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
    await Promise.all([watch.look(), watch.look(), watch.look(), watch.look()]);
    expect(await alertsOf('IMAGE_FAILED', sourceInstanceId, null)).toHaveLength(1);
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
    await watch.look();
    const before = await revision();
    await watch.look();
    expect(await revision()).toBe(before);
    await insertImage(world.database, { sourceInstanceId: instanceId, takenAt: ago(1) });
    await watch.look();
    expect(await revision()).toBe(before + 1);
  });
});
