import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses } from '../../src/machine/process-mark.ts';
import type { Fault } from '../support/fault-proxy.ts';
import type { Dice } from './dice.ts';
import type { Berth, Fleet } from './fleet.ts';
import { count, type Ledger } from './ledger.ts';

/** Strikes now and then, at most one thing a moment of each kind, until told to stop; then everything is mended. */
export async function strike(fleet: Fleet, dice: Dice, ledger: Ledger, stopped: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const busy = new Set<unknown>();
  /** One at a time on one thing: a process that is stopped is not killed, a way that is cut is not delayed. */
  const begin = (name: string, on: unknown, work: () => Promise<void>) => {
    if (busy.has(on)) return;
    busy.add(on);
    count(ledger.strikes, name);
    const done = work().finally(() => {
      busy.delete(on);
      underWay.delete(done);
    });
    underWay.add(done);
  };
  const pause = (ms: number) => delay(ms, undefined, { signal: stopped }).catch(() => undefined);

  while (!stopped.aborted) {
    await pause(2000 + dice.below(6000));
    if (stopped.aborted) break;
    strikeOnce(fleet, dice, begin, pause);
  }
  await Promise.all(underWay);
  await fleet.cms.set('pass');
  await fleet.blobs.set('pass');
}

type Begin = (name: string, on: unknown, work: () => Promise<void>) => void;

function strikeOnce(fleet: Fleet, dice: Dice, begin: Begin, pause: (ms: number) => Promise<void>): void {
  const manned = fleet.berths.filter(({ server }) => server !== null);
  const one = (mode: Berth['mode']) => dice.among(manned.filter((berth) => berth.mode === mode));
  const during = (way: 'cms' | 'blobs', fault: Fault, ms: number) =>
    begin(`${way} ${fault}`, way, async () => {
      await fleet[way].set(fault);
      await pause(ms);
      await fleet[way].set('pass');
    });
  const onServer = (name: string, berth: Berth | null, work: (berth: Berth) => Promise<void>) => {
    if (berth !== null) begin(name, berth, () => work(berth));
  };
  const wait = dice.below(5000);
  const ways = ['refuse', 'reset', 'swallow'] as const;
  const blows: readonly (readonly [() => void, number])[] = [
    [() => onServer('worker killed', one('worker'), (berth) => replace(berth, fleet.kill)), 5],
    [() => onServer('worker retired', one('worker'), (berth) => replace(berth, fleet.retire)), 2],
    [() => onServer('worker frozen', one('worker'), (berth) => freeze(berth, 5000 + 4 * wait, pause)), 3],
    [() => onServer('API killed', one('api'), (berth) => replace(berth, fleet.kill)), 3],
    [() => during('cms', dice.among(ways) ?? 'reset', 2 * wait), 3],
    [() => begin('cms drop', 'cms', async () => fleet.cms.drop()), 1],
    [() => begin('cms forget', 'cms', async () => fleet.cms.forget()), 1],
    [() => begin('cms restart', 'cms', () => fleet.cluster.restart()), 1],
    [() => during('blobs', dice.among([...ways, 500, 503] as const) ?? 503, 2 * wait), 4],
    [() => begin('job script killed', 'jobs', () => killOne(fleet, dice, /\/(backup|restore)\.sh/)), 3],
    [() => begin('job supervisor killed', 'jobs', () => killOne(fleet, dice, /main\.mjs supervise/)), 1],
    [() => begin('server killed', 'servers', () => killOne(fleet, dice, /^\S*postgres -D /)), 2],
  ];
  async function replace(berth: Berth, end: (berth: Berth) => Promise<void>): Promise<void> {
    await end(berth);
    await pause(wait);
    await fleet.man(berth);
  }
  dice.weighed(blows)();
}

async function freeze({ server }: Berth, ms: number, pause: (ms: number) => Promise<void>): Promise<void> {
  if (server === null) return;
  process.kill(server.pid, 'SIGSTOP');
  await pause(ms);
  process.kill(server.pid, 'SIGCONT');
}

/** Kills one process of the home whose command line is of the kind; none may be there. */
async function killOne({ stateDirectory }: Fleet, dice: Dice, kind: RegExp): Promise<void> {
  const pids: number[] = [];
  for (const { pid } of await listProcesses()) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    if (command.includes(stateDirectory) && kind.test(command)) pids.push(pid);
  }
  const pid = dice.among(pids.sort((a, b) => a - b));
  if (pid === null) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
