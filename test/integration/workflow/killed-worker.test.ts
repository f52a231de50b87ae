import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { countTo, eventually, openBench } from './bench.ts';
import { traced } from './traced-workflow.ts';

const workflows = [traced];

async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** A CMS, worker processes and operations of one test; all of it is gone when the test is over. */
async function openWorld(onTestFinished: TestContext['onTestFinished']) {
  const bench = await openBench();
  const directory = await mkdtemp(path.join(tmpdir(), 'toygres-killed-'));
  const children = new Set<ChildProcess>();
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all([...children].map(exited));
    await bench.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function startWorker(): Promise<ChildProcess & { readonly pid: number }> {
    const program = path.join(import.meta.dirname, 'worker-program.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', program, bench.url, bench.platformId], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.add(child);
    if (child.stdout === null || child.pid === undefined) throw new Error('the worker program did not start');
    await once(child.stdout, 'data');
    return Object.assign(child, { pid: child.pid });
  }

  async function begin() {
    const trace = path.join(directory, `trace-${randomUUID()}`);
    const gate = `${trace}.gate`;
    await writeFile(trace, '');
    const id = await bench.enqueue(workflows, 'traced', { trace, gate });
    const lines = async () => (await readFile(trace, 'utf8')).split('\n').slice(0, -1);
    return {
      id,
      lines,
      says: (line: string, timeoutMs = 40_000) =>
        eventually(`"${line}" in the trace`, async () => (await lines()).includes(line), timeoutMs),
      openGate: () => writeFile(gate, ''),
    };
  }
  return { bench, startWorker, begin };
}

// At once, since most of their time is the wait for heartbeats that do not come.
describe.concurrent('a worker process', () => {
  it('that is killed in the middle of a step is replaced, and no finished step runs again', async ({
    onTestFinished,
  }) => {
    const { bench, startWorker, begin } = await openWorld(onTestFinished);
    const first = await startWorker();
    const run = await begin();
    await run.says(`Second ${first.pid}`);
    const second = await startWorker();
    first.kill('SIGKILL');
    const killedAt = performance.now();
    await run.says(`Second ${second.pid}`);
    // 15 s on an idle machine; tests run on busy ones.
    expect(performance.now() - killedAt).toBeLessThan(40_000);
    await run.openGate();
    const done = await bench.reach(run.id, 'SUCCEEDED');
    expect(done).toMatchObject({ fence: 2, run: 1, percent: 100 });
    expect(await run.lines()).toEqual([
      `First ${first.pid}`,
      `Second ${first.pid}`,
      `Second ${second.pid}`,
      `Second is over ${second.pid}`,
      `Commit ${second.pid}`,
    ]);
    const steps = await bench.steps(run.id);
    expect(steps.map((step) => step.attempt)).toEqual([1, 2, 1, 1]);
    expect(steps[1]?.result).toBe(`made by ${first.pid}`);
    const events = await bench.events(run.id);
    expect(events.map((event) => event.sequence)).toEqual(countTo(events.length));
  });

  it('that froze beyond its heartbeat and comes back has all that it still writes refused, and goes on with other work', async ({
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
    expect((await run.lines()).filter((line) => line.startsWith('Commit'))).toEqual([`Commit ${successor.pid}`]);
    zombie.kill('SIGTERM');
    expect(await exited(zombie)).toBe(0);
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
    await run.says(`Second ${second.pid}`, 6000);
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
