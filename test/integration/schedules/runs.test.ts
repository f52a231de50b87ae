import { describe, expect, it } from 'vitest';
import { createFeeder } from '../../../src/schedules/feeder.ts';
import type { ScheduledWork } from '../../../src/schedules/ports.ts';
import { insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Math.floor(Date.now() / MINUTE - minutes) * MINUTE);

async function underWay(scheduleId: string) {
  const run = (await world.runs(scheduleId)).find(({ state }) => state === 'RUNNING');
  if (run === undefined) throw new Error('no run is under way');
  return run;
}

/** A schedule with instances, whose run is under way. */
async function begin(instances: number, values: Parameters<typeof world.create>[0] = {}) {
  const schedule = await world.create(values);
  for (let n = 0; n < instances; n++) await insertInstance(world.database, { labels: schedule.labels });
  await world.due(schedule.id, ago(1));
  await world.plan();
  return { ...schedule, run: await underWay(schedule.id) };
}

describe('a time at which a schedule is due', () => {
  it('is begun once, however many look at it at the same time', async () => {
    const schedule = await world.create();
    await insertInstance(world.database, { labels: schedule.labels });
    await world.due(schedule.id, ago(2));
    await Promise.all(Array.from({ length: 6 }, () => world.plan()));
    const runs = await world.runs(schedule.id);
    expect(runs).toMatchObject([{ dueAt: ago(2), state: 'RUNNING' }]);
    await Promise.all(Array.from({ length: 6 }, () => world.feedAll()));
    await world.feedAll();
    const images = await world.runImages(runs[0]?.id ?? '');
    expect(images).toMatchObject([{ state: 'TAKING', operationId: expect.any(String) }]);
    const { rows } = await world.database.pool.query(
      'SELECT name, schedule_id FROM cms.images WHERE schedule_id = $1',
      [schedule.id],
    );
    expect(rows).toHaveLength(1);
  });

  it('is made up for by one run after an outage, and the missed ones say so', async () => {
    const schedule = await world.create({ cron: '*/10 * * * *' });
    await insertInstance(world.database, { labels: schedule.labels });
    const first = new Date(Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE - 50 * MINUTE);
    await world.due(schedule.id, first);
    await world.plan();
    const [newest, ...missed] = await world.runs(schedule.id);
    expect(newest).toMatchObject({ state: 'RUNNING' });
    expect(missed).toHaveLength(5);
    for (const run of missed) {
      expect(run).toMatchObject({ state: 'SKIPPED', startedAt: null });
      expect(run.message).toContain(`due at ${newest?.dueAt.toISOString()} makes up for it`);
    }
  });

  it('is skipped while the run before is under way', async () => {
    const { id, run } = await begin(1);
    await world.due(id, ago(0));
    await world.plan();
    expect(await world.runs(id)).toMatchObject([
      { state: 'SKIPPED', message: `The run that was due at ${run.dueAt.toISOString()} was still under way.` },
      { state: 'RUNNING' },
    ]);
  });

  it('has failed when there is nothing to take an image of', async () => {
    const byLabels = await world.create();
    await insertInstance(world.database, { labels: byLabels.labels, state: 'STOPPED' });
    const instanceId = await insertInstance(world.database, { state: 'STOPPED' });
    const ofOne = await world.create({ selector: null, instanceId });
    for (const { id } of [byLabels, ofOne]) {
      await world.due(id, ago(1));
      await world.plan();
      expect(await world.runs(id)).toMatchObject([
        { state: 'FAILED', message: expect.stringContaining('no image was taken') },
      ]);
    }
  });

  it('does not come for a schedule that is disabled, and none is made up for when it is enabled again', async () => {
    const schedule = await world.create({ cron: '* * * * *', enabled: false });
    await world.plan();
    await world.commands.update(
      { kind: 'USER', id: null, name: 'ann', role: 'OPERATOR' },
      {
        scheduleId: schedule.id,
        enabled: true,
      },
    );
    await world.plan();
    expect(await world.runs(schedule.id)).toEqual([]);
  });
});

describe('the images of a run', () => {
  it('are never more under way than the schedule allows, and all are taken in the end', async () => {
    const { id, run } = await begin(7, { concurrency: 2 });
    for (let round = 0; round < 10 && (await world.runs(id))[0]?.state === 'RUNNING'; round++) {
      await Promise.all([world.feedAll(), world.feedAll(), world.feedAll()]);
      const open = (await world.runImages(run.id)).filter(({ state }) => state === 'TAKING');
      expect(open.length).toBeLessThanOrEqual(2);
      for (const { operationId } of open) await world.end(operationId, 'SUCCEEDED');
    }
    expect(await world.runs(id)).toMatchObject([{ state: 'SUCCEEDED', message: '7 images taken.' }]);
    const { rows } = await world.database.pool.query(
      'SELECT DISTINCT source_instance_id FROM cms.images WHERE schedule_id = $1',
      [id],
    );
    expect(rows).toHaveLength(7);
  });

  it('that fail make the run PARTIAL, named with their reason', async () => {
    const { id, run } = await begin(2);
    await world.feedAll();
    const [first, second] = await world.runImages(run.id);
    await world.end(first?.operationId ?? null, 'SUCCEEDED');
    await world.end(second?.operationId ?? null, 'FAILED', 'the disk is full');
    await world.feedAll();
    expect(await world.runs(id)).toMatchObject([
      { state: 'PARTIAL', message: `1 image taken, 1 failed. ${second?.name}: the disk is full` },
    ]);
  });

  it('wait for an instance that is busy, and leave out one that has been stopped', async () => {
    const { run, labels } = await begin(2, { concurrency: 1 });
    const [first, second] = await world.runImages(run.id);
    const { rows } = await world.database.pool.query<{ id: string; name: string }>(
      'SELECT id, name FROM cms.instances WHERE labels @> $1 ORDER BY name',
      [labels],
    );
    const restart = await insertOperation(world.database, {
      kind: 'RESTART_INSTANCE',
      state: 'RUNNING',
      instanceId: rows[0]?.id ?? null,
    });
    await world.database.pool.query(`UPDATE cms.instances SET state = 'STOPPED' WHERE id = $1`, [rows[1]?.id]);
    await world.feedAll();
    expect(await world.runImages(run.id)).toMatchObject([
      { name: first?.name, state: 'PENDING', message: expect.stringContaining(restart) },
      { name: second?.name, state: 'SKIPPED', message: expect.stringContaining('STOPPED') },
    ]);
    await world.database.pool.query(`UPDATE cms.operations SET state = 'SUCCEEDED' WHERE id = $1`, [restart]);
    await world.database.pool.query('UPDATE cms.scheduled_images SET retry_at = now() WHERE run_id = $1', [run.id]);
    await world.feedAll();
    expect(await world.runImages(run.id)).toMatchObject([{ state: 'TAKING' }, { state: 'SKIPPED' }]);
  });

  it('of two schedules that are due at the same moment have names of their own', async () => {
    const labels = { shared: 'two' };
    const instanceId = await insertInstance(world.database, { name: 'two-schedules', labels });
    const [a, b] = [await world.create({ selector: labels }), await world.create({ selector: null, instanceId })];
    for (const { id } of [a, b]) await world.due(id, ago(3));
    await world.plan();
    await world.feedAll();
    const { rows } = await world.database.pool.query<{ name: string }>(
      'SELECT name FROM cms.images WHERE source_instance_id = $1 ORDER BY length(name)',
      [instanceId],
    );
    const time = ago(3).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
    expect(rows[0]?.name).toBe(`two-schedules-${time}`);
    expect(rows[1]?.name).toMatch(new RegExp(`^two-schedules-${time}-[0-9a-f]{4}$`));
  });

  it('are begun by the schedule, which is their actor', async () => {
    const { id, of, run } = await begin(1);
    await world.feedAll();
    const [image] = await world.runImages(run.id);
    const [operation] = await world.operations.byIds([image?.operationId ?? '']);
    expect(operation).toMatchObject({ kind: 'CREATE_IMAGE', actor: { kind: 'SCHEDULE', id, name: of } });
  });

  it.each(['before anything', 'before the commit', 'after the commit'])(
    'are neither lost nor taken twice when the worker dies %s',
    async (moment) => {
      const { id, run } = await begin(3, { concurrency: 3 });
      const died = new Error('killed');
      let steps = 0;
      const dying: ScheduledWork = {
        ...world.work,
        async takeImage(actor, order, within) {
          steps += 1;
          if (moment === 'before anything' && steps === 2) throw died;
          await world.work.takeImage(actor, order, {
            claim: within.claim,
            record: async (tx, begun) => {
              await within.record(tx, begun);
              if (moment === 'before the commit' && steps === 2) throw died;
            },
          });
          if (moment === 'after the commit' && steps === 2) throw died;
        },
      };
      await expect(createFeeder({ database: world.database, work: dying }).feed(run.id)).rejects.toThrow(died);
      await world.feedAll();
      const images = await world.runImages(run.id);
      expect(images.map(({ state }) => state)).toEqual(['TAKING', 'TAKING', 'TAKING']);
      const { rows } = await world.database.pool.query(
        `SELECT id FROM cms.operations WHERE actor_kind = 'SCHEDULE' AND actor_id = $1`,
        [id],
      );
      expect(rows).toHaveLength(3);
    },
  );
});

describe('a run by hand', () => {
  const ann = { kind: 'USER', id: null, name: 'ann', role: 'OPERATOR' } as const;

  it('is begun at once, and refused while one is under way', async () => {
    const schedule = await world.create({ enabled: false });
    await insertInstance(world.database, { labels: schedule.labels });
    const { runId } = await world.commands.run(ann, { scheduleId: schedule.id });
    expect(await world.runs(schedule.id)).toMatchObject([{ id: runId, state: 'RUNNING' }]);
    await expect(world.commands.run(ann, { scheduleId: schedule.id })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('of a schedule that is deleted meanwhile leaves its operations alone', async () => {
    const { id, run } = await begin(1);
    await world.feedAll();
    const [image] = await world.runImages(run.id);
    await world.commands.delete(ann, { scheduleId: id });
    await world.feedAll();
    expect(await world.runs(id)).toEqual([]);
    expect((await world.operations.byIds([image?.operationId ?? '']))[0]?.state).toBe('QUEUED');
  });
});

describe('a schedule that proves every second image of an instance', () => {
  it('has it proven before it counts as taken, and says why where it was not', async () => {
    const schedule = await world.create({ drillEvery: 2 });
    await insertInstance(world.database, { labels: schedule.labels });
    /** Begins the next run, and lets its image be taken; answers with what became of it. */
    const takeNext = async (minutes: number) => {
      await world.due(schedule.id, ago(minutes));
      await world.plan();
      const run = await underWay(schedule.id);
      await world.feedAll();
      const [begun] = await world.runImages(run.id);
      await world.end(begun?.operationId ?? null, 'SUCCEEDED');
      await world.feedAll();
      return run.id;
    };
    const endDrill = async (runId: string, state: 'SUCCEEDED' | 'FAILED') => {
      const { rows } = await world.database.pool.query<{ id: string }>(
        `UPDATE cms.operations SET state = $2, failure = $3, finished_at = now()
         WHERE id = (SELECT drill_operation_id FROM cms.scheduled_images WHERE run_id = $1) RETURNING id`,
        [runId, state, state === 'FAILED' ? { code: 'STEP_FAILED', message: 'rows are missing', step: null } : null],
      );
      await world.feedAll();
      return rows[0]?.id;
    };
    const states = async (runId: string) => ({
      image: (await world.runImages(runId))[0]?.state,
      run: (await world.runs(schedule.id)).find(({ id }) => id === runId),
    });

    const first = await takeNext(40);
    expect(await states(first)).toMatchObject({ image: 'SUCCEEDED', run: { state: 'SUCCEEDED' } });

    const second = await takeNext(30);
    expect(await states(second)).toMatchObject({ image: 'PROVING', run: { state: 'RUNNING' } });
    const { rows } = await world.database.pool.query(
      `SELECT d.state, o.actor_kind, o.kind FROM cms.drills d JOIN cms.operations o ON o.id = d.operation_id
       WHERE d.image_id = (SELECT image_id FROM cms.scheduled_images WHERE run_id = $1)`,
      [second],
    );
    expect(rows).toEqual([{ state: 'RUNNING', actor_kind: 'SCHEDULE', kind: 'VERIFY_IMAGE' }]);
    const drillOperation = await endDrill(second, 'SUCCEEDED');
    expect(await states(second)).toMatchObject({ image: 'SUCCEEDED', run: { state: 'SUCCEEDED' } });
    const [operations] = await world.queries.operationsOfRuns([second]);
    expect(operations).toContain(drillOperation);

    const third = await takeNext(20);
    expect(await states(third)).toMatchObject({ image: 'SUCCEEDED' });
    const fourth = await takeNext(10);
    await endDrill(fourth, 'FAILED');
    const { run } = await states(fourth);
    expect(run?.state).toBe('FAILED');
    expect(run?.message).toContain('AVAILABLE, but a drill of it did not pass: rows are missing');
  });
});

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
