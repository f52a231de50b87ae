import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../secrets/secret-box.ts';

const PURPOSE = 'device';
const FORM = /^([A-Za-z0-9_-]{22})\.([0-9a-f]{12}\.[0-9a-f]{64})$/;

/**
 * Marks browsers in which somebody has signed in, so that wrong passwords of others cannot keep that person out:
 * https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies. A mark opens nothing.
 */
export interface Devices {
  /** A mark for a browser in which this user has just signed in. */
  mark(userId: string): string;
  /** Tells one marked browser of the user from another; null for a mark that is missing, forged or of somebody else. */
  recognize(userId: string, mark: string | null): string | null;
}

export function createDevices(secrets: Pick<SecretBox, 'digest' | 'matchesDigest'>): Devices {
  return {
    mark(userId) {
      const nonce = randomBytes(16).toString('base64url');
      return `${nonce}.${secrets.digest(`${userId} ${nonce}`, PURPOSE)}`;
    },
    recognize(userId, mark) {
      const [, nonce, digest] = FORM.exec(mark ?? '') ?? [];
      if (nonce === undefined || digest === undefined) return null;
      return secrets.matchesDigest(`${userId} ${nonce}`, PURPOSE, digest) ? nonce : null;
    },
  };
}
