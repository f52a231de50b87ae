import { createHash } from 'node:crypto';
import { constants, type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { MovedFile } from './file-mover.ts';
import type { Sealing } from './sealing.ts';

const CHUNK_BYTES = 1 << 20;

/** Why a file that somebody offers is not taken. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

async function openPlain(file: string): Promise<FileHandle> {
  // Not blocking: a FIFO in its place would never open.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch((error: NodeJS.ErrnoException) => {
    throw new NotTaken(`a file that was offered cannot be opened (${error.code ?? error.message})`);
  });
  const facts = await handle.stat();
  if (facts.isFile()) return handle;
  await handle.close();
  throw new NotTaken('what was offered is no plain file');
}

/**
 * Copies a file that another user made into a new one of ours, as it is to be stored, and hashes that meanwhile: what was
 * hashed is what is sent, whatever becomes of the other. Reads no more than `largestBytes`. Throws NotTaken for what is no
 * plain file, or larger.
 */
export async function takeFile(
  source: string,
  target: string,
  largestBytes: number,
  sealing: Pick<Sealing, 'seal'>,
): Promise<MovedFile> {
  const from = await openPlain(source);
  try {
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const to = await open(target, 'wx', 0o600);
    try {
      const hashes = new Hashes();
      for await (const part of sealing.seal(readAll(from, largestBytes))) {
        hashes.update(part);
        await writeWhole(to, part);
      }
      return hashes.digest();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/**
 * Hashes a file of ours as it came from the store, where it has this name. Where the image is encrypted it is decrypted into `target`, and what came
 * goes. Throws as the sealing does for a file that cannot be opened.
 */
export async function openReceived(
  name: string,
  stored: string,
  target: string,
  sealing: Pick<Sealing, 'isEncrypted' | 'open'>,
  onBytes: (bytes: number) => void,
): Promise<MovedFile> {
  if (!sealing.isEncrypted) return hashFile(stored, onBytes);
  const from = await openPlain(stored);
  try {
    const hashes = new Hashes();
    const to = await open(target, 'wx', 0o640);
    try {
      const content = hashed(readAll(from, Number.MAX_SAFE_INTEGER, onBytes), hashes);
      for await (const part of sealing.open(content, name)) await writeWhole(to, part);
    } finally {
      await to.close();
    }
    await rm(stored, { force: true });
    return hashes.digest();
  } finally {
    await from.close();
  }
}

/** Hashes a file of ours. */
export async function hashFile(file: string, onBytes: (bytes: number) => void = () => undefined): Promise<MovedFile> {
  const from = await openPlain(file);
  try {
    const hashes = new Hashes();
    for await (const part of readAll(from, Number.MAX_SAFE_INTEGER, onBytes)) hashes.update(part);
    return hashes.digest();
  } finally {
    await from.close();
  }
}

class Hashes {
  readonly #md5 = createHash('md5');
  readonly #sha256 = createHash('sha256');
  #sizeBytes = 0;

  update(part: Uint8Array): void {
    this.#md5.update(part);
    this.#sha256.update(part);
    this.#sizeBytes += part.length;
  }

  digest(): MovedFile {
    return { sizeBytes: this.#sizeBytes, md5: this.#md5.digest('hex'), sha256: this.#sha256.digest('hex') };
  }
}

/** A piece is good until the next one is asked for. */
async function* readAll(
  from: FileHandle,
  largestBytes: number,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await from.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    onBytes(bytesRead);
    if (at > largestBytes) throw new NotTaken(`a file that was offered has more than ${largestBytes} bytes`);
    yield chunk.subarray(0, bytesRead);
  }
}

async function* hashed(content: AsyncIterable<Uint8Array>, hashes: Hashes): AsyncGenerator<Uint8Array> {
  for await (const part of content) {
    hashes.update(part);
    yield part;
  }
}

async function writeWhole(to: FileHandle, part: Uint8Array): Promise<void> {
  for (let written = 0; written < part.length; ) {
    written += (await to.write(part, written, part.length - written)).bytesWritten;
  }
}
