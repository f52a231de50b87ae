import { type Attempt, requireParameter } from '../attempt/attempt.ts';

/** Sessions at once. Throws a final failure for a parameter that is missing or not understood. */
export function readWidth(attempt: Attempt): number {
  return Number(requireParameter(attempt, 'TOYGRES_PARALLEL', /[1-9]|[1-5][0-9]|6[0-4]/));
}
