import { describe, expect, it } from 'vitest';
import { createFeeder } from '../../../src/schedules/feeder.ts';
import type { ScheduledWork } from '../../../src/schedules/ports.ts';
import { createRuns } from './begun-runs.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const { begin } = createRuns(world);

describe('a worker that dies while it brings a run on', () => {
  type Death = 'before anything was written' | 'before it was committed' | 'after it was committed';

  /** Work in which the worker dies: nothing of it goes on, and what was not committed never was. */
  function dying(at: Death): ScheduledWork {
    const die = (now: Death) => {
      if (now === at) throw new Error('killed');
    };
    const withDeath = async (
      within: Parameters<ScheduledWork['removeImage']>[1],
      work: typeof world.work.removeImage,
    ) => {
      die('before anything was written');
      await work('', {
        claim: within.claim,
        record: async (tx, begun) => {
          await within.record(tx, begun);
          die('before it was committed');
        },
      });
      die('after it was committed');
    };
    return {
      ...world.work,
      takeImage: (actor, order, within) => withDeath(within, (_, own) => world.work.takeImage(actor, order, own)),
      proveImage: (actor, id, within) => withDeath(within, (_, own) => world.work.proveImage(actor, id, own)),
    };
  }
  const countOf = async (scheduleId: string) => {
    const { rows } = await world.database.pool.query(
      `SELECT (SELECT count(*)::int FROM cms.images WHERE schedule_id = $1) AS images, (SELECT count(*)::int
         FROM cms.drills d JOIN cms.images m ON m.id = d.image_id WHERE m.schedule_id = $1) AS drills`,
      [scheduleId],
    );
    return rows[0];
  };

  it.each<Death>(['before anything was written', 'before it was committed', 'after it was committed'])(
    'neither loses nor doubles an image or a drill: %s',
    async (at) => {
      const { id, run } = await begin(2, { drillEvery: 1, concurrency: 2 });
      const { database } = world;
      const feeder = createFeeder({ database, work: dying(at) });
      // Each of its goes ends in a death; one that begins anew goes on where that was.
      for (let nth = 0; nth < 2; nth += 1) await feeder.feed(run.id).catch(() => undefined);
      await world.feedAll();
      expect(await countOf(id)).toEqual({ images: 2, drills: 0 });
      for (const { operationId } of await world.runImages(run.id)) await world.end(operationId, 'SUCCEEDED');
      for (let nth = 0; nth < 2; nth += 1) await feeder.feed(run.id).catch(() => undefined);
      await world.feedAll();
      expect(await countOf(id)).toEqual({ images: 2, drills: 2 });
      expect((await world.runImages(run.id)).map(({ state }) => state)).toEqual(['PROVING', 'PROVING']);
    },
  );
});
