import { AppError } from '../../schema/errors.ts';

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;
// What no token comes near; longer ones are not even hashed.
const MAX_LENGTH = 8192;

/** The token of an `Authorization` value; null when nothing was sent. Throws UNAUTHENTICATED for what is out of form. */
export function readBearer(authorization: unknown): string | null {
  if (authorization === undefined || authorization === null || authorization === '') return null;
  const isText = typeof authorization === 'string' && authorization.length <= MAX_LENGTH;
  const token = isText ? BEARER.exec(authorization)?.[1] : undefined;
  if (token !== undefined) return token;
  throw new AppError('UNAUTHENTICATED', 'The token was not accepted: send "Authorization: Bearer TOKEN".');
}
