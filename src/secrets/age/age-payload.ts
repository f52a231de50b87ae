import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { AppError } from '../../../schema/errors.ts';

/** The payload is sealed in pieces of this size, each with a tag behind it (age-encryption.org/v1, "Payload"). */
export const CHUNK_BYTES = 65_536;
export const TAG_BYTES = 16;
/** Stands in front of the payload, not encrypted. */
export const NONCE_BYTES = 16;

const CIPHER = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** The key of a payload, from the file's key and the nonce in front of it. */
export function derivePayloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** Eleven bytes that count the pieces, and one that is 1 for the last. */
function chunkNonce(counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

export function sealChunk(key: Uint8Array, counter: number, isLast: boolean, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, key, chunkNonce(counter, isLast), OPTIONS);
  const sealed = cipher.update(plain);
  return Buffer.concat([sealed, cipher.final(), cipher.getAuthTag()]);
}

/** Throws STEP_FAILED for a piece that was altered, moved, or is not the last although it stands last. */
export function openChunk(key: Uint8Array, counter: number, isLast: boolean, sealed: Uint8Array): Buffer {
  if (sealed.length < TAG_BYTES) throw damaged();
  const decipher = createDecipheriv(CIPHER, key, chunkNonce(counter, isLast), OPTIONS);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw damaged();
  }
  return plain;
}

export function damaged(): AppError {
  return new AppError('STEP_FAILED', 'An encrypted file is damaged: it was altered or cut.');
}

/** Cuts what comes in pieces of any size into pieces of one size. The last piece is kept until it is known to be the last. */
export class ChunkCutter {
  readonly #size: number;
  #parts: Uint8Array[] = [];
  #length = 0;

  constructor(size: number) {
    this.#size = size;
  }

  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let rest = bytes;
    while (this.#length + rest.length > this.#size) {
      const taken = this.#size - this.#length;
      this.#parts.push(rest.subarray(0, taken));
      yield this.#take();
      rest = rest.subarray(taken);
    }
    // A copy: whoever gave it may use its memory again.
    if (rest.length > 0) this.#parts.push(Uint8Array.from(rest));
    this.#length += rest.length;
  }

  last(): Uint8Array {
    return this.#take();
  }

  #take(): Uint8Array {
    const [only] = this.#parts;
    const chunk = this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return chunk;
  }
}
