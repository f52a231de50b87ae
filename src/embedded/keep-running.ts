import type { Logger } from '../log/logger.ts';
import { backoffMs } from '../waiting/backoff.ts';
import { pause } from '../waiting/pause.ts';

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
const RESTARTS = { delayMs: 250, maxDelayMs: 30_000 };

/** Starts a program again whenever it has died, with longer and longer waits while that fails, and says so in the log. */
export function keepRunning(program: KeptProgram, log: Logger): Keeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sleep = (ms: number) => pause(ms, signal, { ref: false });

  const watch = async () => {
    for (let starts = 0; !signal.aborted; ) {
      await sleep(LOOK_MS);
      if (signal.aborted || (await program.isAlive().catch(() => true))) {
        starts = 0;
        continue;
      }
      log.error(`${program.name} has ended unexpectedly; it is started again`);
      starts += 1;
      await sleep(backoffMs(starts, RESTARTS));
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
