import { type Pack, pack } from 'tar-stream';

/** A small file as it goes into a pack. */
export interface PackedFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const PIECE_BYTES = 64 << 10;

/** The files as one plain tar archive, in the order in which they come; it is read no faster than it is taken. */
export async function* packTar(files: AsyncIterable<PackedFile>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const fed = feed(archive, files).catch((error: unknown) => archive.destroy(error as Error));
  yield* inPieces(archive as AsyncIterable<Uint8Array>);
  await fed;
}

async function feed(archive: Pack, files: AsyncIterable<PackedFile>): Promise<void> {
  for await (const { name, content } of files) {
    await new Promise<void>((resolve, reject) => {
      const entry = archive.entry({ name, size: content.length, mode: 0o600, mtime: new Date(0) }, (error) =>
        error ? reject(error) : resolve(),
      );
      entry.end(Buffer.from(content));
    });
  }
  archive.finalize();
}

/** An archive comes in headers, contents and paddings, each on its own: a piece for each would cost more than its content. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let [parts, size]: [Uint8Array[], number] = [[], 0];
  for await (const part of content) {
    parts.push(part);
    size += part.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(parts, size);
    [parts, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(parts, size);
}
