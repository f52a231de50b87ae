import { randomBytes } from 'node:crypto';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import { JobFailure } from '../../attempt/failure.ts';
import { type BackupPart, type BackupRow, BaseBackupQuery } from './base-backup-query.ts';
import type { ReplicationSession } from './replication-session.ts';

/** How the server is asked to pack what it sends. */
export interface ServerCompression {
  readonly algorithm: 'zstd';
  readonly detail: string;
}

/** Best first; null: the server sends it as it is. Not every build has zstd, and not every zstd has workers. */
export const COMPRESSIONS: readonly (ServerCompression | null)[] = [
  { algorithm: 'zstd', detail: 'level=1,workers=2' },
  { algorithm: 'zstd', detail: 'level=1' },
  null,
];

export interface BaseBackupWish {
  /** Stands in the backup's label and in the server's list of what it does. */
  readonly label: string;
  /** What the server may read a second, in kB; null: as fast as it can. */
  readonly maxRateKilobytes: number | null;
}

/** A backup that the server has begun to send. */
export interface BaseBackup {
  readonly compression: ServerCompression | null;
  /** What the server thought that it would read, before it began. */
  readonly bytesTotal: number;
  /** Where the log has to be replayed from. */
  readonly startLsn: string;
  readonly timeline: number;
  readonly tablespaces: readonly { readonly oid: string; readonly path: string }[];
  parts(): AsyncIterable<BackupPart>;
  /** Where it is consistent; to be asked when all parts were taken. Throws a JobFailure when the server did not say. */
  endLsn(): string;
}

const LSN = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/;
const TIMELINE = /^\d{1,10}$/;
const OID = /^[1-9]\d{0,9}$/;
/** In kB. */
const SIZE = /^\d{1,12}$/;
const LONGEST_PATH = 1_023;

/**
 * Asks a server for a copy of its whole cluster with the log that makes it consistent, over a connection in replication
 * mode. Compressed by the server where its build can. Throws what the server says when it refuses.
 */
export async function startBaseBackup(
  session: ReplicationSession,
  wish: BaseBackupWish,
  compressions: readonly (ServerCompression | null)[] = COMPRESSIONS,
): Promise<BaseBackup> {
  for (const [at, compression] of compressions.entries()) {
    const query = new BaseBackupQuery(buildCommand(wish, compression));
    session.begin(query);
    const parts = query.parts();
    try {
      const first = await parts.next();
      if (first.done === true) throw new JobFailure('the server sent no base backup');
      return describeBackup(query, compression, withFirst(first.value, parts));
    } catch (error) {
      if (at === compressions.length - 1 || !isRefusedCompression(error)) throw error;
    }
  }
  throw new JobFailure('the server sent no base backup');
}

/**
 * Keeps the log from here on until the session ends: a checkpoint, of the load on the source or of another backup, would
 * else remove what makes this backup consistent. Gives why there is no slot to be had; the backup may do without.
 */
export async function holdLog(session: ReplicationSession): Promise<string | null> {
  const name = `toygres_${randomBytes(8).toString('hex')}`;
  const query = new BaseBackupQuery(`CREATE_REPLICATION_SLOT ${name} TEMPORARY PHYSICAL (RESERVE_WAL)`);
  session.begin(query);
  try {
    for await (const _ of query.parts())
      throw new JobFailure('the server answers with files where none were asked for');
    return null;
  } catch (error) {
    if (error instanceof ServerError) return error.words;
    throw error;
  }
}

/** `BASE_BACKUP` with its options, as PostgreSQL 15 and later read it. */
export function buildCommand(wish: BaseBackupWish, compression: ServerCompression | null): string {
  const options = [
    `LABEL ${quote(wish.label)}`,
    'PROGRESS',
    "CHECKPOINT 'fast'",
    'WAL',
    "MANIFEST 'yes'",
    "MANIFEST_CHECKSUMS 'SHA256'",
    ...(wish.maxRateKilobytes === null ? [] : [`MAX_RATE ${wish.maxRateKilobytes}`]),
    ...(compression === null
      ? []
      : [`COMPRESSION ${quote(compression.algorithm)}`, `COMPRESSION_DETAIL ${quote(compression.detail)}`]),
  ];
  return `BASE_BACKUP (${options.join(', ')})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function isRefusedCompression(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /compression/i.test(message);
}

async function* withFirst(first: BackupPart, rest: AsyncGenerator<BackupPart>): AsyncGenerator<BackupPart> {
  yield first;
  yield* rest;
}

function describeBackup(
  query: BaseBackupQuery,
  compression: ServerCompression | null,
  parts: AsyncIterable<BackupPart>,
): BaseBackup {
  const [start, ...places] = query.rows;
  const rowsBefore = query.rows.length;
  const timeline = Number(TIMELINE.exec(start?.[1] ?? '')?.[0]);
  if (!(timeline >= 1 && timeline < 2 ** 32)) throw new JobFailure('the server did not say on which timeline it is');
  const tablespaces = places.flatMap(([oid, path]) => (oid && path ? [{ oid, path }] : []));
  const areKnown = tablespaces.every(({ oid, path }) => OID.test(oid) && path.length <= LONGEST_PATH);
  const isEachOnce = (['oid', 'path'] as const).every(
    (key) => new Set(tablespaces.map((one) => one[key])).size === tablespaces.length,
  );
  if (!areKnown || !isEachOnce) throw new JobFailure('the server names tablespaces that PostgreSQL cannot have');
  const kilobytes = places.map(([, , size]) => Number(SIZE.exec(size ?? '')?.[0] ?? 0));
  return {
    compression,
    startLsn: readLsn(start),
    timeline,
    bytesTotal: kilobytes.reduce((sum, size) => sum + size, 0) * 1024,
    tablespaces,
    parts: () => parts,
    endLsn: () => readLsn(query.rows[rowsBefore]),
  };
}

function readLsn(row: BackupRow | undefined): string {
  const lsn = row?.[0] ?? '';
  if (LSN.test(lsn)) return lsn;
  throw new JobFailure('the server did not say at which place of its log the base backup stands');
}
