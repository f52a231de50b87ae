import { createHash } from 'node:crypto';
import { constants, type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { MovedFile } from './file-mover.ts';

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
 * Copies a file that another user made into a new one of ours and hashes it meanwhile: what was hashed is what is sent,
 * whatever becomes of the other. Reads no more than `largestBytes`. Throws NotTaken for what is no plain file, or larger.
 */
export async function takeFile(source: string, target: string, largestBytes: number): Promise<MovedFile> {
  const from = await openPlain(source);
  try {
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
    const to = await open(target, 'wx', 0o600);
    try {
      return await copy(from, to, largestBytes);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** Hashes a file of ours. */
export async function hashFile(file: string, onBytes: (bytes: number) => void = () => undefined): Promise<MovedFile> {
  const from = await openPlain(file);
  try {
    return await copy(from, null, Number.MAX_SAFE_INTEGER, onBytes);
  } finally {
    await from.close();
  }
}

async function copy(
  from: FileHandle,
  to: FileHandle | null,
  largestBytes: number,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<MovedFile> {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await from.read(chunk, 0, CHUNK_BYTES, sizeBytes);
    if (bytesRead === 0) break;
    const part = chunk.subarray(0, bytesRead);
    md5.update(part);
    sha256.update(part);
    for (let written = 0; to !== null && written < bytesRead; ) {
      written += (await to.write(part, written, bytesRead - written)).bytesWritten;
    }
    sizeBytes += bytesRead;
    onBytes(bytesRead);
    if (sizeBytes > largestBytes) throw new NotTaken(`a file that was offered has more than ${largestBytes} bytes`);
  }
  return { sizeBytes, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}
