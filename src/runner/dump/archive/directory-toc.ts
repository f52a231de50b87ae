import { ByteReader, TocCut, TocError } from '../../load/toc/byte-reader.ts';
import { readHead, readPlainEntry } from '../../load/toc/read-toc.ts';
import { isGone } from '../gone-definitions.ts';

const WORDS_AT = 8;
const FORMAT_AT = 10;
const HEAD_BYTES = 11;
const CUSTOM = 1;
/** What the directory format has there: the mark of tar. */
const DIRECTORY = 3;
/** Versions of the format from which on large objects are in several groups. */
const GROUPS_FROM = 116;
const LOOK_BYTES = 64 << 10;
const NOTHING = Buffer.alloc(0);

interface Shape {
  readonly version: number;
  readonly wordBytes: number;
  readonly offsetBytes: number;
}

/**
 * Makes the table of contents that a dump in the custom format begins with one of the directory format, as pg_dump itself would
 * have written it: what differs is the mark of the format, and what stands behind each entry. It holds an entry at a time,
 * since there may be millions.
 */
export class TocConverter {
  /** The file of the data of an entry, by its id; for large objects the list of their files. */
  readonly files = new Map<number, string>();
  /** What entries make that say nothing of how. */
  readonly gone: string[] = [];
  private shape: Shape | null = null;
  private entriesLeft = 0;
  private pieces: Uint8Array[] = [];
  private bytes = 0;
  private lookAt = LOOK_BYTES;

  /** Whether the last entry was given. */
  get isDone(): boolean {
    return this.shape !== null && this.entriesLeft === 0;
  }

  /** Of the numbers of this dump. */
  get wordBytes(): number {
    return this.shape?.wordBytes ?? 0;
  }

  /** What came behind the last entry. */
  get rest(): Buffer {
    return Buffer.concat(this.pieces, this.bytes);
  }

  /** Takes what comes, and gives as much of the other table. Throws TocError for what is none. */
  take(piece: Uint8Array): Buffer {
    this.pieces.push(piece);
    this.bytes += piece.length;
    return this.bytes < this.lookAt ? NOTHING : this.convert();
  }

  /** Nothing more comes: the same for what is left. Throws TocCut where that is not all. */
  end(): Buffer {
    const converted = this.convert();
    if (!this.isDone) throw new TocCut('the table of contents ends too early');
    return converted;
  }

  private convert(): Buffer {
    const here = this.rest;
    const converted: Uint8Array[] = [];
    let done = 0;
    try {
      if (this.shape === null) done = this.convertHead(here, converted);
      done += this.convertEntries(here.subarray(done), converted);
    } catch (error) {
      // More may come. Looked at when there is twice as much: an entry may be long.
      if (!(error instanceof TocCut)) throw error;
    }
    this.pieces = [here.subarray(done)];
    this.bytes = here.length - done;
    this.lookAt = Math.max(LOOK_BYTES, this.bytes * 2);
    return Buffer.concat(converted);
  }

  private convertHead(bytes: Buffer, converted: Uint8Array[]): number {
    const { reader, version, offsetBytes, count } = readHead(bytes);
    if (bytes[FORMAT_AT] !== CUSTOM) throw new TocError('the dump is not in the custom format');
    const size = HEAD_BYTES + reader.position;
    const head = Buffer.from(bytes.subarray(0, size));
    head[FORMAT_AT] = DIRECTORY;
    converted.push(head);
    this.shape = { version, offsetBytes, wordBytes: bytes[WORDS_AT] ?? 0 };
    this.entriesLeft = count;
    return size;
  }

  /** Those that are here as a whole; gives how many bytes they are. */
  private convertEntries(bytes: Buffer, converted: Uint8Array[]): number {
    const shape = this.shape;
    if (shape === null) return 0;
    const reader = new ByteReader(bytes, shape.wordBytes);
    for (let done = 0; ; done = reader.position) {
      if (this.entriesLeft === 0) return done;
      try {
        converted.push(...this.convertEntry(reader, shape));
      } catch (error) {
        if (!(error instanceof TocCut)) throw error;
        return done;
      }
      this.entriesLeft -= 1;
    }
  }

  private convertEntry(reader: ByteReader, { version, wordBytes, offsetBytes }: Shape): readonly Uint8Array[] {
    const begin = reader.position;
    const { id, kind, tag, define } = readPlainEntry(reader, version);
    if (isGone({ kind, define })) this.gone.push(`${kind} ${tag}`);
    const entry = reader.since(begin);
    // The place of the data, which a pipe has not.
    reader.raw(1 + offsetBytes);
    const file = hasData(entry, wordBytes) ? fileOf(id, kind, version) : null;
    if (file !== null) this.files.set(id, file);
    return [entry, writeText(file ?? '', wordBytes)];
  }
}

/** A number stands behind that of the entry: whether there is something to dump. */
function hasData(entry: Buffer, wordBytes: number): boolean {
  const sign = 1;
  return entry.subarray(2 * sign + wordBytes, 2 * (sign + wordBytes)).some((byte) => byte !== 0);
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
