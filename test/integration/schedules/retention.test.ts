import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RetentionQueries } from '../../../resolvers/ports/retention.ts';
import { AppError } from '../../../schema/errors.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createRetainer, type Retainer } from '../../../src/schedules/retainer.ts';
import { createRetentionQueries } from '../../../src/services/schedules/retention-preview.ts';
import { noteClock } from '../../../src/stores/schedules/clock.ts';
import { insertDrill, insertImage, insertInstance, PLATFORM } from '../../support/sample-rows.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);
let store: () => Promise<void> = async () => {};

let retainer: Retainer;
let preview: RetentionQueries;
beforeAll(() => {
  const { database, work } = world;
  const log = createLogger('silent');
  retainer = createRetainer({ database, platformId: PLATFORM, work, checkStore: () => store(), log, batch: 2 });
  preview = createRetentionQueries(database);
});

beforeEach(async () => {
  store = async () => {};
  await world.database.pool.query('DELETE FROM cms.clocks');
});

/** A schedule with an image of each of the last so many days, the newest first. */
async function takeDaily(days: number, retention = { keepDaily: 3 }) {
  const schedule = await world.create({ retention });
  const instanceId = await insertInstance(world.database, { labels: schedule.labels });
  const ids: string[] = [];
  for (let day = 0; day < days; day++) {
    const of = { sourceInstanceId: instanceId, scheduleId: schedule.id, takenAt: daysAgo(day), sizeBytes: 10 };
    ids.push(await insertImage(world.database, of));
  }
  return { ...schedule, instanceId, ids };
}

const statesOf = async (ids: readonly string[]) =>
  (await world.images.byIds(ids)).map((image) => image?.state ?? 'none');

const ask = (request: Partial<Parameters<typeof preview.preview>[0]>) =>
  preview.preview({ scheduleId: null, instanceId: null, retention: null, at: null, ...request });

describe('retention', () => {
  it('deletes what the preview said would go, by operations of its own, and nothing else', async () => {
    const { id, ids } = await takeDaily(6);
    await world.imageCommands.update(
      { kind: 'USER', id: null, name: 'ann', role: 'OPERATOR' },
      { imageId: ids[4] ?? '', protected: true },
    );
    const { keep, remove, freedBytes } = await ask({ scheduleId: id });
    expect(remove).toEqual([ids[3], ids[5]]);
    expect(freedBytes).toBe(20);
    expect(keep.map(({ imageId }) => imageId)).toEqual([ids[0], ids[1], ids[2], ids[4]]);
    expect(keep.at(-1)?.because).toEqual(['It is protected.']);
    expect(await retainer.retain()).toBe(2);
    expect(await statesOf(ids)).toEqual(['AVAILABLE', 'AVAILABLE', 'AVAILABLE', 'DELETING', 'AVAILABLE', 'DELETING']);
    expect(await retainer.retain()).toBe(0);
    const page = await world.operations.page(
      { kind: ['DELETE_IMAGE'], imageId: ids[3] ?? null },
      { first: 5, after: null },
    );
    expect(page.rows).toMatchObject([{ actor: { kind: 'SYSTEM', id: null, name: 'retention' } }]);
  });

  it('is previewed by other rules and at another time, without a change', async () => {
    const { id, ids, instanceId } = await takeDaily(4);
    expect((await ask({ scheduleId: id, retention: { keepLast: 1 } })).remove).toEqual(ids.slice(1));
    expect((await ask({ instanceId, retention: { keepDays: 2 } })).remove).toEqual(ids.slice(2));
    expect((await ask({ instanceId, retention: { keepDays: 2 }, at: daysAgo(-30) })).remove).toEqual(ids.slice(1));
    expect(await statesOf(ids)).toEqual(ids.map(() => 'AVAILABLE'));
    await world.commands.delete({ kind: 'USER', id: null, name: 'ann', role: 'ADMIN' }, { scheduleId: id });
    expect((await ask({ instanceId })).remove).toEqual([]);
  });

  it('leaves the last image that may come back where a drill has failed with the newest', async () => {
    const { ids, instanceId } = await takeDaily(4, { keepDaily: 1 });
    const drill = { imageId: ids[0] ?? '', sourceInstanceId: instanceId };
    await insertDrill(world.database, { ...drill, state: 'PASSED', startedAt: daysAgo(0.5) });
    await insertDrill(world.database, { ...drill, state: 'FAILED', startedAt: daysAgo(0.4) });
    await insertDrill(world.database, { ...drill, state: 'CANCELLED', startedAt: daysAgo(0.3) });
    expect(await retainer.retain()).toBe(2);
    expect(await statesOf(ids)).toEqual(['AVAILABLE', 'AVAILABLE', 'DELETING', 'DELETING']);
  });

  it('removes images taken by hand when their time is over, but not the newest', async () => {
    const instanceId = await insertInstance(world.database);
    const expired = { sourceInstanceId: instanceId, expiresAt: daysAgo(1) };
    const older = await insertImage(world.database, { ...expired, takenAt: daysAgo(3) });
    const newest = await insertImage(world.database, { ...expired, takenAt: daysAgo(2) });
    expect(await retainer.retain({ onlyExpired: true })).toBe(1);
    expect(await statesOf([older, newest])).toEqual(['DELETING', 'AVAILABLE']);
  });

  it('leaves an image alone that is in use, until it is not', async () => {
    const { ids } = await takeDaily(5);
    await world.instanceCommands.create(
      { kind: 'USER', id: null, name: 'ann', role: 'OPERATOR' },
      { name: `r-${randomUUID().slice(0, 8)}`, sourceImageId: ids[4] ?? null },
    );
    expect(await retainer.retain()).toBe(1);
    await world.finishOperations();
    expect(await retainer.retain()).toBe(1);
  });
});

describe('nothing is deleted', () => {
  it('while the blob store does not answer', async () => {
    const { ids } = await takeDaily(5);
    store = async () => {
      throw new AppError('UNAVAILABLE', 'The blob store does not answer.');
    };
    await expect(retainer.retain()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await statesOf(ids)).toEqual(ids.map(() => 'AVAILABLE'));
    store = async () => {};
    expect(await retainer.retain()).toBe(2);
  });

  it('for a day after the clock has jumped by more than one', async () => {
    const { ids } = await takeDaily(5);
    await noteClock(world.database, PLATFORM, new Date());
    await world.database.pool.query(`UPDATE cms.clocks SET seen_at = now() - interval '25 hours'`);
    expect(await retainer.retain()).toBe(0);
    expect(await noteClock(world.database, PLATFORM, new Date())).toContain('jumped');
    expect(await retainer.retain()).toBe(0);
    expect(await statesOf(ids)).toEqual(ids.map(() => 'AVAILABLE'));
    await world.database.pool.query(`UPDATE cms.clocks SET doubted_at = now() - interval '25 hours'`);
    expect(await retainer.retain()).toBe(2);
  });

  it('while the clocks of machine and database differ, or an image is from days to come', async () => {
    expect(await noteClock(world.database, PLATFORM, daysAgo(2))).toContain('differ');
    await world.database.pool.query('DELETE FROM cms.clocks');
    const future = await insertImage(world.database, { takenAt: daysAgo(-3) });
    expect(await noteClock(world.database, PLATFORM, new Date())).toContain('There is an image');
    await world.database.pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [future]);
  });
});
