import { describe, expect, it } from 'vitest';
import { insertDrill, insertImage, insertInstance } from '../../support/sample-rows.ts';
import { ago, failure, useAlertWorld } from './alert-world.ts';

const { world, alertsOf, readinessOf } = useAlertWorld();

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
