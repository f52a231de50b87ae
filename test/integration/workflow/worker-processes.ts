import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'vitest';
import type { Workflow } from '../../../jobs/workflow/define-workflow.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import { eventually, openBench } from './bench.ts';
import { traced, tracedOf } from './traced-workflow.ts';

/** What those who enqueue know, and what they know after an upgrade. */
export const workflows = [traced];
export const upgraded = [traced, tracedOf('2.0.0')];
/** Processes that start beside others on a busy machine. */
export const PATIENCE = { timeout: 400_000 };

export async function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

/** A CMS, worker processes and operations of one test; all of it is gone when the test is over. */
export async function openWorld(onTestFinished: TestContext['onTestFinished']) {
  const bench = await openBench();
  const directory = await mkdtemp(path.join(tmpdir(), 'toygres-killed-'));
  const children = new Set<ChildProcess>();
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all([...children].map(exited));
    await bench.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function startWorker(version = '1.0.0'): Promise<ChildProcess & { readonly pid: number }> {
    const program = await bundledProgram(path.join(import.meta.dirname, 'worker-program.ts'));
    const given = [program, bench.url, bench.platformId, version];
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    if (child.stdout === null || child.pid === undefined) throw new Error('the worker program did not start');
    await once(child.stdout, 'data');
    return Object.assign(child, { pid: child.pid });
  }

  async function begin(known: readonly Workflow[] = workflows) {
    const trace = path.join(directory, `trace-${randomUUID()}`);
    const gate = `${trace}.gate`;
    await writeFile(trace, '');
    const id = await bench.enqueue(known, 'traced', { trace, gate });
    const lines = async () => (await readFile(trace, 'utf8')).split('\n').slice(0, -1);
    return {
      id,
      lines,
      says: (line: string, timeoutMs = 200_000) =>
        eventually(`"${line}" in the trace`, async () => (await lines()).includes(line), timeoutMs),
      openGate: () => writeFile(gate, ''),
    };
  }
  return { bench, startWorker, begin };
}
