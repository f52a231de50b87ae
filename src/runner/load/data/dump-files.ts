import { createReadStream, readFileSync, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { giveBack } from '../../../machine/give-back.ts';
import type { Intake } from '../../attempt/size-budget.ts';
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
  /** The same for whoever is done with a piece when it asks for the next: the piece is gone then. */
  readOnce(file: string): AsyncGenerator<Buffer>;
  /** The lines of a list, which may be long; none where there is no such file. Throws TocError for one that is none of a list. */
  lines(file: string): AsyncGenerator<string>;
}

/** Files that may still be on their way, by their paths: how large they are as stored, and when they are here, whole. */
export type Arriving = ReadonlyMap<string, { readonly bytes: number; readonly here: Promise<void> }>;

/** Longer ones no file has. */
const LONGEST_NAME = 255;

/** As it is stored; null where no plain file has this name. */
function sizeHere(file: string): number | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true ? found.size : null;
}

/**
 * What the directory holds, and will hold: what is still on its way is waited for when it is read. Each file is looked for when it
 * is asked for, since a dump may have millions. `intake`: counts what files unpack to.
 */
export function openDumpFiles(
  directory: string,
  arriving: Arriving = new Map(),
  intake: Intake | null = null,
): DumpFiles {
  /** Of a dump nearly all files have the same one. */
  let usual: Suffix = '';
  const look = (file: string): { readonly suffix: Suffix; readonly bytes: number } | null => {
    // Names are of the dump, which may be anybody's.
    if (/[\0/]/.test(file) || file === '' || file.length > LONGEST_NAME) return null;
    for (const suffix of [usual, ...SUFFIXES.filter((one) => one !== usual)]) {
      const at = path.join(directory, `${file}${suffix}`);
      const bytes = arriving.get(at)?.bytes ?? sizeHere(at);
      if (bytes === null) continue;
      usual = suffix;
      return { suffix, bytes };
    }
    return null;
  };
  async function* whenHere(file: string, suffix: Suffix, bytes: number): AsyncGenerator<Buffer> {
    await arriving.get(`${file}${suffix}`)?.here;
    yield* unpack(file, suffix, bytes);
  }
  const find = (file: string) => {
    const found = look(file);
    if (found === null) throw new TocError(`the dump lacks the file ${file}`);
    return found;
  };
  const read = (file: string) => {
    const { suffix, bytes } = find(file);
    const content = bytes === 0 ? nothing() : whenHere(path.join(directory, file), suffix, bytes);
    // What is not packed is as large as it was said to be.
    return intake === null || suffix === '' ? content : intake.pass(path.join(directory, file), content);
  };
  return {
    sizeOf: (file) => find(file).bytes,
    read,
    readOnce: (file) => givenBack(read(file)),
    lines: (file) => (look(file)?.suffix === '' ? linesOf(path.join(directory, file)) : nothing()),
  };
}

/** What one file of a dump holds, unpacked, for whoever is done with a piece when it asks for the next: the piece is gone then. */
export async function* readDumpFileOnce(file: string): AsyncGenerator<Buffer> {
  const suffix = SUFFIXES.findLast((one) => file.endsWith(one)) ?? '';
  const { size } = await stat(file);
  if (size > 0) yield* givenBack(unpack(file.slice(0, file.length - suffix.length), suffix, size));
}

async function* givenBack(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    yield piece;
    giveBack(piece);
  }
}

/** pg_dump with zstd leaves the file of an empty large object empty, without a frame. */
async function* nothing(): AsyncGenerator<never> {}

/** What no list has in a line. */
const LONGEST_LINE = 1_000;

async function* linesOf(file: string): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES, encoding: 'latin1' })) {
    const lines = `${begun}${chunk}`.split('\n');
    begun = lines.pop() ?? '';
    yield* lines;
    if (begun.length > LONGEST_LINE) throw new TocError(`the list ${path.basename(file)} holds a line that is none`);
  }
  if (begun !== '') yield begun;
}

/** Whole, where a stream would cost more than the content: an image may have very many. It is unpacked piece by piece where it grows. */
const SMALL_BYTES = 64 << 10;
const SMALL_UNPACKED_BYTES = 4 << 20;

function unpackSmall(file: string, suffix: Suffix): Buffer | null {
  const packed = readFileSync(`${file}${suffix}`);
  const limit = { maxOutputLength: SMALL_UNPACKED_BYTES };
  try {
    if (suffix === '.gz') return gunzipSync(packed, limit);
    if (suffix === '.zst') return zstdDecompressSync(packed, limit);
  } catch {
    // As a stream it says what is wrong with it, or takes its time.
    return null;
  }
  return suffix === '' ? packed : null;
}

async function* unpack(file: string, suffix: Suffix, bytes: number): AsyncGenerator<Buffer> {
  const small = bytes <= SMALL_BYTES ? unpackSmall(file, suffix) : null;
  if (small !== null) {
    if (small.length > 0) yield small;
    return;
  }
  if (suffix === '') return yield* readPlain(file);
  const source = createReadStream(`${file}${suffix}`, { highWaterMark: CHUNK_BYTES });
  const unpacked = unpackerFor(suffix);
  const ended = pipeline(source, unpacked);
  // Told by the stream that is read; a reader that leaves early breaks it off.
  ended.catch(() => undefined);
  yield* unpacked as AsyncIterable<Buffer>;
  await ended;
}

/** Each piece has a buffer of its own. */
async function* readPlain(name: string): AsyncGenerator<Buffer> {
  const file = await open(name);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(CHUNK_BYTES), 0, CHUNK_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Pieces come out as they are made: where they gather they would be joined, with another copy. */
const PIECES = { chunkSize: CHUNK_BYTES, readableObjectMode: true, readableHighWaterMark: 2 };

function unpackerFor(suffix: Exclude<Suffix, ''>): NodeJS.ReadWriteStream & AsyncIterable<Buffer | string> {
  if (suffix === '.gz') return createGunzip(PIECES);
  if (suffix === '.zst') return createZstdDecompress(PIECES);
  throw new TocError('the dump is compressed with lz4, which is not read here');
}
