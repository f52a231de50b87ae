import { randomBytes } from 'node:crypto';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { AppError } from '../../../schema/errors.ts';
import {
  CHUNK_BYTES,
  ChunkCutter,
  damaged,
  derivePayloadKey,
  NONCE_BYTES,
  openChunk,
  sealChunk,
  TAG_BYTES,
} from './age-payload.ts';

/** The last line of a header begins so. */
const MAC_LINE = Buffer.from('\n--- ');
const LONGEST_HEADER = 65_536;

/**
 * Encrypts one file in the age format (age-encryption.org/v1) for one identity while it passes, in pieces of 64 KiB. The
 * header is made by the format's own implementation; the payload is sealed here, since that one seals it in JavaScript.
 */
export async function* encryptFile(
  plain: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  identity: string,
): AsyncGenerator<Uint8Array> {
  const { header, fileKey } = await makeHeader(identity);
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([header, nonce]);
  const key = derivePayloadKey(fileKey, nonce);
  const cutter = new ChunkCutter(CHUNK_BYTES);
  let counter = 0;
  for await (const bytes of plain) {
    const sealed: Uint8Array[] = [];
    for (const chunk of cutter.push(bytes)) sealed.push(sealChunk(key, counter++, false, chunk));
    if (sealed.length > 0) yield Buffer.concat(sealed);
  }
  yield sealChunk(key, counter, true, cutter.last());
}

/**
 * Decrypts a file of the age format while it passes. Throws STEP_FAILED when it is none, was encrypted for another
 * identity, was altered or is cut: what came before that is of pieces that are whole, but the file is not.
 */
export async function* decryptFile(
  sealed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  identity: string,
): AsyncGenerator<Uint8Array> {
  const cutter = new ChunkCutter(CHUNK_BYTES + TAG_BYTES);
  let head: Buffer = Buffer.alloc(0);
  let key: Uint8Array | null = null;
  let counter = 0;
  for await (const bytes of sealed) {
    let rest = bytes;
    if (key === null) {
      head = Buffer.concat([head, bytes]);
      const length = headerLength(head);
      if (length === null && head.length > LONGEST_HEADER) throw notEncrypted();
      if (length === null || head.length < length + NONCE_BYTES) continue;
      const fileKey = await readFileKey(head.subarray(0, length), identity);
      key = derivePayloadKey(fileKey, head.subarray(length, length + NONCE_BYTES));
      rest = head.subarray(length + NONCE_BYTES);
    }
    const plain: Uint8Array[] = [];
    for (const chunk of cutter.push(rest)) plain.push(openChunk(key, counter++, false, chunk));
    if (plain.length > 0) yield Buffer.concat(plain);
  }
  if (key === null) throw notEncrypted();
  const last = cutter.last();
  // Only a file without content ends with an empty piece.
  if (last.length === TAG_BYTES && counter > 0) throw damaged();
  yield openChunk(key, counter, true, last);
}

async function makeHeader(identity: string): Promise<{ readonly header: Uint8Array; readonly fileKey: Uint8Array }> {
  const found: Uint8Array[] = [];
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  // The one place where the library shows the key that it made: it adds no recipient.
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      found.push(Uint8Array.from(key));
      return [];
    },
  });
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()));
  const length = headerLength(empty);
  const [fileKey] = found;
  if (length === null || fileKey === undefined) throw new AppError('INTERNAL', 'No header was made for a file.');
  return { header: empty.subarray(0, length), fileKey };
}

async function readFileKey(header: Uint8Array, identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return await decrypter.decryptHeader(header);
  } catch (cause) {
    throw new AppError('STEP_FAILED', 'An encrypted file cannot be opened with the key of its image.', { cause });
  }
}

/** How long the header is, the end of its last line included; null while it is not all there. */
function headerLength(bytes: Buffer): number | null {
  const mac = bytes.indexOf(MAC_LINE);
  const end = mac < 0 ? -1 : bytes.indexOf('\n', mac + 1);
  return end < 0 ? null : end + 1;
}

function notEncrypted(): AppError {
  return new AppError('STEP_FAILED', 'A file that should be encrypted is not in the age format.');
}
