import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';

/** What the log hears of a store that is asked again and again. */
export interface TroubleTeller {
  /** Of what failed: a line where that is news. */
  failed(error: unknown, place: object): void;
  /** A call went well: a line where the store did not answer before. */
  answered(): void;
}

/**
 * Tells once that a store cannot be used, or refuses what it is asked, again when it is for another reason, and when it can be
 * used again.
 */
export function createTroubleTeller(log: Logger): TroubleTeller {
  let trouble: string | null = null;
  let refusal: string | null = null;
  return {
    failed(error, place) {
      if (!(error instanceof AppError)) return;
      const { code, message } = error;
      const facts = { ...place, cause: error.cause instanceof Error ? error.cause.message : undefined };
      if (message === (code === 'UNAVAILABLE' ? trouble : refusal)) return log.debug(facts, message);
      if (code === 'UNAVAILABLE') trouble = message;
      else refusal = message;
      log.warn(facts, message);
    },
    answered() {
      if (trouble === null) return;
      trouble = null;
      log.info('the blob store can be used again');
    },
  };
}
