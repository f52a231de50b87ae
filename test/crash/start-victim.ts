import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bundledProgram } from '../support/bundled-program.ts';
import type { Orders } from './orders.ts';

const LONG_ENOUGH_MS = 300_000;

/** A worker in a process of its own that ends as it was ordered. */
export interface Victim {
  /** Throws when it ends in any other way, or too late. */
  untilEnded(how: 'SIGKILL' | 0): Promise<void>;
  untilFrozen(): Promise<void>;
  /** Lets it go on, and resolves when it has ended by itself. */
  wake(): Promise<void>;
  kill(): void;
}

export async function startVictim(directory: string, orders: Orders): Promise<Victim> {
  const file = path.join(directory, `orders-${crypto.randomUUID()}.json`);
  await writeFile(file, JSON.stringify(orders));
  const program = await bundledProgram(path.join(import.meta.dirname, 'victim.ts'));
  const child = spawn(process.execPath, ['--enable-source-maps', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const missing = new Map(Object.entries(orders.appointments));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
    for (const line of said.split('\n')) missing.delete(line);
  });
  const describe = (what: string) => {
    const never = [...missing.values()].map(({ moment }) => moment).join('; ');
    return new Error(`a worker ${what}; never reached: ${never}`);
  };

  async function untilEnded(how: 'SIGKILL' | 0): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LONG_ENOUGH_MS);
    const [code, signal] = await ended;
    clearTimeout(timer);
    if (late || (code ?? signal) !== how) throw describe(`ended with ${code ?? signal}${late ? ', too late' : ''}`);
  }

  return {
    untilEnded,
    async untilFrozen() {
      for (const deadline = Date.now() + LONG_ENOUGH_MS; ; await delay(50)) {
        const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => null);
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (isOver || stat === null || Date.now() > deadline) throw describe('has not frozen');
        // The state comes after the name, which may hold anything.
        if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return;
      }
    },
    async wake() {
      child.kill('SIGCONT');
      await untilEnded(0);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
