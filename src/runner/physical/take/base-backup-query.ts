import pg, { type Connection, type Submittable } from 'pg';
import type { GuardedConnection } from '../../../guarded-postgres/guarded-connection.ts';
import { ServerError, SessionLostError } from '../../../guarded-postgres/server-error.ts';
import { JobFailure } from '../../attempt/failure.ts';

/** What a server sends of a base backup, in its order. Bytes belong to the archive or manifest that was begun last. */
export type BackupPart =
  | { readonly kind: 'archive'; readonly name: string; readonly tablespacePath: string | null }
  | { readonly kind: 'manifest' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** How many bytes of files the server has read. */
  | { readonly kind: 'progress'; readonly bytesDone: number };

/** More than this waiting to be taken, and nothing more is read from the server. */
const WAITING_AT_MOST = 4 << 20;
/** A server sends pieces of 8 to 40 kB, and each costs whoever takes it more than its bytes: they are gathered. */
const GATHERED = 1 << 18;
/** What a part costs besides its bytes: parts without any may come without end as well. */
const PART_COST = 256;
/** A file's name, and the place of a tablespace. */
const LONGEST_TEXT = 4_096;
/** A start, an end and a row for each tablespace: what sends more is no PostgreSQL. */
const ROWS_AT_MOST = 100_000;
const ROWS_LENGTH_AT_MOST = 16 << 20;

const NOTHING = Buffer.alloc(0);
const BYTES = 'd'.charCodeAt(0);

/** The fields of one row, as text. */
export type BackupRow = readonly (string | null)[];

/**
 * BASE_BACKUP as a query of the client library: rows before the files, the files, and rows behind them.
 * It is one command of the streaming replication protocol, of which the library knows no more than the messages.
 */
export class BaseBackupQuery implements Submittable {
  /** All rows in the order in which they came. */
  readonly rows: BackupRow[] = [];
  readonly #command: string;
  readonly #waiting: BackupPart[] = [];
  #gathering = NOTHING;
  #gathered = 0;
  #costWaiting = 0;
  #rowsLength = 0;
  #connection: GuardedConnection | null = null;
  #end: 'open' | 'whole' | { readonly error: unknown } = 'open';
  #wake: (() => void) | null = null;

  constructor(command: string) {
    this.#command = command;
  }

  submit(connection: Connection): void {
    this.#connection = connection as GuardedConnection;
    // All of a cluster may come; each message is bounded.
    this.#connection.allow(Number.MAX_SAFE_INTEGER);
    this.#connection.sendQuery(Buffer.from(this.#command));
  }

  handleRowDescription(): void {}

  handleDataRow(message: { readonly fields: BackupRow }): void {
    if (this.#end !== 'open') return;
    this.#rowsLength += message.fields.reduce((sum, field) => sum + (field?.length ?? 0) + 8, 0);
    const isTooMuch = this.rows.length >= ROWS_AT_MOST || this.#rowsLength > ROWS_LENGTH_AT_MOST;
    if (isTooMuch) this.#fail(new JobFailure('the server answers with rows without end'));
    else this.rows.push(message.fields);
  }

  handleCommandComplete(): void {}

  handleEmptyQuery(): void {}

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#end !== 'open') return;
    try {
      // A piece without a byte, of which there could be any number, has to be taken like another part.
      if (chunk[0] === BYTES && chunk.length > 1) this.#gather(chunk.subarray(1));
      else this.#pushBehind(parsePart(chunk));
    } catch (error) {
      this.#fail(error);
    }
  }

  handleError(error: unknown): void {
    this.#fail(describeError(error));
  }

  handleReadyForQuery(): void {
    if (this.#end === 'open') {
      this.#pushGathered();
      this.#end = 'whole';
    }
    this.#wake?.();
  }

  /** Everything in order, read from the server only as fast as it is taken. Throws what the server says instead of an end. */
  async *parts(): AsyncGenerator<BackupPart> {
    for (;;) {
      const part = this.#waiting.shift();
      if (part !== undefined) {
        this.#took(costOf(part));
        yield part;
      } else if (this.#end === 'whole') return;
      else if (this.#end !== 'open') throw this.#end.error;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Copied: what came is good only now. */
  #gather(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#gathering.length === 0) this.#gathering = Buffer.allocUnsafeSlow(GATHERED);
      const taken = bytes.copy(this.#gathering, this.#gathered, at);
      at += taken;
      this.#gathered += taken;
      if (this.#gathered === this.#gathering.length) this.#pushGathered();
    }
  }

  #pushBehind(part: BackupPart): void {
    this.#pushGathered();
    this.#push(part);
  }

  #pushGathered(): void {
    if (this.#gathered === 0) return;
    const bytes = this.#gathering.subarray(0, this.#gathered);
    this.#gathering = this.#gathering.subarray(this.#gathered);
    this.#gathered = 0;
    this.#push({ kind: 'bytes', bytes });
  }

  #push(part: BackupPart): void {
    this.#costWaiting += costOf(part);
    this.#waiting.push(part);
    if (this.#costWaiting > WAITING_AT_MOST) this.#connection?.stream.pause();
    this.#wake?.();
  }

  #took(cost: number): void {
    this.#costWaiting -= cost;
    if (this.#costWaiting <= WAITING_AT_MOST) this.#connection?.stream.resume();
  }

  #fail(error: unknown): void {
    if (this.#end === 'open') this.#end = { error };
    this.#gathering = NOTHING;
    this.#gathered = 0;
    this.#waiting.length = 0;
    this.#costWaiting = 0;
    this.#connection?.stream.resume();
    this.#wake?.();
  }
}

function costOf(part: BackupPart): number {
  if (part.kind === 'bytes') return PART_COST + part.bytes.length;
  return part.kind === 'archive' ? PART_COST + part.name.length + (part.tablespacePath?.length ?? 0) : PART_COST;
}

function parsePart(chunk: Buffer): BackupPart {
  switch (chunk[0]) {
    case BYTES:
      return { kind: 'bytes', bytes: NOTHING };
    case 0x6d: // m
      return { kind: 'manifest' };
    case 0x6e: {
      // n: name and place, each ended by a NUL
      const name = readText(chunk, 1);
      const place = readText(chunk, name.next);
      return { kind: 'archive', name: name.text, tablespacePath: place.text === '' ? null : place.text };
    }
    case 0x70: // p
      if (chunk.length !== 9) throw unexpected();
      return { kind: 'progress', bytesDone: Number(chunk.readBigInt64BE(1)) };
    default:
      throw unexpected();
  }
}

function readText(chunk: Buffer, start: number): { readonly text: string; readonly next: number } {
  const end = chunk.indexOf(0, start);
  if (end < 0 || end - start > LONGEST_TEXT) throw unexpected();
  return { text: chunk.toString('utf8', start, end), next: end + 1 };
}

function unexpected(): Error {
  return new JobFailure('the server sends a base backup in a form that PostgreSQL does not have');
}

function describeError(error: unknown): Error {
  if (error instanceof pg.DatabaseError) return new ServerError(error);
  const text = error instanceof Error ? error.message : '';
  return new SessionLostError(text === '' ? 'the session with the server was ended without a word' : text, {
    cause: error,
  });
}
