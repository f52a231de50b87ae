import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { TocError } from '../toc/byte-reader.ts';

const CHUNK_BYTES = 256 << 10;
const SUFFIXES = ['', '.gz', '.zst', '.lz4'] as const;
type Suffix = (typeof SUFFIXES)[number];

/** The files of a dump in the directory format, whatever they are compressed with. */
export interface DumpFiles {
  /** As they are stored. Throws TocError for a file that is not there. */
  sizeOf(file: string): number;
  /** What the file holds, unpacked. A stream that is left is closed. */
  read(file: string): AsyncGenerator<Buffer>;
  /** A small file as a whole, null where there is none. */
  text(file: string): Promise<string | null>;
}

/** Looks at what the directory holds. */
export async function openDumpFiles(directory: string): Promise<DumpFiles> {
  const sizes = new Map<string, { readonly suffix: Suffix; readonly bytes: number }>();
  for (const name of await readdir(directory)) {
    const suffix = SUFFIXES.findLast((one) => name.endsWith(one)) ?? '';
    const { size } = await stat(path.join(directory, name));
    sizes.set(name.slice(0, name.length - suffix.length), { suffix, bytes: size });
  }
  const find = (file: string) => {
    const found = sizes.get(file);
    if (found === undefined) throw new TocError(`the dump lacks the file ${file}`);
    return found;
  };
  return {
    sizeOf: (file) => find(file).bytes,
    read: (file) => {
      const { suffix, bytes } = find(file);
      return bytes === 0 ? nothing() : unpack(path.join(directory, file), suffix);
    },
    text: async (file) => (sizes.has(file) ? await readFile(path.join(directory, file), 'latin1') : null),
  };
}

/** pg_dump with zstd leaves the file of an empty large object empty, without a frame. */
async function* nothing(): AsyncGenerator<Buffer> {}

async function* unpack(file: string, suffix: Suffix): AsyncGenerator<Buffer> {
  const source = createReadStream(`${file}${suffix}`, { highWaterMark: CHUNK_BYTES });
  const unpacked = unpackerFor(suffix);
  const ended = pipeline(source, unpacked);
  // Told by the stream that is read; a reader that leaves early breaks it off.
  ended.catch(() => undefined);
  yield* unpacked as AsyncIterable<Buffer>;
  await ended;
}

function unpackerFor(suffix: Suffix): NodeJS.ReadWriteStream & AsyncIterable<Buffer | string> {
  if (suffix === '.gz') return createGunzip({ chunkSize: CHUNK_BYTES });
  if (suffix === '.zst') return createZstdDecompress({ chunkSize: CHUNK_BYTES });
  if (suffix === '.lz4') throw new TocError('the dump is compressed with lz4, which is not read here');
  return new PassThrough();
}
