import { afterEach, describe, expect, it } from 'vitest';
import { createListener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createScheduler, type Scheduler } from '../../../src/schedules/scheduler.ts';
import { eventually } from '../../support/eventually.ts';
import { insertInstance, PLATFORM } from '../../support/sample-rows.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A worker's scheduler, as it is beside others. */
async function startOne(): Promise<Scheduler> {
  const { boss, database, work } = world;
  const log = createLogger('silent');
  const listener = createListener({ url: database.url, log });
  await listener.start();
  stops.push(() => listener.stop());
  const scheduler = createScheduler({
    database,
    boss,
    listener,
    platformId: PLATFORM,
    work,
    checkStore: async () => {},
    log,
    lookMs: 60_000,
  });
  await scheduler.start();
  stops.push(() => scheduler.stop());
  return scheduler;
}

describe('the schedulers of several workers', () => {
  it('carry a run out together, and begin the next image as soon as one has ended', async () => {
    const schedule = await world.create({ concurrency: 1 });
    for (let n = 0; n < 3; n++) await insertInstance(world.database, { labels: schedule.labels });
    await world.due(schedule.id, new Date(Date.now() - 60_000));
    await startOne();
    await startOne();
    const ended = new Set<string>();
    const endOpen = async () => {
      const [run] = await world.runs(schedule.id);
      const images = run === undefined ? [] : await world.runImages(run.id);
      const open = images.filter(({ state }) => state === 'TAKING');
      expect(open.length).toBeLessThanOrEqual(1);
      for (const { operationId } of open) {
        if (operationId !== null && !ended.has(operationId)) await world.end(operationId, 'SUCCEEDED');
        if (operationId !== null) ended.add(operationId);
      }
      return run?.state;
    };
    await eventually(endOpen, (state) => state === 'SUCCEEDED');
    expect(ended.size).toBe(3);
    expect(await world.runs(schedule.id)).toHaveLength(1);
  });

  it('go on when the one that had the duty stops', async () => {
    const schedule = await world.create();
    await insertInstance(world.database, { labels: schedule.labels });
    const first = await startOne();
    await startOne();
    await first.stop();
    await world.due(schedule.id, new Date(Date.now() - 60_000));
    const states = async () => (await world.runs(schedule.id)).map(({ state }) => state);
    expect(await eventually(states, (found) => found.length > 0)).toEqual(['RUNNING']);
  });
});
