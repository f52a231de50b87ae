import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { operationEvents, operationSteps, operations } from '../../../drizzle/tables/index.ts';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { ensureQueue, startBoss } from '../../../src/workflow/queue/boss.ts';
import { createTestDatabase } from '../../support/test-database.ts';
import { AN_ORDER, AnyInput, eventually, log, useBench } from './bench.ts';
import { shortWorkflow } from './short-workflow.ts';

const bench = useBench();

describe('enqueue', () => {
  it('leaves nothing when the transaction is rolled back, five times at once', async () => {
    const workflow = shortWorkflow('rolled-back');
    const workflows = [workflow];
    const queue = bench.queue(workflows);
    const attempts = Array.from({ length: 5 }, () =>
      bench.database.transaction(async (tx) => {
        await queue.enqueue(tx, workflow, {}, AN_ORDER);
        throw new Error('changed my mind');
      }),
    );
    for (const attempt of await Promise.allSettled(attempts)) expect(attempt.status).toBe('rejected');
    const { orm } = bench.database;
    expect(await orm.$count(operations)).toBe(0);
    expect(await orm.$count(operationSteps)).toBe(0);
    expect(await orm.$count(operationEvents)).toBe(0);
    const { rows } = await orm.execute(sql`SELECT id FROM pgboss.job WHERE name LIKE '%rolled-back%'`);
    expect(rows).toEqual([]);
  });

  it('shows the whole way from the start', async () => {
    const workflows = [shortWorkflow('shown')];
    const id = await bench.enqueue(workflows, 'shown', { imageId: 'x' });
    expect(await bench.read(id)).toMatchObject({ state: 'QUEUED', percent: 0, sequence: 1, run: 1, fence: 0 });
    expect((await bench.steps(id)).map(({ name, state, position }) => [position, name, state])).toEqual([
      [1, 'Work', 'PENDING'],
      [2, 'Commit', 'PENDING'],
    ]);
    expect(await bench.events(id)).toMatchObject([{ sequence: 1, state: 'QUEUED', percent: 0, step: null }]);
  });
});

describe('the queue', () => {
  it('is made once by five processes that start at a time on an empty database', async () => {
    const empty = await createTestDatabase();
    const bosses = await Promise.all(Array.from({ length: 5 }, () => startBoss({ url: empty.url, log })));
    await Promise.all(bosses.map((boss) => ensureQueue(boss, 'toygres/x/w/1.0.0')));
    expect(await bosses[0]?.getQueue('toygres/x/w/1.0.0')).toMatchObject({
      policy: 'exclusive',
      retryLimit: 1_000_000,
      heartbeatSeconds: 10,
    });
    await Promise.all(bosses.map((boss) => boss.stop({ graceful: false })));
    await empty.stop();
  });
});

describe('workflow versions', () => {
  it('pins a run to the version it began with, and gives new ones the newest that a live worker has', async () => {
    const ran: string[] = [];
    let finishOld = () => {};
    const gate = new Promise<void>((resolve) => {
      finishOld = resolve;
    });
    const one = shortWorkflow('pinned', '1.9.0', async () => {
      ran.push('1.9.0');
      await gate;
    });
    const two = shortWorkflow('pinned', '1.10.0', async () => ran.push('1.10.0'));
    const three = shortWorkflow('pinned', '2.0.0', async () => ran.push('2.0.0'));
    // The one who enqueues knows a version that no worker has yet: it must not be chosen.
    const known = [three];
    const oldWorker = await bench.worker([one]);
    const old = await bench.enqueue(known, 'pinned');
    await eventually('the old version at work', () => ran.includes('1.9.0'));
    const newWorker = await bench.worker([two]);
    const fresh = await bench.enqueue(known, 'pinned');
    await bench.reach(fresh, 'SUCCEEDED');
    expect((await bench.read(fresh)).workflowVersion).toBe('1.10.0');
    finishOld();
    expect(await bench.reach(old, 'SUCCEEDED')).toMatchObject({ workflowVersion: '1.9.0' });
    expect(ran).toEqual(['1.9.0', '1.10.0']);
    await newWorker.stop({ graceMs: 100 });
    expect((await bench.read(await bench.enqueue(known, 'pinned'))).workflowVersion).toBe('1.9.0');
    await oldWorker.stop({ graceMs: 100 });
    expect((await bench.read(await bench.enqueue(known, 'pinned'))).workflowVersion).toBe('2.0.0');
  });

  it('fails a run whose version no worker has had for too long, compensated by the version that is here', async () => {
    const settled: string[] = [];
    const gone = shortWorkflow('stranded', '1.0.0');
    const here = defineWorkflow('stranded', '2.0.0', AnyInput)
      .steps({ Other: 1 })
      .onFailure({
        async settle(_tx, _services, _input, failure) {
          settled.push(failure.code);
        },
      })
      .run(async ({ step }) => {
        await step('Other', async () => undefined);
      });
    const id = await bench.enqueue([gone], 'stranded');
    await bench.database.orm.execute(sql`ALTER TABLE cms.operations DISABLE TRIGGER touch`);
    await bench.database.orm.execute(
      sql`UPDATE cms.operations SET updated_at = now() - interval '2 days' WHERE id = ${id}`,
    );
    await bench.database.orm.execute(sql`ALTER TABLE cms.operations ENABLE TRIGGER touch`);
    await bench.worker([here]);
    expect((await bench.reach(id, 'FAILED')).failure).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('version 1.0.0'),
    });
    expect(settled).toEqual(['UNAVAILABLE']);
    expect((await bench.steps(id)).map((step) => step.state)).toEqual(['SKIPPED', 'SKIPPED']);
  });
});
