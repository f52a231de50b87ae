import { isUtf8 } from 'node:buffer';
import path from 'node:path';
import type { Finding } from '../../../jobs/ports/job-protocol.ts';
import { decoderOf } from '../../guarded-postgres/decoder.ts';
import { finalFailure } from '../attempt/failure.ts';
import { refuseLoss } from '../catalogue/accept-loss.ts';
import { PHYSICAL_INSTEAD } from '../catalogue/check-database.ts';
import { tellSome } from '../catalogue/tell-some.ts';
import { readDumpFileOnce } from '../load/data/dump-files.ts';
import { objectOf } from '../load/entries/object-name.ts';
import { readTocFile } from '../load/toc/read-toc.ts';
import { findNoLetter, hasLetters } from './letters.ts';
import type { DumpGround, SourceDatabase } from './source.ts';

const LINE_FEED = 10;
const ROWS = /^\d+\.dat(?:\.|$)/;

/** Looks at rows on their way: COPY writes whatever bytes a table holds, and no server of that encoding reads them again. */
export interface BytesCheck {
  /** Looks a finished file through: its first bad line, counted from 1, or null. */
  take(file: string): Promise<number | null>;
  /** The same of one that lies nowhere, without an answer. */
  takeContent(file: string, content: Buffer): Promise<void>;
  /** The files with bytes that are none of the encoding, by their names without what they are compressed with. */
  readonly bad: ReadonlyMap<string, number>;
}

/** Of a database in an encoding of several bytes; in the others every byte is some letter. */
export function createBytesCheck(encoding: string): BytesCheck {
  const bad = new Map<string, number>();
  const look = async (file: string, read: () => AsyncIterable<Buffer>) => {
    if (!(encoding === 'UTF8' || hasLetters(encoding)) || !ROWS.test(path.basename(file))) return null;
    const line = await firstBadLine(read, encoding);
    if (line !== null) bad.set(path.basename(file).replace(/\.dat.*$/, '.dat'), line);
    return line;
  };
  return {
    bad,
    take: (file) => look(file, () => readDumpFileOnce(file)),
    takeContent: async (file, content) => {
      if (encoding !== 'UTF8' || !isUtf8(content)) await look(file, () => only(content));
    },
  };
}

async function* only(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

/** The first line that is not of the encoding; null where all are. What is right is read once, and no line of it is looked for. */
export async function firstBadLine(read: () => AsyncIterable<Buffer>, encoding: string): Promise<number | null> {
  const where = await (encoding === 'UTF8' ? firstBadPiece(read()) : findNoLetter(read(), encoding));
  return where === null ? null : 1 + (await countLines(read(), where));
}

/** Where the first piece with something else begins, and whole letters before it end. */
async function firstBadPiece(chunks: AsyncIterable<Buffer>): Promise<number | null> {
  let at = 0;
  let begun: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
    const end = endOfLetters(bytes);
    if (!isUtf8(bytes.subarray(0, end))) return at + lengthOfGood(bytes.subarray(0, end));
    at += end;
    // The piece is gone when the next one is asked for.
    begun = Buffer.from(bytes.subarray(end));
  }
  return begun.length === 0 ? null : at;
}

/** Where the last letter begins that may go on in the next piece; a letter has four bytes at most. */
function endOfLetters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Up to the first line that is not right; a line feed is no part of a letter. */
function lengthOfGood(bytes: Buffer): number {
  for (let from = 0; ; ) {
    const end = bytes.indexOf(LINE_FEED, from) + 1;
    if (end === 0 || !isUtf8(bytes.subarray(from, end))) return from;
    from = end;
  }
}

async function countLines(chunks: AsyncIterable<Buffer>, until: number): Promise<number> {
  let count = 0;
  let left = until;
  for await (const chunk of chunks) {
    const bytes = chunk.subarray(0, left);
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
    left -= bytes.length;
    if (left === 0) break;
  }
  return count;
}

const badRow = (database: string, encoding: string, object: string, row: number): Finding => ({
  code: 'ROWS_NOT_LOADABLE',
  severity: 'CRITICAL',
  database,
  object,
  message: `row ${row} of ${object} holds bytes that are no ${encoding}, so no logical restore can load it`,
  remedy: `Put the bytes right on the source and take the image again. ${PHYSICAL_INSTEAD}`,
});

/** Throws a final failure where rows of this table, which pg_dump has just named, may not be lost: the rest need not be read. */
export function refuseBadBytes(
  { acceptLoss }: DumpGround,
  { name, encoding }: SourceDatabase,
  table: string,
  row: number,
): void {
  refuseLoss([badRow(name.text, encoding, table, row)], acceptLoss);
}

/** Tells what the check has found. Throws a final failure where that is more than may be lost. */
export async function tellBadBytes(
  { attempt, acceptLoss }: DumpGround,
  { name, encoding }: SourceDatabase,
  directory: string,
  { bad }: BytesCheck,
): Promise<void> {
  if (bad.size === 0) return;
  const { entries } = await readTocFile(path.join(directory, 'toc.dat'));
  const decode = decoderOf(encoding);
  const found = entries.flatMap((entry): Finding[] => {
    const row = entry.file === null ? undefined : bad.get(entry.file);
    return row === undefined ? [] : [badRow(name.text, encoding, decode(objectOf(entry)), row)];
  });
  if (found.length < bad.size)
    throw finalFailure(`database ${name.text} holds bytes that are no ${encoding}, in files of no table`);
  tellSome(attempt.report, found, (count) => ({
    message: `${count} more tables hold bytes that are no ${encoding}`,
    remedy: null,
  }));
  refuseLoss(attempt.report.findings, acceptLoss);
}
