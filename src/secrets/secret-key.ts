import { createHash, hkdfSync } from 'node:crypto';
import { AppError } from '../../schema/errors.ts';

/** One key of the installation with the id that stands beside what it protected. */
export interface SecretKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * A key as it stands in TOYGRES_ENCRYPTION_KEY: 32 bytes in base64. Its id is a digest of it, so that the same key has
 * the same id everywhere and an id gives nothing away. Throws INVALID_INPUT, without the text, for anything else.
 */
export function parseSecretKey(base64: string): SecretKey {
  const key = Buffer.from(base64.trim(), 'base64');
  if (key.length !== 32 || key.toString('base64').replace(/=+$/, '') !== base64.trim().replace(/=+$/, '')) {
    throw new AppError(
      'INVALID_INPUT',
      'An encryption key must be 32 bytes in base64; make one with: openssl rand -base64 32',
    );
  }
  return { id: keyId(key), key };
}

/** The id of a key: 12 hex digits of a digest that serves nothing else. */
export function keyId(key: Uint8Array): string {
  return createHash('sha256').update('toygres key id\0').update(key).digest('hex').slice(0, 12);
}

/** A key for one purpose, so that no two uses of the installation's key can be played against each other. */
export function deriveKey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, new Uint8Array(), `toygres ${purpose}`, 32));
}
