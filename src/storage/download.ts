import type { BlobClient, BlobDownloadResponseParsed } from '@azure/storage-blob';
import { isBrokenConnection } from './blob-errors.ts';

/** One blob on its way to us. */
export interface Download {
  readonly sizeBytes: number;
  /** Content-MD5 as the store holds it; undefined when it holds none. */
  readonly md5: Uint8Array | undefined;
  /** All of it, once. Whoever leaves early ends the request. */
  content(): AsyncGenerator<Uint8Array>;
  /** Ends the request without reading. */
  discard(): void;
}

const FRUITLESS_AT_MOST = 3;

/**
 * Asks for a blob. Where a connection breaks off in the middle it is asked for the rest, of the same version, unless that
 * brought nothing three times in a row: the client's own stream ends with an error then. Throws what the client throws.
 */
export async function download(blob: BlobClient): Promise<Download> {
  const first = await blob.download();
  const sizeBytes = first.contentLength ?? 0;
  const rest = (offset: number) => blob.download(offset, undefined, { conditions: { ifMatch: first.etag ?? '*' } });

  return {
    sizeBytes,
    md5: first.contentMD5,
    discard: () => endOf(first),
    async *content() {
      let response = first;
      let fruitless = 0;
      for (let offset = 0; ; ) {
        try {
          for await (const part of bytesOf(response)) {
            offset += part.length;
            fruitless = 0;
            yield part;
          }
          return;
        } catch (error) {
          fruitless += 1;
          if (!isBrokenConnection(error) || fruitless > FRUITLESS_AT_MOST) throw error;
        } finally {
          endOf(response);
        }
        if (offset === sizeBytes) return;
        response = await rest(offset);
      }
    },
  };
}

async function* bytesOf({ readableStreamBody }: BlobDownloadResponseParsed): AsyncGenerator<Uint8Array> {
  for await (const part of readableStreamBody ?? []) yield typeof part === 'string' ? Buffer.from(part) : part;
}

function endOf({ readableStreamBody }: BlobDownloadResponseParsed): void {
  (readableStreamBody as { destroy?: () => void } | undefined)?.destroy?.();
}
