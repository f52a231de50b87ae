import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { workers } from '../../../drizzle/tables/index.ts';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { createListener } from '../../../src/db/listener.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { AN_ORDER, AnyInput, countTo, eventually, log, nothingToSettle, useBench } from './bench.ts';
import { shortWorkflow } from './short-workflow.ts';

const bench = useBench();

describe('the worker', () => {
  it('is in the list while it lives and leaves it when it stops', async () => {
    const worker = await bench.worker([shortWorkflow('listed')]);
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
    const workflows = [shortWorkflow('elsewhere')];
    await bench.worker(workflows, { platformId: `local:${randomUUID()}` });
    const id = await bench.enqueue(workflows, 'elsewhere');
    const own = [shortWorkflow('here')];
    await bench.worker(own);
    await bench.reach(await bench.enqueue(own, 'here'), 'SUCCEEDED');
    expect((await bench.read(id)).state).toBe('QUEUED');
  });

  it('takes up again what the queue has lost or given up, when it starts', async () => {
    const workflows = [shortWorkflow('lost')];
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
    let ran = 0;
    const workflow = shortWorkflow(name, '1.0.0', async () => {
      ran += 1;
    });
    const workflows = [workflow];
    const queue = bench.queue(workflows);
    const ids = await bench.database.transaction(async (tx) => {
      const all: string[] = [];
      for (let index = 0; index < 500; index += 1) all.push(await queue.enqueue(tx, workflow, {}, AN_ORDER));
      return all;
    });
    for (let index = 0; index < count; index += 1) {
      const boss = await startBoss({ url: bench.url, log });
      const listener = createListener({ url: bench.url, log });
      await listener.start();
      // Whoever has to wait for a look by itself again and again is not over in time.
      const worker = await bench.worker(workflows, { boss, listener, concurrency: 8, pollMs: 60_000 });
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
    expect(ran).toBe(500);
    const { rows } = await bench.database.orm.execute<{ sequences: number[] }>(
      sql`SELECT array_agg(sequence ORDER BY sequence) AS sequences FROM cms.operation_events
        WHERE operation_id IN ${ids} GROUP BY operation_id`,
    );
    expect(rows).toHaveLength(500);
    for (const { sequences } of rows) expect(sequences).toEqual(countTo(sequences.length));
  });
  const stops: (() => Promise<void>)[] = [];
});
