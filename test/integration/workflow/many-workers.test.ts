import { describe, expect, it } from 'vitest';
import { countTo, eventually } from './bench.ts';
import { openWorld, PATIENCE, upgraded } from './worker-processes.ts';

describe.concurrent('a worker process', PATIENCE, () => {
  it('of a newer version takes new runs and leaves the old ones alone: one of the old version ends them', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    const old = await startWorker();
    const begun = await begin();
    await begun.says(`Second ${old.pid}`);
    const newer = await startWorker('2.0.0');
    const fresh = await begin(upgraded);
    await fresh.openGate();
    expect(await bench.reach(fresh.id, 'SUCCEEDED')).toMatchObject({ workflowVersion: '2.0.0' });
    expect(await fresh.lines()).toContain(`Commit ${newer.pid}`);

    old.kill('SIGKILL');
    await begun.openGate();
    const isAbandoned = `SELECT FROM pgboss.job WHERE data->>'operationId' = $1
      AND heartbeat_on + heartbeat_seconds * interval '1 second' < now() - interval '3 seconds'`;
    const look = async () => (await bench.database.pool.query(isAbandoned, [begun.id])).rowCount === 1;
    await eventually('the run to be abandoned', look);
    expect((await begun.lines()).filter((line) => line.endsWith(` ${newer.pid}`))).toEqual([]);
    const again = await startWorker();
    expect(await bench.reach(begun.id, 'SUCCEEDED')).toMatchObject({ workflowVersion: '1.0.0', fence: 2 });
    expect((await begun.lines()).slice(2)).toEqual(
      ['Second', 'Second is over', 'Changed', 'Commit'].map((what) => `${what} ${again.pid}`),
    );
  });

  it('of several does what none of the others does: of many runs each is done once, and none is lost', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    await Promise.all([startWorker(), startWorker(), startWorker()]);
    const runs = await Promise.all(Array.from({ length: 40 }, () => begin()));
    await Promise.all(runs.map((run) => run.openGate()));
    for (const run of runs) {
      expect(await bench.reach(run.id, 'SUCCEEDED')).toMatchObject({ fence: 1 });
      const [, pid] = (await run.lines())[0]?.split(' ') ?? [];
      const what = ['First', 'Second', 'Second is over', 'Changed', 'Commit'];
      expect(await run.lines()).toEqual(what.map((each) => `${each} ${pid}`));
      const events = await bench.events(run.id);
      expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
    }
  });
});
