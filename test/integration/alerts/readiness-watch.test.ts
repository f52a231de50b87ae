import { expect, it } from 'vitest';
import { createReadinessWatch } from '../../../src/stores/readiness/readiness-watch.ts';
import { eventually } from '../../support/eventually.ts';
import { insertDrill, insertImage, insertInstance, PLATFORM } from '../../support/sample-rows.ts';
import { useScheduleWorld } from '../schedules/schedule-world.ts';

const world = useScheduleWorld();
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
const toldOf = async (id: string): Promise<string | null> => {
  const { rows } = await world.database.pool.query('SELECT told_readiness FROM cms.instances WHERE id = $1', [id]);
  return rows[0]?.told_readiness;
};
const summary = async () => {
  const { rows } = await world.database.pool.query(
    `SELECT status, count, oldest_taken_at, longest_recovery_seconds FROM cms.readiness_summaries
     WHERE platform = $1 AND count > 0 ORDER BY status`,
    [PLATFORM],
  );
  return rows;
};

/** An hourly schedule that was due so many minutes ago and is due in ten hours. */
async function hourly(instanceId: string, minutes: number): Promise<string> {
  const { id } = await world.create({ selector: null, instanceId });
  await world.database.pool.query(
    'UPDATE cms.schedules SET last_due_at = $2, due_before_at = $3, next_due_at = $4 WHERE id = $1',
    [id, ago(minutes), ago(minutes + 60), ago(-600)],
  );
  return id;
}

it('looks at all at first, then at what changed, and what it has told itself is no change', async () => {
  const [quiet, other] = [await insertInstance(world.database), await insertInstance(world.database)];
  const watch = createReadinessWatch(world.database, PLATFORM);
  expect(await watch.look()).toBeNull();
  expect([await toldOf(quiet), await toldOf(other)]).toEqual(['UNPROTECTED', 'UNPROTECTED']);
  expect(await watch.look()).toEqual([]);

  /** What changed may be looked at twice, while transactions of others hold the moment back; what did not never is. */
  const lookAtOther = async () => {
    const ids = await watch.look();
    expect(ids).toContain(other);
    expect(ids).not.toContain(quiet);
    expect(await watch.look()).not.toContain(quiet);
  };
  const imageId = await insertImage(world.database, { sourceInstanceId: other, takenAt: ago(5) });
  await lookAtOther();
  expect(await toldOf(other)).toBe('UNPROVEN');
  await insertDrill(world.database, { imageId, sourceInstanceId: other, state: 'PASSED', recoverySeconds: 7 });
  await lookAtOther();
  expect(await toldOf(other)).toBe('READY');
  expect(await summary()).toEqual([
    { status: 'READY', count: 1, oldest_taken_at: expect.any(Date), longest_recovery_seconds: 7 },
    { status: 'UNPROTECTED', count: 1, oldest_taken_at: null, longest_recovery_seconds: null },
  ]);
  await world.database.pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [imageId]);
  await lookAtOther();
  await world.database.pool.query(`UPDATE cms.instances SET state = 'FAILED' WHERE id = ANY($1)`, [[quiet, other]]);
  expect((await watch.look())?.toSorted()).toEqual([quiet, other].sort());
  expect(await summary()).toEqual([]);
});

it('sees an image become too old while nothing changes, and a promise that is gone', async () => {
  const instanceId = await insertInstance(world.database, { createdAt: ago(10_000) });
  const watch = createReadinessWatch(world.database, PLATFORM);
  // Due every hour, and an hour's time for it: two seconds from now the image is too old.
  await insertImage(world.database, {
    sourceInstanceId: instanceId,
    takenAt: new Date(Date.now() - 120 * MINUTE + 2_000),
  });
  const scheduleId = await hourly(instanceId, 61);
  await watch.look();
  await eventually(
    async () => {
      await watch.look();
      return toldOf(instanceId);
    },
    (told) => told === 'STALE',
  );
  await world.database.pool.query('DELETE FROM cms.schedules WHERE id = $1', [scheduleId]);
  expect(await watch.look()).toContain(instanceId);
  expect(await toldOf(instanceId)).toBe('UNPROVEN');
});

it('leaves no change out that was committed only after a later one was seen', async () => {
  const [slow, quick] = [await insertInstance(world.database), await insertInstance(world.database)];
  const watch = createReadinessWatch(world.database, PLATFORM);
  await watch.look();
  const imageId = await insertImage(world.database, { sourceInstanceId: slow, state: 'CREATING' });
  await watch.look();
  const client = await world.database.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`UPDATE cms.images SET state = 'AVAILABLE', taken_at = now() WHERE id = $1`, [imageId]);
    await insertImage(world.database, { sourceInstanceId: quick, takenAt: ago(1) });
    expect(await watch.look()).toContain(quick);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  expect(await watch.look()).toContain(slow);
  expect(await toldOf(slow)).toBe('UNPROVEN');
});
