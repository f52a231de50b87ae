import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { AppError } from '../../schema/errors.ts';
import { equalSecrets } from './equal-secrets.ts';
import { deriveKey, type SecretKey } from './secret-key.ts';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps secrets at rest and recognizes texts without keeping them.
 *
 * The first key protects what is new; the others still open what they protected. Rotating is: put the new key first,
 * encrypt again what `keyIdOf` says is older, drop the old key.
 */
export interface SecretBox {
  /** The id of the key that protects what is new. */
  readonly primaryKeyId: string;
  /**
   * `v1.<key id>.<base64url>`; another text each time. `context` (the id of the row that owns the secret) is bound in:
   * a value that was moved to another row does not open there.
   */
  encrypt(plain: string, context: string): string;
  /**
   * Throws UNAVAILABLE naming the key id when that key is not configured, STEP_FAILED when the value was altered, cut or
   * belongs to another context. Neither message holds any of it.
   */
  decrypt(value: string, context: string): string;
  /** The id of the key a value was encrypted with; STEP_FAILED for what is no value of ours. */
  keyIdOf(value: string): string;
  /** A keyed digest, `<key id>.<hex>`: the same text and purpose give the same one for as long as the key is the first. */
  digest(text: string, purpose: string): string;
  /** Whether the digest is of this text, made with any configured key; compared in constant time. */
  matchesDigest(text: string, purpose: string, digest: string): boolean;
}

interface Value {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly sealed: Buffer;
  readonly tag: Buffer;
}

/** Throws INVALID_INPUT when there is no key. */
export function createSecretBox(options: { readonly keys: readonly SecretKey[] }): SecretBox {
  const [primary] = options.keys;
  if (!primary)
    throw new AppError('INVALID_INPUT', 'At least one encryption key is needed: set TOYGRES_ENCRYPTION_KEY.');
  const keys = new Map(options.keys.map(({ id, key }) => [id, key]));

  function keyFor(id: string): Uint8Array {
    const key = keys.get(id);
    if (key) return key;
    throw new AppError(
      'UNAVAILABLE',
      `A stored secret was encrypted with the key ${id}, which is not configured here; add that key to go on.`,
    );
  }

  function digestWith(id: string, key: Uint8Array, text: string, purpose: string): string {
    const hex = createHmac('sha256', deriveKey(key, `digest ${purpose}`))
      .update(text)
      .digest('hex');
    return `${id}.${hex}`;
  }

  return {
    primaryKeyId: primary.id,

    encrypt(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', deriveKey(primary.key, 'encryption'), nonce);
      cipher.setAAD(Buffer.from(`${VERSION}.${primary.id}.${context}`));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const packed = Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
      return `${VERSION}.${primary.id}.${packed.toString('base64url')}`;
    },

    decrypt(value, context) {
      const { keyId, nonce, sealed, tag } = parseValue(value);
      const key = deriveKey(keyFor(keyId), 'encryption');
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(`${VERSION}.${keyId}.${context}`));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
      } catch {
        throw damaged();
      }
    },

    keyIdOf: (value) => parseValue(value).keyId,

    digest: (text, purpose) => digestWith(primary.id, primary.key, text, purpose),

    matchesDigest(text, purpose, digest) {
      const id = digest.slice(0, Math.max(0, digest.indexOf('.')));
      const key = keys.get(id);
      return key !== undefined && equalSecrets(digestWith(id, key, text, purpose), digest);
    },
  };
}

function parseValue(value: string): Value {
  const [version, keyId, body, ...rest] = value.split('.');
  if (version !== VERSION || !keyId || !body || rest.length > 0) throw damaged();
  const packed = Buffer.from(body, 'base64url');
  if (packed.length < NONCE_BYTES + TAG_BYTES || packed.toString('base64url') !== body) throw damaged();
  return {
    keyId,
    nonce: packed.subarray(0, NONCE_BYTES),
    sealed: packed.subarray(NONCE_BYTES, packed.length - TAG_BYTES),
    tag: packed.subarray(packed.length - TAG_BYTES),
  };
}

function damaged(): AppError {
  return new AppError(
    'STEP_FAILED',
    'A stored secret cannot be opened: it was altered, cut, or belongs to another record.',
  );
}
