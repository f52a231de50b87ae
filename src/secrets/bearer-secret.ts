import { createHash, randomBytes } from 'node:crypto';

/** What every API token begins with, so that scanners and people know one when they see it. */
export const API_TOKEN_PREFIX = 'toygres_';
/** How much of a token is shown to tell it from others. */
const SHOWN_LENGTH = API_TOKEN_PREFIX.length + 6;
const SECRET_BYTES = 32;

/** A new secret of 256 random bits for whoever shows it, with what is kept of it. */
export interface BearerSecret {
  readonly secret: string;
  /** SHA-256 in hex: enough for what nobody can guess, and to be found by it. */
  readonly hash: string;
}

export function createBearerSecret(prefix = ''): BearerSecret {
  const secret = `${prefix}${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, hash: hashSecret(secret) };
}

/** What is kept of a secret. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/** The part of an API token that may be shown. */
export function shownPrefix(token: string): string {
  return token.slice(0, SHOWN_LENGTH);
}
