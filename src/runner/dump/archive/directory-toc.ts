import { TocError } from '../../load/toc/byte-reader.ts';
import { readHead, readPlainEntry } from '../../load/toc/read-toc.ts';

const FORMAT_AT = 10;
const HEAD_BYTES = 11;
const CUSTOM = 1;
/** What the directory format has there: the mark of tar. */
const DIRECTORY = 3;
/** Versions of the format from which on large objects are in several groups. */
const GROUPS_FROM = 116;
const HAS_DATA_AT = 1;

/** What a dump in the custom format begins with, as it stands in one in the directory format. */
export interface DirectoryToc {
  /** `toc.dat`. */
  readonly content: Buffer;
  /** Where the data begin. */
  readonly bytesRead: number;
  readonly wordBytes: number;
  /** The file of the data of an entry, by its id; for large objects the list of their files. */
  readonly files: ReadonlyMap<number, string>;
}

/**
 * Makes the table of contents of a dump in the custom format one of the directory format, as pg_dump itself would have written
 * it: what differs is the mark of the format, and what stands behind each entry. Throws TocCut where it goes on, and TocError
 * for what is none.
 */
export function toDirectoryToc(archive: Buffer): DirectoryToc {
  const { reader, version, offsetBytes, count } = readHead(archive);
  if (archive[FORMAT_AT] !== CUSTOM) throw new TocError('the dump is not in the custom format');
  const wordBytes = archive[8] ?? 0;
  const head = Buffer.from(archive.subarray(0, HEAD_BYTES + reader.position));
  head[FORMAT_AT] = DIRECTORY;
  const parts: Uint8Array[] = [head];
  const files = new Map<number, string>();
  for (let nth = 0; nth < count; nth += 1) {
    const begin = reader.position;
    const { id, kind } = readPlainEntry(reader, version);
    const entry = reader.since(begin);
    // The place of the data, which a pipe has not.
    reader.raw(1 + offsetBytes);
    const file = hasData(entry, wordBytes) ? fileOf(id, kind, version) : null;
    if (file !== null) files.set(id, file);
    parts.push(entry, writeText(file ?? '', wordBytes));
  }
  return { content: Buffer.concat(parts), bytesRead: HEAD_BYTES + reader.position, wordBytes, files };
}

/** A number stands behind that of the entry: whether there is something to dump. */
function hasData(entry: Buffer, wordBytes: number): boolean {
  return entry.subarray(1 + wordBytes + HAS_DATA_AT, 2 * (1 + wordBytes)).some((byte) => byte !== 0);
}

function fileOf(id: number, kind: string, version: number): string {
  if (kind !== 'BLOBS') return `${id}.dat`;
  return version >= GROUPS_FROM ? `blobs_${id}.toc` : 'blobs.toc';
}

function writeText(text: string, wordBytes: number): Buffer {
  const written = Buffer.alloc(1 + wordBytes + text.length);
  written.writeUIntLE(text.length, 1, Math.min(wordBytes, 6));
  written.write(text, 1 + wordBytes, 'latin1');
  return written;
}
