import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bundledProgram } from '../support/bundled-program.ts';
import { watchMovement } from '../support/eventually.ts';
import type { Orders } from './orders.ts';

/** Nothing that goes on stands still for so long, on a busy machine either. */
const STILL_MS = 300_000;
const LOOK_MS = 500;

/** A worker in a process of its own that ends as it was ordered. */
export interface Victim {
  /** Throws when it ends in any other way, or stands still. */
  untilEnded(how: 'SIGKILL' | 0): Promise<void>;
  untilFrozen(): Promise<void>;
  /** Lets it go on, and resolves when it has ended by itself. */
  wake(): Promise<void>;
  kill(): void;
}

/** `readRecords`: tells how far all is that it has in hand. */
export async function startVictim(
  directory: string,
  orders: Orders,
  readRecords: () => Promise<unknown>,
): Promise<Victim> {
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

  const look = async () => [missing.size, await readRecords()];

  async function untilEnded(how: 'SIGKILL' | 0): Promise<void> {
    const isStill = watchMovement(STILL_MS);
    while ((await Promise.race([ended, delay(LOOK_MS)])) === undefined) {
      if (!isStill(await look())) continue;
      child.kill('SIGKILL');
      throw describe('stood still');
    }
    const [code, signal] = await ended;
    if ((code ?? signal) !== how) throw describe(`ended with ${code ?? signal}`);
  }

  return {
    untilEnded,
    async untilFrozen() {
      const isStill = watchMovement(STILL_MS);
      for (;;) {
        const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => null);
        if (child.exitCode !== null || child.signalCode !== null || stat === null) throw describe('has not frozen');
        // The state comes after the name, which may hold anything.
        if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return;
        if (isStill(await look())) throw describe('stood still');
        await delay(LOOK_MS);
      }
    },
    async wake() {
      child.kill('SIGCONT');
      await untilEnded(0);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
