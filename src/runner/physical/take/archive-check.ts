import { createHash } from 'node:crypto';
import { JobFailure } from '../../attempt/failure.ts';
import { type Admitted, type ArchiveTree, RefusedMember } from '../archive/archive-tree.ts';
import { readTar, type TarMember } from '../archive/read-tar.ts';
import type { BackupManifest } from './backup-manifest.ts';
import type { LogSegments } from './log-segments.ts';

/** What was seen of one file while it passed. */
export interface SeenFile {
  readonly sizeBytes: number;
  /** SHA-256 as hex. */
  readonly checksum: string;
}

/** Every file that passed, by its path below the data directory. */
export type SeenFiles = Map<string, SeenFile>;

/** The checksum that base backups are asked to carry. */
export const CHECKSUM_ALGORITHM = 'SHA256';

/** Segments of the log stand in no manifest, since they are written meanwhile: replaying them checks each record. */
const SEGMENT = /^pg_wal\/([0-9A-F]{24})$/;
const NAMED_AT_MOST = 5;

/** Files that say which cluster this is; they have this size at most. */
const KEPT = new Set(['PG_VERSION', 'global/pg_control', 'backup_label']);
const KEPT_BYTES = 16_384;

/** What passed of a base backup, over all of its archives. */
export interface Passed {
  readonly tree: ArchiveTree;
  readonly seen: SeenFiles;
  readonly segments: LogSegments;
  /** The content of the files that tell which cluster it is. */
  readonly kept: Map<string, Buffer>;
}

/**
 * Hashes every file of an unpacked archive, its path below `directory` (`''`, or `pg_tblspc/<oid>/`), and notes the segments
 * of the log. Throws a JobFailure for a member that no restore would take.
 */
export async function hashMembers(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
  { tree, seen, segments, kept }: Passed,
): Promise<void> {
  await readTar(archive, (member) => {
    const { path, kind } = take(tree, member, directory);
    if (kind !== 'file') return null;
    const [, segment] = SEGMENT.exec(path) ?? [];
    if (segment !== undefined) {
      segments.set(segment, member.sizeBytes);
      return null;
    }
    const hash = createHash('sha256');
    const content: Uint8Array[] = [];
    const isKept = KEPT.has(path) && member.sizeBytes <= KEPT_BYTES;
    return {
      write: (bytes) => {
        hash.update(bytes);
        if (isKept) content.push(Uint8Array.from(bytes));
        return undefined;
      },
      end: () => {
        seen.set(path, { sizeBytes: member.sizeBytes, checksum: hash.digest('hex') });
        if (isKept) kept.set(path, Buffer.concat(content));
        return undefined;
      },
    };
  });
}

function take(tree: ArchiveTree, member: TarMember, directory: string): Admitted {
  try {
    return tree.take(member, directory);
  } catch (error) {
    if (!(error instanceof RefusedMember)) throw error;
    const name = JSON.stringify(`${directory}${member.name}`.slice(0, 200));
    throw new JobFailure(`the base backup cannot be restored: ${name} in it ${error.message}`);
  }
}

/**
 * Looks whether the files are those of the cluster that the sessions are with: whoever stands between may lead one elsewhere.
 * Throws a JobFailure saying what differs.
 */
export function checkCluster(kept: ReadonlyMap<string, Buffer>, major: number, systemIdentifier: string): void {
  const version = kept.get('PG_VERSION')?.toString('latin1').trim();
  if (version !== String(major)) throw notTheServers(`its PG_VERSION is ${version ?? 'missing'} and not ${major}`);
  const control = kept.get('global/pg_control');
  if (control === undefined || control.length < 8) throw notTheServers('it has no pg_control');
  // In the byte order of the server's machine.
  const found = [control.readBigUInt64LE(0), control.readBigUInt64BE(0)].map(String);
  if (!found.includes(systemIdentifier)) throw notTheServers('its pg_control is of another cluster');
  if (!kept.has('backup_label')) throw notTheServers('it has no backup_label');
}

function notTheServers(what: string): Error {
  return new JobFailure(`the base backup is none of this server: ${what}`);
}

/**
 * Holds what passed against the manifest of the server: every file that it names was there, with its size and checksum,
 * and no other. Throws a JobFailure naming the first that differ.
 */
export function compareWithManifest({ files }: BackupManifest, seen: SeenFiles): void {
  const found: string[] = [];
  for (const [path, { sizeBytes, algorithm, checksum }] of files) {
    const file = seen.get(path);
    if (file === undefined) found.push(`${path} is missing`);
    else if (file.sizeBytes !== sizeBytes) found.push(`${path} has ${file.sizeBytes} bytes instead of ${sizeBytes}`);
    else if (algorithm !== CHECKSUM_ALGORITHM || checksum === null) found.push(`${path} carries no SHA-256`);
    else if (file.checksum !== checksum) found.push(`${path} has another SHA-256 than the server read`);
  }
  for (const path of seen.keys()) {
    if (!files.has(path) && !path.startsWith('pg_wal/')) found.push(`${path} is in no list`);
  }
  if (found.length === 0) return;
  const more = found.length > NAMED_AT_MOST ? `; and ${found.length - NAMED_AT_MOST} more` : '';
  const named = found.slice(0, NAMED_AT_MOST).join('; ');
  throw new JobFailure(`the base backup is not what its manifest says: ${named}${more}`);
}
