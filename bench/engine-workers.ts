import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Place } from './place.ts';

/** Workers in processes of their own, stopped when this is disposed of. */
export interface BenchWorkers extends AsyncDisposable {
  readonly children: readonly ChildProcess[];
}

/** Starts so many of a program of this directory; resolves when all of them take runs. */
export async function startWorkers(
  place: Place,
  url: string,
  platformId: string,
  count: number,
  file = 'nothing-worker.ts',
): Promise<BenchWorkers> {
  const program = path.join(import.meta.dirname, file);
  const workers = Array.from({ length: count }, () => {
    const given = [...process.execArgv, program, url, platformId];
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    // The first thing that one says is that it takes runs.
    const started = Promise.race([once(child.stdout, 'data').then(() => true), exited.then(() => false)]);
    return { child, exited, started };
  });
  const stop = async () => {
    for (const { child } of workers) child.kill('SIGTERM');
    await Promise.all(workers.map(({ exited }) => exited));
  };
  const isStopped = place.onInterrupt(stop);
  const dispose = async () => {
    await stop();
    isStopped();
  };
  const started = await Promise.all(workers.map((worker) => worker.started));
  if (started.includes(false)) {
    await dispose();
    throw new Error('a worker did not start');
  }
  return { children: workers.map(({ child }) => child), [Symbol.asyncDispose]: dispose };
}
