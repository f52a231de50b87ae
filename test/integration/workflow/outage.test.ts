import { afterEach, describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../../jobs/workflow/define-workflow.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { createListener } from '../../../src/db/listener.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { AnyInput, type Bench, countTo, eventually, log, nothingToSettle, useBench } from './bench.ts';

const bench = useBench();
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  while (stops.length > 0) await stops.pop()?.();
});

/** A worker whose whole way to the CMS leads through a proxy. */
async function workerBehindProxy(workflows: Parameters<Bench['worker']>[0]) {
  const proxy = await startTcpProxy(bench.url);
  const url = proxy.through(bench.url);
  const database = openDatabase({ url });
  const boss = await startBoss({ url, log });
  const listener = createListener({ url, log });
  await listener.start();
  const worker = await bench.worker(workflows, { database, boss, listener });
  stops.push(
    () => proxy.stop(),
    () => database.stop(),
    () => boss.stop({ graceful: false }),
    () => listener.stop(),
    () => worker.stop({ graceMs: 1000 }),
  );
  return { proxy, database };
}

describe('a CMS database that is away for a while', () => {
  it('fails no run: neither one in a step, nor one that waits, nor one that commits', async () => {
    let away = false;
    let looksWhileAway = 0;
    let inWrite = false;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const working = defineWorkflow('working', '1.0.0', AnyInput)
      .steps({ Work: 1, Commit: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step('Work', () => gate);
        await step.commit('Commit', async () => undefined);
      });
    const watching = defineWorkflow('watching', '1.0.0', AnyInput)
      .steps({ Watch: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        let looks = 0;
        await step.until(
          'Watch',
          async () => {
            if (away) looksWhileAway += 1;
            looks += 1;
            return looksWhileAway > 3 && !away ? { done: looks } : { progress: { percent: looks % 90 } };
          },
          { intervalMs: 50 },
        );
      });
    const committing = defineWorkflow('committing', '1.0.0', AnyInput)
      .steps({ Commit: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step.commit('Commit', async () => {
          inWrite = true;
          await gate;
        });
      });
    const workflows = [working, watching, committing];
    const { proxy } = await workerBehindProxy(workflows);
    const ids = await Promise.all(workflows.map((each) => bench.enqueue(workflows, each.name)));
    for (const id of ids) await eventually('a step', async () => (await bench.steps(id))[0]?.state === 'RUNNING');
    await eventually('the transaction of the commit', () => inWrite);

    away = true;
    await proxy.cut();
    release();
    await eventually('looks while the database is away', () => looksWhileAway > 3);
    await proxy.restore();
    away = false;

    for (const id of ids) {
      expect(await bench.reach(id, 'SUCCEEDED', 'FAILED')).toMatchObject({ state: 'SUCCEEDED', failure: null });
      const events = await bench.events(id);
      expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
      expect(events.filter((event) => event.step?.failure != null)).toEqual([]);
    }
  });

  it('counts no attempt against a step whose own reads of the records meet the outage', async () => {
    let reads = 0;
    let reading: () => Promise<unknown> = async () => undefined;
    const story = defineWorkflow('reading', '1.0.0', AnyInput)
      .steps({ Read: 1 })
      .onFailure(nothingToSettle)
      .run(async ({ step }) => {
        await step(
          'Read',
          async () => {
            reads += 1;
            await reading();
          },
          { attempts: 1 },
        );
      });
    const workflows = [story];
    const { proxy, database } = await workerBehindProxy(workflows);
    reading = async () => {
      if (reads === 1) await proxy.cut();
      if (reads === 3) await proxy.restore();
      await database.orm.execute('SELECT 1');
    };
    const id = await bench.enqueue(workflows, 'reading');
    expect(await bench.reach(id, 'SUCCEEDED', 'FAILED')).toMatchObject({ state: 'SUCCEEDED' });
    expect(reads).toBeGreaterThanOrEqual(3);
  });
});
