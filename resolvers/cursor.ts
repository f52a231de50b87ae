import { invalidInput } from '../schema/errors.ts';
import { isUuid } from '../schema/rules/id-rules.ts';
import type { Cursor } from './ports/queries.ts';

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const MAX_LENGTH = 100;

/** The place of a row in every list, newest first. It holds the row's own values, so it stays good when rows come or go. */
export function encodeCursor(row: { readonly createdAt: Date; readonly id: string }): string {
  return Buffer.from(`${row.createdAt.toISOString()} ${row.id}`, 'utf8').toString('base64url');
}

/** Reads what `encodeCursor` wrote. Throws INVALID_INPUT for anything else. */
export function decodeCursor(text: string): Cursor {
  const [createdAt = '', id = '', ...rest] = text.length > MAX_LENGTH ? [] : decode(text).split(' ');
  // A cursor has one spelling: what decodes alike but was written otherwise did not come from here.
  const moment = MOMENT.test(createdAt) ? new Date(createdAt) : null;
  if (moment !== null && !Number.isNaN(moment.getTime()) && isUuid(id) && rest.length === 0) {
    if (encodeCursor({ createdAt: moment, id }) === text) return { createdAt, id };
  }
  throw invalidInput(
    'after',
    'cursor',
    'This is no cursor of a list: give the cursor of an edge, pageInfo.endCursor, or leave `after` out.',
  );
}

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}
