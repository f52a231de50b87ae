import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationEvents, operationSteps, operations, workers } from '../../../drizzle/tables/index.ts';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { createListener } from '../../../src/events/listener.ts';
import { ensureQueue, startBoss } from '../../../src/workflow/boss.ts';
import { createTestDatabase } from '../../support/test-database.ts';
import { AnyInput, anOperation, type Bench, countTo, eventually, log, nothingToSettle, openBench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());

function short(name: string, version = '1.0.0', work: () => Promise<unknown> = async () => undefined) {
  return defineWorkflow(name, version, AnyInput)
    .steps({ Work: 1, Commit: 1 })
    .onFailure(nothingToSettle)
    .run(async ({ step }) => {
      await step('Work', async () => void (await work()));
      await step.commit('Commit', async () => undefined);
    });
}

describe('enqueue', () => {
  it('leaves nothing when the transaction is rolled back, five times at once', async () => {
    const workflows = [short('rolled-back')];
    const queue = bench.queue(workflows);
    const attempts = Array.from({ length: 5 }, () =>
      bench.database.transaction(async (tx) => {
        await queue.enqueue(tx, anOperation('rolled-back'));
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
    const workflows = [short('shown')];
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
    const one = short('pinned', '1.9.0', async () => {
      ran.push('1.9.0');
      await gate;
    });
    const two = short('pinned', '1.10.0', async () => ran.push('1.10.0'));
    const three = short('pinned', '2.0.0', async () => ran.push('2.0.0'));
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
    const gone = short('stranded', '1.0.0');
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

describe('the worker', () => {
  it('is in the list while it lives and leaves it when it stops', async () => {
    const worker = await bench.worker([short('listed')]);
    const row = async () =>
      (await bench.database.orm.select().from(workers).where(sql`${workers.id} = ${worker.id}`))[0];
    expect(await row()).toMatchObject({
      platform: bench.platformId,
      pid: process.pid,
      release: 'test',
      workflows: [
        {
          name: 'listed',
          version: '1.0.0',
          steps: [
            { name: 'Work', weight: 1 },
            { name: 'Commit', weight: 1 },
          ],
        },
      ],
    });
    await worker.stop({ graceMs: 0 });
    expect(await row()).toBeUndefined();
  });

  it('leaves the operations of another platform alone', async () => {
    const workflows = [short('elsewhere')];
    await bench.worker(workflows, { platformId: `local:${randomUUID()}` });
    const id = await bench.enqueue(workflows, 'elsewhere');
    const own = [short('here')];
    await bench.worker(own);
    await bench.reach(await bench.enqueue(own, 'here'), 'SUCCEEDED');
    expect((await bench.read(id)).state).toBe('QUEUED');
  });

  it('takes up again what the queue has lost or given up, when it starts', async () => {
    const workflows = [short('lost')];
    const lost = await bench.enqueue(workflows, 'lost');
    const exhausted = await bench.enqueue(workflows, 'lost');
    await bench.database.orm.execute(sql`DELETE FROM pgboss.job WHERE data->>'operationId' = ${lost}`);
    await bench.database.orm.execute(
      sql`UPDATE pgboss.job SET state = 'failed', completed_on = now() WHERE data->>'operationId' = ${exhausted}`,
    );
    await bench.worker(workflows);
    await bench.reach(lost, 'SUCCEEDED');
    await bench.reach(exhausted, 'SUCCEEDED');
  });

  it('goes on with a run that the queue has taken from it and given to another: the first attempt says no more', async () => {
    const attempts: AbortSignal[] = [];
    const story = defineWorkflow('expired', '1.0.0', AnyInput)
      .steps({ Work: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Work', async ({ signal, attempt }) => {
          attempts.push(signal);
          if (attempt === 2) return undefined;
          return new Promise<undefined>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        });
      });
    const workflows = [story];
    const id = await bench.enqueue(workflows, 'expired');
    await bench.worker(workflows);
    await eventually('the first attempt', () => attempts.length === 1);
    // As the queue does with a job that is older than its expiry.
    await bench.database.orm.execute(
      sql`UPDATE pgboss.job SET started_on = now() - interval '25 hours' WHERE data->>'operationId' = ${id}`,
    );
    expect(await bench.reach(id, 'SUCCEEDED')).toMatchObject({ fence: 2 });
    expect(attempts[0]?.aborted).toBe(true);
    expect((await bench.events(id)).filter((event) => event.step?.failure != null)).toEqual([]);
  });

  it('lets the step in hand end within the grace when it stops, and begins no other', async () => {
    const ran: string[] = [];
    let finish = () => {};
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const story = defineWorkflow('graceful', '1.0.0', AnyInput)
      .steps({ One: 1, Two: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('One', async () => {
          ran.push('One');
          await gate;
        });
        await step('Two', async () => void ran.push('Two'));
      });
    const workflows = [story];
    const worker = await bench.worker(workflows);
    const id = await bench.enqueue(workflows, 'graceful');
    await eventually('the first step', () => ran.length === 1);
    const stopped = worker.stop({ graceMs: 10_000 });
    finish();
    await stopped;
    expect((await bench.steps(id)).map((step) => step.state)).toEqual(['SUCCEEDED', 'PENDING']);
    expect((await bench.read(id)).state).toBe('RUNNING');
    await bench.worker(workflows);
    await bench.reach(id, 'SUCCEEDED');
    expect(ran).toEqual(['One', 'Two']);
  });
});

describe('a backlog of 500 short runs', () => {
  it.each([1, 2])('is drained without pauses by %i worker(s), every event sequence without gap', async (count) => {
    const name = `backlog-${count}`;
    const ends: number[] = [];
    const workflows = [short(name, '1.0.0', async () => ends.push(performance.now()))];
    const queue = bench.queue(workflows);
    const ids = await bench.database.transaction(async (tx) => {
      const all: string[] = [];
      for (let index = 0; index < 500; index += 1) all.push(await queue.enqueue(tx, anOperation(name)));
      return all;
    });
    for (let index = 0; index < count; index += 1) {
      const boss = await startBoss({ url: bench.url, log });
      const listener = createListener({ url: bench.url, log });
      await listener.start();
      const worker = await bench.worker(workflows, { boss, listener, concurrency: 8 });
      stops.push(async () => {
        await worker.stop({ graceMs: 1000 });
        await listener.stop();
        await boss.stop({ graceful: false });
      });
    }
    await eventually('the end of the backlog', async () => {
      const { rows } = await bench.database.orm.execute<{ left: number }>(
        sql`SELECT count(*)::int AS left FROM cms.operations WHERE workflow = ${name} AND state <> 'SUCCEEDED'`,
      );
      return rows[0]?.left === 0;
    });
    while (stops.length > 0) await stops.pop()?.();
    expect(ends).toHaveLength(500);
    const pauses = ends.sort((a, b) => a - b).map((end, index) => end - (ends[index - 1] ?? end));
    // A pause would be at least as long as the wait for the backstop poll, again and again.
    expect(pauses.filter((pause) => pause >= 900).length).toBeLessThan(3);
    const { rows } = await bench.database.orm.execute<{ sequences: number[] }>(
      sql`SELECT array_agg(sequence ORDER BY sequence) AS sequences FROM cms.operation_events
        WHERE operation_id IN ${ids} GROUP BY operation_id`,
    );
    expect(rows).toHaveLength(500);
    for (const { sequences } of rows) expect(sequences).toEqual(countTo(sequences.length));
  });
  const stops: (() => Promise<void>)[] = [];
});
