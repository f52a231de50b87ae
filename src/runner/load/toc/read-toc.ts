import { createReadStream } from 'node:fs';
import { ByteReader, TocCut, TocError } from './byte-reader.ts';
import { TocEntries } from './toc-entries.ts';
import type { Section, Toc, TocEntry } from './toc-entry.ts';

/** Versions of the format that PostgreSQL 15 to 18 write, as major times 100 and minor. */
const OLDEST = 114;
const NEWEST = 116;
const SECTIONS: readonly Section[] = ['NONE', 'NONE', 'PRE_DATA', 'DATA', 'POST_DATA'];
const MOST_ENTRIES = 20_000_000;
const HEAD_BYTES = 11;
const PIECE_BYTES = 1 << 20;
const NOTHING = Buffer.alloc(0);

/**
 * The contents of `toc.dat` in a dump of the directory format (PostgreSQL's pg_backup_archiver.c, ReadHead and ReadToc), read
 * piece by piece: it may be gigabytes, of as many large objects as there are. Throws TocError for anything else.
 */
export async function readToc(pieces: AsyncIterable<Buffer>): Promise<Toc> {
  const found = new TocEntries();
  let [version, serverVersion, left, wordBytes] = [0, '', -1, 0];
  let [here, lookAt]: [Buffer, number] = [NOTHING, 0];
  const take = (bytes: Buffer) => {
    let [reader, done] = [new ByteReader(bytes, wordBytes), 0];
    try {
      if (left < 0) {
        const head = readHead(bytes);
        [version, serverVersion, left, wordBytes] = [head.version, head.serverVersion, head.count, head.wordBytes];
        done = HEAD_BYTES + head.reader.position;
        reader = new ByteReader(bytes.subarray(done), wordBytes);
      }
      const begin = done;
      for (; left > 0; left -= 1) {
        found.add(readEntry(reader, version));
        done = begin + reader.position;
      }
    } catch (error) {
      if (!(error instanceof TocCut)) throw error;
    }
    return done;
  };
  for await (const piece of pieces) {
    if (left === 0) break;
    here = here.length === 0 ? piece : Buffer.concat([here, piece]);
    if (here.length < lookAt) continue;
    here = here.subarray(take(here));
    // Looked at when there is twice as much: an entry may be long.
    lookAt = here.length * 2;
  }
  take(here);
  if (left !== 0) throw new TocCut('the table of contents ends too early');
  const entries = found.all();
  return { ...readSettings(entries), serverVersion, entries: entries.filter(({ kind }) => !SETTINGS.has(kind)) };
}

/** The same of a file. */
export function readTocFile(file: string): Promise<Toc> {
  return readToc(createReadStream(file, { highWaterMark: PIECE_BYTES }));
}

/** What stands before the entries: `offsetBytes` is the size of a place in a file of the custom format. */
export interface TocHead {
  readonly reader: ByteReader;
  readonly version: number;
  readonly wordBytes: number;
  readonly offsetBytes: number;
  readonly serverVersion: string;
  readonly count: number;
}

/** Reads all before the first entry; the reader stands there then. Throws TocError for what is none of pg_dump. */
export function readHead(bytes: Buffer): TocHead {
  const head = new ByteReader(bytes);
  if (head.raw(5).toString('latin1') !== 'PGDMP') throw new TocError('the table of contents is none of pg_dump');
  const version = head.byte() * 100 + head.byte();
  head.byte();
  if (version < OLDEST || version > NEWEST) {
    throw new TocError(
      `the dump has the format ${Math.floor(version / 100)}.${version % 100}, which is not known here`,
    );
  }
  const wordBytes = head.byte();
  const offsetBytes = head.byte();
  head.byte();
  if (wordBytes < 1 || wordBytes > 8) throw new TocError('the table of contents holds a number that cannot be');
  const reader = head.withWords(wordBytes);
  if (version >= 115) reader.byte();
  else reader.int();
  for (let part = 0; part < 7; part += 1) reader.int();
  reader.text();
  const serverVersion = reader.text() ?? '';
  reader.text();
  const count = reader.int();
  if (count < 0 || count > MOST_ENTRIES) throw new TocError('the table of contents holds a number that cannot be');
  return { reader, version, wordBytes, offsetBytes, serverVersion, count };
}

function readEntry(reader: ByteReader, version: number): TocEntry {
  const entry = readPlainEntry(reader, version);
  const file = reader.text();
  if (file !== null && file !== '' && !/^[A-Za-z0-9_]+\.[a-z]+$/.test(file)) {
    throw new TocError('the table of contents names a file that is none of its own');
  }
  return { ...entry, file: file === '' ? null : file };
}

/** An entry without what each format says of where its data are, which stands behind it. */
export function readPlainEntry(reader: ByteReader, version: number): Omit<TocEntry, 'file'> {
  const id = reader.int();
  reader.int();
  reader.text();
  reader.text();
  const tag = reader.text() ?? '';
  const kind = reader.text() ?? '';
  const section = SECTIONS[reader.int()] ?? 'NONE';
  const define = reader.text() ?? '';
  const drop = reader.text() ?? '';
  const copy = reader.text() ?? '';
  const namespace = reader.text();
  reader.text();
  const accessMethod = reader.text();
  const relationKind = version >= 116 ? reader.int() : 0;
  const owner = reader.text();
  reader.text();
  const dependsOn: number[] = [];
  for (let one = reader.text(); one !== null; one = reader.text()) dependsOn.push(Number(one));
  return {
    id,
    kind,
    section,
    tag,
    namespace: namespace === '' ? null : namespace,
    owner: owner === '' ? null : owner,
    accessMethod: accessMethod === '' ? null : accessMethod,
    relationKind: relationKind === 0 ? null : String.fromCharCode(relationKind),
    define,
    drop,
    copy,
    dependsOn,
  };
}

/** Entries that are no objects: what the session must be set to. */
const SETTINGS: ReadonlySet<string> = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH']);

function readSettings(entries: readonly TocEntry[]): Pick<Toc, 'encoding' | 'standardStrings'> {
  const said = (kind: string) => entries.find((entry) => entry.kind === kind)?.define ?? '';
  const encoding = /^SET client_encoding = '([A-Za-z0-9_-]+)';/.exec(said('ENCODING'))?.[1];
  if (encoding === undefined) throw new TocError('the table of contents does not tell its encoding');
  return { encoding, standardStrings: /= 'on'/.test(said('STDSTRINGS')) };
}
