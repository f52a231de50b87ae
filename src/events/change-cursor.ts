import { invalidInput } from '../../schema/errors.ts';
import type { ChangePlace } from '../stores/lists/change-feed.ts';

const PLACE = /^(\d{1,19})\.(\d{1,19})$/;
const LONGEST = 100;
/** What the database's own numbers end at. */
const MOST = 2n ** 63n - 1n;

/** A place in the order of all changes, as clients have it. */
export function encodeChangeCursor({ xid, position }: ChangePlace): string {
  return Buffer.from(`${xid}.${position}`, 'utf8').toString('base64url');
}

/** Reads what `encodeChangeCursor` wrote. Throws INVALID_INPUT for anything else. */
export function decodeChangeCursor(text: string): ChangePlace {
  const [, xid, position] = text.length > LONGEST ? [] : (PLACE.exec(Buffer.from(text, 'base64url').toString()) ?? []);
  if (xid !== undefined && position !== undefined && BigInt(xid) <= MOST && BigInt(position) <= MOST) {
    if (encodeChangeCursor({ xid, position }) === text) return { xid, position };
  }
  throw invalidInput(
    'after',
    'cursor',
    'This is no cursor of a change: give the last one you have, or leave `after` out.',
  );
}

/** The refusal of a place after which changes were forgotten. */
export function cursorTooOld() {
  return invalidInput(
    'after',
    'cursorTooOld',
    'What changed after this cursor is no longer kept: read what you need anew, and follow without `after`.',
  );
}
