import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../log/logger.ts';

export interface KeptProgram {
  /** As users know it, for the log. */
  readonly name: string;
  isAlive(): Promise<boolean>;
  /** Resolves when it is up again. */
  start(): Promise<void>;
}

export interface Keeper {
  /** Looks no more; resolves when a start that is under way has ended. The program goes on. */
  stop(): Promise<void>;
}

const LOOK_MS = 500;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;

/** Starts a program again whenever it has died, with longer and longer waits while that fails, and says so in the log. */
export function keepRunning(program: KeptProgram, log: Logger): Keeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sleep = (ms: number) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined);

  const watch = async () => {
    for (let wait = FIRST_DELAY_MS; !signal.aborted; ) {
      await sleep(LOOK_MS);
      if (signal.aborted || (await program.isAlive().catch(() => true))) {
        wait = FIRST_DELAY_MS;
        continue;
      }
      log.error(`${program.name} has ended unexpectedly; it is started again`);
      await sleep(wait);
      wait = Math.min(wait * 2, LONGEST_DELAY_MS);
      if (signal.aborted) return;
      try {
        await program.start();
        log.info(`${program.name} runs again`);
      } catch (error) {
        log.error({ err: error }, `${program.name} could not be started again`);
      }
    }
  };
  const watching = watch().catch((error: unknown) => log.error({ err: error }, `${program.name} is watched no more`));
  return {
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}
