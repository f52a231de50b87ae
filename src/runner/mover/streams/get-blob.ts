import { createHash } from 'node:crypto';
import type { BlobClient } from '@azure/storage-blob';
import { JobFailure } from '../../attempt/failure.ts';
import type { WantedFile } from '../file-mover.ts';
import { fetchRange } from './fetch-range.ts';
import { patiently } from './patience.ts';

export interface GetOptions {
  /** The size of the ranges that come down side by side. */
  readonly rangeBytes: number;
  readonly rangesAtOnce: number;
  readonly signal: AbortSignal;
  /** Told of all that was given away. */
  readonly onRead: (bytes: number) => void;
}

/**
 * Reads a blob in order, in ranges that come down side by side ahead of the reader. Throws a final JobFailure at its end when it
 * is not what it must be: what was given away before that is not to be used.
 */
export async function* getBlob(blob: BlobClient, wanted: WantedFile, options: GetOptions): AsyncGenerator<Uint8Array> {
  const { rangeBytes, rangesAtOnce, onRead } = options;
  await requireSize(blob, wanted, options.signal);
  const sha256 = createHash('sha256');
  const ahead: AsyncIterable<Uint8Array>[] = [];
  let asked = 0;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    for (;;) {
      for (; asked < wanted.sizeBytes && ahead.length < rangesAtOnce; asked += rangeBytes) {
        const count = Math.min(rangeBytes, wanted.sizeBytes - asked);
        ahead.push(fetchRange(blob, { offset: asked, count }, signal));
      }
      const next = ahead.shift();
      if (next === undefined) break;
      for await (const bytes of next) {
        sha256.update(bytes);
        onRead(bytes.length);
        yield bytes;
      }
    }
  } finally {
    stop.abort();
  }
  if (sha256.digest('hex') === wanted.sha256) return;
  throw new JobFailure(`the image is damaged: ${wanted.name} is not what was written (SHA-256 differs)`, {
    final: true,
  });
}

/** What is longer than it must be would not show in the ranges that are read. */
async function requireSize(blob: BlobClient, { name, sizeBytes }: WantedFile, signal: AbortSignal): Promise<void> {
  const { contentLength } = await patiently(signal, (abortSignal) => blob.getProperties({ abortSignal })).catch(
    (error: unknown) => {
      if ((error as { statusCode?: number }).statusCode !== 404) throw error;
      throw new JobFailure(`the image is damaged: missing ${name}`, { final: true });
    },
  );
  if (contentLength === sizeBytes) return;
  throw new JobFailure(`the image is damaged: ${name} has ${contentLength} bytes instead of ${sizeBytes}`, {
    final: true,
  });
}
