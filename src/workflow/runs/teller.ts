import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { giveHints } from '../../stores/runs/hints.ts';
import { pause } from '../../waiting/pause.ts';

/**
 * Between two tellings. Many workers that each told of every step at once would have the database make as many transactions
 * for the hints as for the steps.
 */
const GATHER_MS = 20;

/** Tells those who follow operations of what was committed. */
export interface Teller {
  /**
   * The operation has events up to this one. Returns at once. The first is told at once; what comes while it is told, or within
   * 20 ms after it, is told together.
   */
  tell(operationId: string, sequence: number): void;
  /** Resolves when nothing is left to tell. */
  settled(): Promise<void>;
}

export function createTeller(database: Pick<Database, 'orm'>, log: Logger): Teller {
  const waiting = new Map<string, number>();
  let telling: Promise<void> | null = null;

  async function tellAll(): Promise<void> {
    while (waiting.size > 0) {
      const hints = [...waiting].map(([operationId, sequence]) => ({ operationId, sequence }));
      waiting.clear();
      try {
        await giveHints(database, hints);
      } catch {
        // Whoever follows looks by itself now and then.
        log.debug('followers could not be told of steps; their next look finds them');
      }
      await pause(GATHER_MS);
    }
  }

  return {
    tell(operationId, sequence) {
      waiting.set(operationId, Math.max(sequence, waiting.get(operationId) ?? 0));
      telling ??= tellAll().finally(() => {
        telling = null;
      });
    },
    async settled() {
      await telling;
    },
  };
}
