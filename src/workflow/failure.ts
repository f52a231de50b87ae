import { randomUUID } from 'node:crypto';
import type { FailureRecord } from '../../jobs/ports/records.ts';
import { AppError } from '../../schema/errors.ts';
import { findServerError } from '../db/errors.ts';
import type { Logger } from '../log/logger.ts';

/**
 * What a run's records say of an error. An AppError speaks for itself; of anything else users see a reference only, under
 * which the error stands in the log.
 */
export function describeFailure(
  error: unknown,
  where: { readonly operationId: string; readonly step: string | null },
  log: Logger,
): FailureRecord {
  const { operationId, step } = where;
  if (error instanceof AppError && (error.code !== 'INTERNAL' || error.details.reference !== undefined)) {
    return { code: error.code, message: error.message, step };
  }
  const reference = randomUUID();
  // Drizzle's own message would carry the parameters of the query.
  const err = findServerError(error) ?? error;
  log.error({ err, operationId, step, reference }, 'a workflow failed for an internal reason');
  const message = `An internal error occurred. Its reference in the server's log is ${reference}.`;
  return { code: 'INTERNAL', message, step };
}

/** What the records of a cancelled operation say. */
export function cancelledFailure(step: string | null): FailureRecord {
  return { code: 'CANCELLED', message: 'The operation was cancelled.', step };
}
