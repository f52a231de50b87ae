import { describe, expect, it } from 'vitest';
import { createFeeder } from '../../../src/schedules/feeder.ts';
import type { ScheduledWork } from '../../../src/schedules/ports.ts';
import { createScheduleCommands } from '../../../src/services/schedules/schedule-commands.ts';
import { insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { admin, newName } from '../services/command-world.ts';
import { ago, createRuns } from './begun-runs.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const { begin } = createRuns(world);

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

  it('that somebody cancelled are told apart from those that failed', async () => {
    const { id, run } = await begin(2);
    await world.feedAll();
    const [first, second] = await world.runImages(run.id);
    await world.end(first?.operationId ?? null, 'CANCELLED');
    await world.end(second?.operationId ?? null, 'SUCCEEDED');
    await world.feedAll();
    expect(await world.runs(id)).toMatchObject([
      { state: 'PARTIAL', message: `1 image taken, 1 cancelled. ${first?.name}: It was cancelled.` },
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

  it('of a busy instance are given up only when nothing else of the run was done for an hour', async () => {
    const { id, run, labels } = await begin(2, { concurrency: 1 });
    const { rows } = await world.database.pool.query<{ id: string }>(
      'SELECT id FROM cms.instances WHERE labels @> $1 ORDER BY name',
      [labels],
    );
    await world.feedAll();
    const [first] = await world.runImages(run.id);
    expect(first?.state).toBe('TAKING');
    await insertOperation(world.database, {
      kind: 'RESTART_INSTANCE',
      state: 'RUNNING',
      instanceId: rows[1]?.id ?? null,
    });
    // The first image took three hours.
    await world.database.pool.query(
      `UPDATE cms.schedule_runs SET started_at = started_at - interval '3 hours' WHERE id = $1`,
      [run.id],
    );
    await world.end(first?.operationId ?? null, 'SUCCEEDED');
    await world.feedAll();
    expect(await world.runImages(run.id)).toMatchObject([{ state: 'SUCCEEDED' }, { state: 'PENDING' }]);
    await world.database.pool.query(
      `UPDATE cms.operations SET created_at = created_at - interval '3 hours', finished_at = finished_at - interval '61 minutes'
       WHERE id = $1`,
      [first?.operationId],
    );
    await world.database.pool.query('UPDATE cms.scheduled_images SET retry_at = now() WHERE run_id = $1', [run.id]);
    await world.feedAll();
    expect(await world.runImages(run.id)).toMatchObject([{ state: 'SUCCEEDED' }, { state: 'FAILED' }]);
    expect(await world.runs(id)).toMatchObject([{ state: 'PARTIAL' }]);
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

  it('are taken as the server is set up to take images where the schedule was given no method', async () => {
    const { gate, platform } = world;
    const commands = createScheduleCommands({ gate, platform, defaultMethod: 'PHYSICAL' });
    const input = { cron: '0 3 * * *', selector: { of: 'nobody' }, retention: { keepLast: 1 } };
    const made = await commands.create(admin, { ...input, name: newName('physical') });
    const asked = await commands.create(admin, { ...input, name: newName('logical'), method: 'LOGICAL' });
    const found = await world.queries.byIds([made.scheduleId, asked.scheduleId]);
    expect(found.map((schedule) => schedule?.method)).toEqual(['PHYSICAL', 'LOGICAL']);
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
    const again = () => world.commands.run(ann, { scheduleId: schedule.id });
    await expect(again()).rejects.toMatchObject({ code: 'CONFLICT', details: {} });
    await world.feedAll();
    const [image] = await world.runImages(runId ?? '');
    // What programs can wait for.
    await expect(again()).rejects.toMatchObject({ code: 'CONFLICT', details: { operationId: image?.operationId } });
    expect(image?.operationId).toEqual(expect.any(String));
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
