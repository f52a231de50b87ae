import { insertInstance } from '../../support/sample-rows.ts';
import type { useScheduleWorld } from './schedule-world.ts';

type World = ReturnType<typeof useScheduleWorld>;

export const MINUTE = 60_000;
/** A whole minute, so many ago. */
export const ago = (minutes: number) => new Date(Math.floor(Date.now() / MINUTE - minutes) * MINUTE);

/** Runs of schedules that are under way in a world. */
export function createRuns(world: World) {
  async function underWay(scheduleId: string) {
    const run = (await world.runs(scheduleId)).find(({ state }) => state === 'RUNNING');
    if (run === undefined) throw new Error('no run is under way');
    return run;
  }
  /** A schedule with instances, whose run is under way. */
  async function begin(instances: number, values: Parameters<World['create']>[0] = {}) {
    const schedule = await world.create(values);
    for (let n = 0; n < instances; n++) await insertInstance(world.database, { labels: schedule.labels });
    await world.due(schedule.id, ago(1));
    await world.plan();
    return { ...schedule, run: await underWay(schedule.id) };
  }
  return { underWay, begin };
}
