import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { type ClaimedRun, claimRun } from '../../../src/stores/runs/claim.ts';
import { endOperation, lockRun, recordFailure, recordUndone } from '../../../src/stores/runs/ending.ts';
import { type StepWrite, writeStep } from '../../../src/stores/runs/steps.ts';
import { AnyInput, countTo, nothingToSettle, useBench } from './bench.ts';

const workflows = [
  defineWorkflow('fenced', '1.0.0', AnyInput)
    .steps({ One: 1, Two: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('One', async () => undefined);
    }),
];
const bench = useBench();
let claimed: ClaimedRun;
beforeEach(async () => {
  const id = await bench.enqueue(workflows, 'fenced');
  const run = await claimRun(bench.database, id, 1);
  if (run === null) throw new Error('the run could not be claimed');
  claimed = run;
});

const begin: StepWrite = { kind: 'begin', position: 1, attempt: 1, progress: null, failure: null, percent: 0 };
const succeed: StepWrite = { ...begin, kind: 'succeed', result: { a: 1 }, percent: 50 };
const write = (what: StepWrite, by = claimed) => writeStep(bench.database, by, what);
const sequences = async () => (await bench.events(claimed.id)).map((event) => event.sequence);

describe('the write of a step', () => {
  it('made twice, since the answer to the first was lost, is written once', async () => {
    for (const each of [begin, begin, succeed, succeed]) expect((await write(each)).kind).toBe('written');
    expect(await sequences()).toEqual(countTo(4));
    expect((await bench.steps(claimed.id))[0]).toMatchObject({ state: 'SUCCEEDED', attempt: 1, result: { a: 1 } });
  });

  it('is refused when another attempt has claimed the run, whatever it says', async () => {
    await write(begin);
    const later = await claimRun(bench.database, claimed.id, 1);
    expect(later).toMatchObject({ fence: claimed.fence + 1, sequence: 3 });
    for (const each of [begin, succeed, { ...begin, kind: 'report' } as const]) {
      expect(await write(each)).toEqual({ kind: 'superseded' });
    }
    expect(await sequences()).toEqual(countTo(3));
    await bench.database.transaction(async (tx) => {
      expect(await lockRun(tx, claimed)).toBeNull();
      expect(await recordUndone(tx, claimed, 'x')).toBe(false);
    });
  });

  it('begins nothing of what is being cancelled, but still records what was done', async () => {
    await write(begin);
    await bench.queue(workflows).cancel(claimed.id);
    expect(await write(succeed)).toMatchObject({ kind: 'written', state: 'CANCELLING' });
    expect(await write({ ...begin, position: 2 })).toEqual({ kind: 'cancelling' });
  });

  it('never lets the percent of the operation fall', async () => {
    await write(begin);
    await write({ ...begin, kind: 'report', percent: 40 });
    await write({ ...begin, kind: 'report', percent: 10 });
    expect((await bench.events(claimed.id)).map((event) => event.percent)).toEqual([0, 0, 0, 40, 40]);
  });
});

describe('the end of a run', () => {
  it('keeps the first cause, and is rolled back with the records that are settled in its transaction', async () => {
    await write(begin);
    const first = { code: 'STEP_FAILED', message: 'first', step: 'One' };
    const cause = (failure: typeof first) =>
      bench.database.transaction(async (tx) => {
        const row = await lockRun(tx, claimed);
        return row === null ? null : recordFailure(tx, row, failure, failure);
      });
    expect(await cause(first)).toEqual(first);
    expect(await cause({ ...first, message: 'second' })).toEqual(first);
    const ended = bench.database.transaction(async (tx) => {
      const row = await lockRun(tx, claimed);
      if (row !== null) await endOperation(tx, row, 'FAILED', first);
      throw new Error('the records could not be settled');
    });
    await expect(ended).rejects.toThrow('settled');
    expect(await bench.read(claimed.id)).toMatchObject({ state: 'RUNNING', failure: first, sequence: 5 });
    expect(await sequences()).toEqual(countTo(5));
  });

  it('leaves nothing to claim, nor does a job of an earlier run', async () => {
    expect(await claimRun(bench.database, claimed.id, 2)).toBeNull();
    await bench.database.orm.execute(sql`UPDATE cms.operations SET state = 'SUCCEEDED' WHERE id = ${claimed.id}`);
    expect(await claimRun(bench.database, claimed.id, 1)).toBeNull();
  });
});
