import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const CHUNK_BYTES = 1 << 20;
const LOOK_AGAIN_MS = 20;

/** A file that another program may still be writing: `isWhole` says that nothing more will come. */
export interface GrowingFile {
  readonly path: string;
  readonly isWhole: () => boolean;
}

/** What a file holds, while it is written, up to its end. Each piece is its own. Throws the signal's reason when it aborts. */
export async function* followFile({ path, isWhole }: GrowingFile, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    for (let at = 0; ; ) {
      signal.throwIfAborted();
      // Asked before it is read: what comes later has been written by then.
      const wasWhole = isWhole();
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, at);
      at += bytesRead;
      if (bytesRead > 0) yield chunk.subarray(0, bytesRead);
      else if (wasWhole) return;
      else await delay(LOOK_AGAIN_MS, undefined, { signal });
    }
  } finally {
    await file.close();
  }
}
