import { Readable } from 'node:stream';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { giveBack } from '../../../machine/give-back.ts';
import { finalFailure } from '../../attempt/failure.ts';

/** Pieces come out as they are made: where they gather, what reads a stream would else join them, with another copy. */
const PIECES = { chunkSize: 1 << 18, readableObjectMode: true, readableHighWaterMark: 2 };

export const ZSTD_SUFFIX = '.zst';
/** The most for the time: higher levels take many times as long for a tenth of the size. */
export const ZSTD_FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** What passed, unpacked. Throws a JobFailure for what is no zstd, or is cut. */
export async function* unpackZstd(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* through(packed, createZstdDecompress(PIECES));
}

/** The same for whoever is done with a piece when it asks for the next: the piece is gone then. */
export async function* unpackZstdOnce(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of unpackZstd(packed)) {
    yield piece;
    giveBack(piece);
  }
}

/** Packed here, where the server could not. */
export async function* packZstd(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* through(plain, createZstdCompress({ ...PIECES, ...ZSTD_FAST }));
}

/** The same of pieces that nobody looks at any more: each is gone when it was packed. */
export async function* packZstdOnce(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const packer = createZstdCompress({ ...PIECES, ...ZSTD_FAST });
  const fed = feed(plain, packer);
  // Told by the stream that is read.
  fed.catch(() => undefined);
  try {
    for await (const chunk of packer) yield chunk as Buffer;
    await fed;
  } finally {
    packer.destroy();
  }
}

/** One piece after the other. What fails destroys the packer; what is left in it when that is destroyed is given up. */
async function feed(plain: AsyncIterable<Uint8Array>, packer: ReturnType<typeof createZstdCompress>): Promise<void> {
  try {
    for await (const piece of plain) {
      await new Promise<void>((resolve) => {
        const go = () => {
          packer.off('close', go);
          resolve();
        };
        packer.once('close', go);
        packer.write(piece, go);
      });
      if (packer.destroyed) return;
      giveBack(piece);
    }
    packer.end();
  } catch (error) {
    packer.destroy(error as Error);
  }
}

async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: ReturnType<typeof createZstdCompress> | ReturnType<typeof createZstdDecompress>,
): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false });
  input.on('error', (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const chunk of transform) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('ZSTD_') !== true) throw error;
    throw finalFailure('the image is damaged: an archive cannot be unpacked', { cause: error });
  } finally {
    input.destroy();
    transform.destroy();
  }
}
