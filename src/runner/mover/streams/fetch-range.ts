import type { BlobClient } from '@azure/storage-blob';
import { JobFailure } from '../../attempt/failure.ts';
import { patiently } from './patience.ts';

/** Bytes of a blob. */
export interface BlobRange {
  readonly offset: number;
  readonly count: number;
}

/**
 * Asks for a range at once, and keeps what comes until it is taken, once and in order. What is not answered in time is asked for
 * again from where it was cut. A failure is thrown when all that came before it was taken.
 */
export function fetchRange(
  blob: BlobClient,
  { offset, count }: BlobRange,
  signal: AbortSignal,
  requestMs?: number,
): AsyncIterable<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let came = 0;
  let isOver = false;
  let wake: () => void = () => undefined;

  async function fetchRest(abortSignal: AbortSignal): Promise<void> {
    if (came === count) return;
    const { readableStreamBody } = await blob.download(offset + came, count - came, { abortSignal });
    for await (const bytes of readableStreamBody ?? []) {
      waiting.push(bytes as Buffer);
      came += bytes.length;
      wake();
    }
  }

  const fetched = patiently(signal, fetchRest, requestMs).finally(() => {
    isOver = true;
    wake();
  });
  // Told in its turn.
  fetched.catch(() => undefined);

  return (async function* taken() {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (isOver) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    await fetched;
    if (came !== count) throw new JobFailure(`the blob store sent ${came} bytes where ${count} were asked for`);
  })();
}
