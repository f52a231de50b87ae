import { createHash } from 'node:crypto';
import { JobFailure } from '../../attempt/failure.ts';
import { readTar } from '../archive/read-tar.ts';
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

/**
 * Hashes every file of an unpacked archive into `seen`, its path below `directory` (`''`, or `pg_tblspc/<oid>/`), and notes
 * the segments of the log.
 */
export async function hashMembers(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
  seen: SeenFiles,
  segments: LogSegments,
): Promise<void> {
  await readTar(archive, (member) => {
    if (member.type !== 'file' && member.type !== 'contiguous-file') return null;
    const path = `${directory}${member.name.replace(/^\.\//, '')}`;
    if (seen.has(path)) throw new JobFailure(`the base backup holds ${path} twice`);
    const [, segment] = SEGMENT.exec(path) ?? [];
    if (segment !== undefined) {
      segments.set(segment, member.sizeBytes);
      return null;
    }
    const hash = createHash('sha256');
    return {
      write: (bytes) => void hash.update(bytes),
      end: () => void seen.set(path, { sizeBytes: member.sizeBytes, checksum: hash.digest('hex') }),
    };
  });
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
