import { TocCut, TocError } from '../../load/toc/byte-reader.ts';
import { ByteSource } from './byte-source.ts';
import { TocConverter } from './directory-toc.ts';

/** Takes the bytes of one file in their order. Nothing more comes before what it answers with resolves. */
export interface FileSink {
  write(bytes: Buffer): Promise<void> | undefined;
  end(): Promise<void>;
}

/** Takes the table of contents. */
export interface ContentsSink extends Pick<FileSink, 'write'> {
  /** Told what its entries make without saying how. */
  end(gone: readonly string[]): Promise<void>;
}

/** Takes the files of a dump, one after the other. */
export interface DirectorySink {
  /** `toc.dat`, before all others. */
  openContents(): ContentsSink;
  /** A file of rows, a large object, or a list of those, by its name in a directory. */
  open(file: string): FileSink;
}

const ROWS = 1;
const LARGE_OBJECTS = 3;
const LINES_AT_ONCE = 10_000;

/**
 * Splits what pg_dump writes in its custom format, uncompressed and into a pipe, into the files of the directory format, byte for
 * byte as pg_dump would have written them: no file is made for each table and large object. Throws TocCut for one that ends
 * too early, and TocError for what is none.
 */
export async function splitArchive(content: AsyncIterable<Uint8Array>, sink: DirectorySink): Promise<void> {
  const pieces = content[Symbol.asyncIterator]();
  const toc = await copyContents(pieces, sink.openContents());
  const source = new ByteSource(continued(toc.rest, pieces), toc.wordBytes);
  const missing = new Set(toc.files.keys());
  while (!(await source.isAtEnd())) {
    const kind = await source.byte();
    const id = await source.int();
    const file = toc.files.get(id);
    if (file === undefined || !missing.delete(id)) throw new TocError('the dump holds data of no entry');
    if (kind === ROWS) await copyData(source, sink.open(file));
    else if (kind === LARGE_OBJECTS) await copyObjects(source, sink, file);
    else throw new TocError('the dump holds data of a kind that is not known here');
  }
  if (missing.size > 0) throw new TocCut(`the dump lacks the data of ${missing.size} entries`);
}

/** Up to the last entry, as it comes. */
async function copyContents(pieces: AsyncIterator<Uint8Array>, file: ContentsSink): Promise<TocConverter> {
  const toc = new TocConverter();
  while (!toc.isDone) {
    const next = await pieces.next();
    const converted = next.done === true ? toc.end() : toc.take(next.value);
    if (converted.length > 0) await file.write(converted);
  }
  await file.end(toc.gone);
  return toc;
}

async function* continued(first: Buffer, pieces: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
}

/** Pieces with their lengths before them, up to one of none. */
async function copyData(source: ByteSource, file: FileSink): Promise<void> {
  for (;;) {
    let left = source.hasInt() ? source.takeInt() : await source.int();
    if (left === 0) break;
    if (left < 0) throw new TocError('the dump holds a number that cannot be');
    while (left > 0) {
      const bytes = await source.some(left);
      left -= bytes.length;
      const written = file.write(bytes);
      if (written !== undefined) await written;
    }
  }
  await file.end();
}

/** Each with its number before it, up to one of none; the list of them is a file as well. */
async function copyObjects(source: ByteSource, sink: DirectorySink, list: string): Promise<void> {
  // There may be millions: their numbers alone are kept.
  let [listed, count] = [new Uint32Array(1_024), 0];
  for (let number = await source.int(); number !== 0; number = await source.int()) {
    // Above two thousand millions it is written as a negative number.
    const oid = number >>> 0;
    const file = `blob_${oid}.dat`;
    if (count === listed.length) {
      const more = new Uint32Array(2 * count);
      more.set(listed);
      listed = more;
    }
    listed[count] = oid;
    count += 1;
    await copyData(source, sink.open(file));
  }
  const file = sink.open(list);
  for (let from = 0; from < count; from += LINES_AT_ONCE) {
    const lines = Array.from(
      listed.subarray(from, Math.min(count, from + LINES_AT_ONCE)),
      (oid) => `${oid} blob_${oid}.dat\n`,
    );
    await file.write(Buffer.from(lines.join('')));
  }
  await file.end();
}
