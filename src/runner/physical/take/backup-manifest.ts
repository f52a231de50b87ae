import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { JobFailure } from '../../attempt/failure.ts';

/** What a file of a base backup must be, by its path below the data directory (its bytes, one a character). */
export interface ExpectedFile {
  readonly sizeBytes: number;
  readonly algorithm: string;
  /** Hex; null where the server took none. */
  readonly checksum: string | null;
}

/** A part of the log that has to be replayed before the backup is consistent. */
export interface WalRange {
  readonly timeline: number;
  readonly startLsn: string;
  readonly endLsn: string;
}

export interface BackupManifest {
  readonly files: ReadonlyMap<string, ExpectedFile>;
  readonly walRanges: readonly WalRange[];
}

const ManifestFile = z.object({
  Path: z.string().optional(),
  'Encoded-Path': z
    .string()
    .regex(/^([0-9a-f]{2})+$/i)
    .optional(),
  Size: z.number().int().nonnegative(),
  'Checksum-Algorithm': z.string().optional(),
  Checksum: z
    .string()
    .regex(/^[0-9a-f]+$/i)
    .optional(),
});
const lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);
const Manifest = z.object({
  'PostgreSQL-Backup-Manifest-Version': z.union([z.literal(1), z.literal(2)]),
  Files: z.array(ManifestFile),
  'WAL-Ranges': z.array(z.object({ Timeline: z.number().int().positive(), 'Start-LSN': lsn, 'End-LSN': lsn })),
  'Manifest-Checksum': z.string().regex(/^[0-9a-f]{64}$/i),
});

const LAST_LINE = '"Manifest-Checksum"';

/**
 * Reads PostgreSQL's backup manifest and holds it against its own checksum. Throws a JobFailure saying what is wrong with it.
 */
export function parseBackupManifest(content: Buffer): BackupManifest {
  const parsed = Manifest.safeParse(parseJson(content));
  if (!parsed.success) throw unusable(`at ${parsed.error.issues[0]?.path.join('.') || 'its top'}`);
  const manifest = parsed.data;
  checkOwnChecksum(content, manifest['Manifest-Checksum']);
  const files = new Map<string, ExpectedFile>();
  for (const file of manifest.Files) {
    const path = pathOf(file.Path, file['Encoded-Path']);
    if (path === null || files.has(path)) throw unusable('a path is missing or comes twice');
    const algorithm = file['Checksum-Algorithm'] ?? 'NONE';
    files.set(path, { sizeBytes: file.Size, algorithm, checksum: file.Checksum?.toLowerCase() ?? null });
  }
  const walRanges = manifest['WAL-Ranges'].map((range) => ({
    timeline: range.Timeline,
    startLsn: range['Start-LSN'],
    endLsn: range['End-LSN'],
  }));
  return { files, walRanges };
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw unusable('it is no JSON');
  }
}

/** It covers everything before the line that holds it. */
function checkOwnChecksum(content: Buffer, expected: string): void {
  const end = content.lastIndexOf(LAST_LINE);
  const actual = createHash('sha256').update(content.subarray(0, end)).digest();
  if (end < 0 || !timingSafeEqual(actual, Buffer.from(expected, 'hex'))) throw unusable('its own checksum differs');
}

function pathOf(plain: string | undefined, encoded: string | undefined): string | null {
  if (plain !== undefined) return Buffer.from(plain, 'utf8').toString('latin1');
  return encoded === undefined ? null : Buffer.from(encoded, 'hex').toString('latin1');
}

function unusable(what: string): Error {
  return new JobFailure(`the manifest of the base backup cannot be used: ${what}`);
}
