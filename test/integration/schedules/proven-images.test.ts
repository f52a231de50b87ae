import { describe, expect, it } from 'vitest';
import { insertInstance } from '../../support/sample-rows.ts';
import { ago, createRuns } from './begun-runs.ts';
import { useScheduleWorld } from './schedule-world.ts';

const world = useScheduleWorld();
const { underWay } = createRuns(world);

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
