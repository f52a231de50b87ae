import { invalidInput } from '../errors.ts';

/** The last moment that records can hold: PostgreSQL goes further, RFC 3339 does not. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Requires a moment that is still to come. */
export function checkMomentToCome(field: string, moment: Date, now: number): void {
  if (moment.getTime() > now && moment.getTime() <= LAST) return;
  throw invalidInput(field, 'toCome', `${field} must be a moment to come: choose a later one, or leave it out.`);
}
