import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, countTo, eventually, openBench } from './bench.ts';
import { traced } from './traced-workflow.ts';

const workflows = [traced];
let bench: Bench;
let directory: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-killed-'));
});
afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  children.clear();
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

async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
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
    says: (line: string, timeoutMs?: number) =>
      eventually(`"${line}" in the trace`, async () => (await lines()).includes(line), timeoutMs),
    openGate: () => writeFile(gate, ''),
  };
}

describe('a worker process that is killed in the middle of a step', () => {
  it('is replaced within 15 s by another, which runs the step again and no finished one', async () => {
    const first = await startWorker();
    const run = await begin();
    await run.says(`Second ${first.pid}`);
    first.kill('SIGKILL');
    const killedAt = performance.now();
    const second = await startWorker();
    await run.says(`Second ${second.pid}`);
    expect(performance.now() - killedAt).toBeLessThan(15_000);
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
});

describe('a worker process that was stopped beyond its heartbeat and comes back', () => {
  it('has everything that it still writes refused, and goes on with other work', async () => {
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
});

describe('a worker process that is asked to stop', () => {
  it('hands its run back, so that another takes it at once, and nothing is recorded as failed', async () => {
    const first = await startWorker();
    const run = await begin();
    await run.says(`Second ${first.pid}`);
    const second = await startWorker();
    first.kill('SIGTERM');
    expect(await exited(first)).toBe(0);
    await run.says(`Second ${second.pid}`, 3000);
    await run.openGate();
    await bench.reach(run.id, 'SUCCEEDED');
    expect((await bench.events(run.id)).filter((event) => event.step?.failure != null)).toEqual([]);
  });
});

describe('a killed worker whose operation was cancelled meanwhile', () => {
  it('is replaced by one that takes back what was made', async () => {
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
