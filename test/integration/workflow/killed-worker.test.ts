import { describe, expect, it } from 'vitest';
import { countTo } from './bench.ts';
import { exited, openWorld, PATIENCE, workflows } from './worker-processes.ts';

// At once, since most of their time is the wait for heartbeats that do not come.
describe.concurrent('a worker process', PATIENCE, () => {
  it('that is killed in the middle of a step is replaced, and no finished step runs again', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    const first = await startWorker();
    const run = await begin();
    await run.says(`Second ${first.pid}`);
    const second = await startWorker();
    first.kill('SIGKILL');
    // 15 s on an idle machine (`npm run bench` measures it); tests run on busy ones.
    await run.says(`Second ${second.pid}`);
    await run.openGate();
    const done = await bench.reach(run.id, 'SUCCEEDED');
    expect(done).toMatchObject({ fence: 2, run: 1, percent: 100 });
    expect(await run.lines()).toEqual([
      `First ${first.pid}`,
      `Second ${first.pid}`,
      `Second ${second.pid}`,
      `Second is over ${second.pid}`,
      `Changed ${second.pid}`,
      `Commit ${second.pid}`,
    ]);
    const steps = await bench.steps(run.id);
    expect(steps.map((step) => step.attempt)).toEqual([1, 2, 1, 1]);
    expect(steps[1]?.result).toBe(`made by ${first.pid}`);
    const events = await bench.events(run.id);
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
  });

  it('that froze beyond its heartbeat and comes back changes nothing any more, in the records or elsewhere, and goes on with other work', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    const zombie = await startWorker();
    const run = await begin();
    await run.says(`Second ${zombie.pid}`);
    zombie.kill('SIGSTOP');
    const successor = await startWorker();
    await run.says(`Second ${successor.pid}`);
    await run.openGate();
    const done = await bench.reach(run.id, 'SUCCEEDED');
    const events = await bench.events(run.id);
    successor.kill('SIGTERM');
    expect(await exited(successor)).toBe(0);

    zombie.kill('SIGCONT');
    const next = await begin();
    await next.openGate();
    await bench.reach(next.id, 'SUCCEEDED');
    expect(await next.lines()).toContain(`Commit ${zombie.pid}`);
    await run.says(`Second is over ${zombie.pid}`);
    expect(await bench.read(run.id)).toEqual(done);
    expect(await bench.events(run.id)).toEqual(events);
    zombie.kill('SIGTERM');
    expect(await exited(zombie)).toBe(0);
    expect((await run.lines()).filter((line) => /^(Commit|Changed)/.test(line))).toEqual([
      `Changed ${successor.pid}`,
      `Commit ${successor.pid}`,
    ]);
    expect(await next.lines()).toContain(`Changed ${zombie.pid}`);
  });

  it('that is asked to stop hands its run back: another takes it at once, and nothing is recorded as failed', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    const first = await startWorker();
    const run = await begin();
    await run.says(`Second ${first.pid}`);
    const second = await startWorker();
    first.kill('SIGTERM');
    expect(await exited(first)).toBe(0);
    await run.says(`Second ${second.pid}`);
    // It was not waited until the worker is given up for want of a sign of life.
    const job = `SELECT output->>'reason' AS reason FROM pgboss.job WHERE data->>'operationId' = $1`;
    expect((await bench.database.pool.query(job, [run.id])).rows).toEqual([{ reason: 'handed back' }]);
    await run.openGate();
    await bench.reach(run.id, 'SUCCEEDED');
    expect((await bench.events(run.id)).filter((event) => event.step?.failure != null)).toEqual([]);
  });

  it('that is killed before it hears of a cancellation is replaced by one that takes back what was made', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    const first = await startWorker();
    const run = await begin();
    await run.says(`Second ${first.pid}`);
    first.kill('SIGKILL');
    await bench.queue(workflows).cancel(run.id);
    const second = await startWorker();
    await bench.reach(run.id, 'CANCELLED');
    expect((await run.lines()).slice(2)).toEqual([`Take back ${second.pid}`]);
    expect((await bench.steps(run.id)).map((step) => step.state)).toEqual([
      'SUCCEEDED',
      'FAILED',
      'SKIPPED',
      'SKIPPED',
    ]);
  });
});
