import { randomInt } from 'node:crypto';

// No sign that a URL, a shell, YAML or a connection string would read as its own.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A password of letters and digits, 190 bits at the default length. Throws RangeError below 24. */
export function generatePassword(length = 32): string {
  if (length < 24) throw new RangeError('a generated password has at least 24 characters');
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
