import { describe, expect, it } from 'vitest';
import { insertInstance } from '../../support/sample-rows.ts';
import { ago, createRuns, MINUTE } from './begun-runs.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const { begin } = createRuns(world);
const ANN = { kind: 'USER', id: null, name: 'ann', role: 'OPERATOR' } as const;

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

  it('that nobody can tell is told of its own schedule, stops no other, and comes again when it can be told', async () => {
    const unknown = await world.create();
    const other = await world.create();
    for (const { labels } of [unknown, other]) await insertInstance(world.database, { labels });
    const zone = (name: string) =>
      world.database.pool.query('UPDATE cms.schedules SET time_zone = $2 WHERE id = $1', [unknown.id, name]);
    const nextDue = async () => {
      const { rows } = await world.database.pool.query<{ at: Date }>(
        'SELECT next_due_at AS at FROM cms.schedules WHERE id = $1',
        [unknown.id],
      );
      return rows[0]?.at.getTime() ?? 0;
    };
    await zone('Mars/Olympus_Mons');
    await world.due(unknown.id, ago(3));
    await world.due(other.id, ago(2));
    await world.plan();
    expect(await world.runs(other.id)).toMatchObject([{ state: 'RUNNING', dueAt: ago(2) }]);
    const failed = { state: 'FAILED', dueAt: ago(3), message: expect.stringContaining('time zone Mars/Olympus_Mons') };
    expect(await world.runs(unknown.id)).toMatchObject([failed]);
    expect(await nextDue()).toBeGreaterThan(Date.now() + 50 * MINUTE);
    // Told once, however often it is looked at.
    await world.due(unknown.id, ago(1));
    await world.plan();
    expect(await world.runs(unknown.id)).toMatchObject([failed]);
    const change = (values: object) => world.commands.update(ANN, { scheduleId: unknown.id, ...values });
    await change({ enabled: false });
    await expect(change({ enabled: true })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'timeZone' },
    });
    await change({ enabled: true, timeZone: 'Europe/Berlin' });
    await world.due(unknown.id, ago(1));
    await world.plan();
    expect(await world.runs(unknown.id)).toMatchObject([{ state: 'RUNNING', dueAt: ago(1) }, failed]);
    expect(await nextDue()).toBeGreaterThan(Date.now());
  });

  it('of a schedule with which something fails stops no other', async () => {
    const [broken, other] = [await world.create(), await world.create()];
    for (const { labels } of [broken, other]) await insertInstance(world.database, { labels });
    // What the database itself refuses.
    await world.database.pool.query(
      `CREATE FUNCTION cms.refuse_run() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
       CREATE TRIGGER refuse_run BEFORE INSERT ON cms.schedule_runs FOR EACH ROW
         WHEN (NEW.schedule_id = '${broken.id}') EXECUTE FUNCTION cms.refuse_run()`,
    );
    try {
      await world.due(broken.id, ago(3));
      await world.due(other.id, ago(2));
      await world.plan();
      expect(await world.runs(broken.id)).toEqual([]);
      expect(await world.runs(other.id)).toMatchObject([{ state: 'RUNNING', dueAt: ago(2) }]);
    } finally {
      await world.database.pool.query('DROP FUNCTION cms.refuse_run CASCADE');
    }
    await world.plan();
    expect(await world.runs(broken.id)).toMatchObject([{ state: 'RUNNING', dueAt: ago(3) }]);
  });

  it('does not come for a schedule that is disabled, and none is made up for when it is enabled again', async () => {
    const schedule = await world.create({ cron: '* * * * *', enabled: false });
    await world.plan();
    await world.commands.update(ANN, {
      scheduleId: schedule.id,
      enabled: true,
    });
    await world.plan();
    expect(await world.runs(schedule.id)).toEqual([]);
  });

  it('comes again after the clock of the database was ahead for a while, and none comes twice', async () => {
    const schedule = await world.create({ cron: '*/10 * * * *' });
    await insertInstance(world.database, { labels: schedule.labels });
    const last = new Date(Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE);
    await world.due(schedule.id, last);
    await world.plan();
    const [run] = await world.runs(schedule.id);
    expect(run).toMatchObject({ dueAt: last, state: 'RUNNING' });
    await world.asWrittenAhead(
      `UPDATE cms.schedules SET next_due_at = next_due_at + interval '1 year', last_due_at = last_due_at + interval '1 year',
         due_before_at = last_due_at + interval '1 year', promised_since = promised_since + interval '1 year',
         updated_at = now() + interval '1 year' WHERE id = $1`,
      schedule.id,
    );
    await world.plan();
    const { rows } = await world.database.pool.query<{ next: Date; last: Date | null; since: Date }>(
      'SELECT next_due_at AS next, last_due_at AS last, promised_since AS since FROM cms.schedules WHERE id = $1',
      [schedule.id],
    );
    const [stands] = rows;
    expect(stands?.next.getTime()).toBeGreaterThan(Date.now());
    expect(stands?.next.getTime()).toBeLessThanOrEqual(Date.now() + 10 * MINUTE);
    expect(stands?.last).toBeNull();
    expect(stands?.since.getTime()).toBeLessThanOrEqual(Date.now());
    // A time that came before the clock was set back is not taken a second time.
    await world.database.pool.query(`UPDATE cms.schedule_runs SET state = 'SUCCEEDED' WHERE id = $1`, [run?.id]);
    await world.due(schedule.id, last);
    await world.plan();
    expect(await world.runs(schedule.id)).toMatchObject([{ id: run?.id, dueAt: last }]);
  });

  it('is none of a disabled schedule, also after the clock was ahead', async () => {
    const schedule = await world.create({ enabled: false });
    await world.asWrittenAhead(
      `UPDATE cms.schedules SET updated_at = now() + interval '1 year' WHERE id = $1`,
      schedule.id,
    );
    await world.plan();
    const { rows } = await world.database.pool.query('SELECT next_due_at FROM cms.schedules WHERE id = $1', [
      schedule.id,
    ]);
    expect(rows).toEqual([{ next_due_at: null }]);
  });
});
