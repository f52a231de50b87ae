import { type Pack, pack } from 'tar-stream';

/** A file as it goes into a pack: in memory, where it is small, or piece by piece, where its size is known beforehand. */
export type PackedFile = { readonly name: string } & (
  | { readonly content: Uint8Array }
  | { readonly sizeBytes: number; readonly pieces: AsyncIterable<Uint8Array> }
);

const PIECE_BYTES = 64 << 10;

/**
 * The files as one plain tar archive, in the order in which they come; it is read no faster than it is taken, so that a piece
 * or two of a file are in memory at most. Throws what a file's pieces throw, and where they are not as many bytes as was said.
 */
export async function* packTar(files: AsyncIterable<PackedFile>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const fed = feed(archive, files).catch((error: unknown) => archive.destroy(error as Error));
  yield* inPieces(archive as AsyncIterable<Uint8Array>);
  await fed;
}

async function feed(archive: Pack, files: AsyncIterable<PackedFile>): Promise<void> {
  for await (const file of files) {
    const size = 'content' in file ? file.content.length : file.sizeBytes;
    const written = Promise.withResolvers<void>();
    const entry = archive.entry({ name: file.name, size, mode: 0o600, mtime: new Date(0) }, (error) =>
      error ? written.reject(error) : written.resolve(),
    );
    // Told by what it was given; without a listener of its own it would end the process as well.
    entry.on('error', () => undefined);
    if ('content' in file) entry.end(file.content);
    else await writePieces(entry, file.pieces);
    await written.promise;
  }
  archive.finalize();
}

async function writePieces(entry: ReturnType<Pack['entry']>, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let isGone = false;
  entry.once('close', () => (isGone = true));
  try {
    for await (const piece of pieces) {
      if (isGone) return;
      if (entry.write(piece)) continue;
      await new Promise<void>((resolve) => {
        const go = () => {
          entry.off('drain', go).off('close', go);
          resolve();
        };
        entry.once('drain', go).once('close', go);
      });
    }
    entry.end(null);
  } catch (error) {
    entry.destroy(error as Error);
  }
}

/**
 * An archive comes in headers, contents and paddings, each on its own: a piece for each would cost more than its content. What
 * is large is given on as it is.
 */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [parts, size]: [Uint8Array[], number] = [[], 0];
  for await (const part of content) {
    const isLarge = part.length >= PIECE_BYTES;
    if (!isLarge) {
      parts.push(part);
      size += part.length;
    }
    if (size >= PIECE_BYTES || (isLarge && size > 0)) {
      yield Buffer.concat(parts, size);
      [parts, size] = [[], 0];
    }
    if (isLarge) yield part;
  }
  if (size > 0) yield Buffer.concat(parts, size);
}
