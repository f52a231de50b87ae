import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { bundledProgram } from './bundled-program.ts';
import type { ControlOrders } from './local-control-process.ts';

async function spawnProgram(program: string, words: readonly string[]) {
  const file = await bundledProgram(path.join(import.meta.dirname, program));
  return spawn(process.execPath, [file, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A program of this directory in a process of its own; resolves when it has said that it is done. */
export async function startProcess(program: string, ...words: readonly string[]): Promise<ChildProcess> {
  const child = await spawnProgram(program, words);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout, 'data'), ended]);
  return child;
}

/** A control plane in a process of its own that has carried out its orders. */
export function startControlProcess(orders: ControlOrders): Promise<ChildProcess> {
  return startProcess('local-control-process.ts', JSON.stringify(orders));
}

/** The same while it carries them out, to be killed at that. */
export function spawnControlProcess(orders: ControlOrders): Promise<ChildProcess> {
  return spawnProgram('local-control-process.ts', [JSON.stringify(orders)]);
}

/** Ends a process as a crash would and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
