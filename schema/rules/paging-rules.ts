import { invalidInput } from '../errors.ts';

/** Entries that a page, and lines that a reading of logs, may have. */
export const FIRST_MAX = 100;
export const LOG_LINES_MAX = 10_000;
const LINE_MAX = 2 ** 31 - 1;

function checkRange(field: string, value: number, min: number, max: number, remedy: string): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw invalidInput(field, 'range', `${field} must be a whole number from ${min} to ${max}: ${remedy}.`);
}

/** Requires the size of a page, the same for every list at every level of a query. */
export function checkPage(first: number): void {
  checkRange('first', first, 1, FIRST_MAX, 'choose one; where there is a pageInfo, the rest comes after its endCursor');
}

/** Requires what a reader of logs may ask for; null and undefined are for "not asked". */
export function checkLogRequest(request: {
  readonly tailLines?: number | null | undefined;
  readonly afterLine?: number | null | undefined;
}): void {
  const { tailLines, afterLine } = request;
  if (tailLines != null) {
    checkRange('tailLines', tailLines, 0, LOG_LINES_MAX, 'ask for fewer, and for the rest by afterLine');
  }
  if (afterLine != null) checkRange('afterLine', afterLine, 0, LINE_MAX, 'give the number of the last line you have');
}

/** Requires the sequence after which a subscriber wants its events: 0, or that of the last event it has. */
export function checkAfterSequence(after: number): void {
  checkRange('after', after, 0, LINE_MAX, 'give the sequence of the last event you have, or 0');
}
