import type { Attempt } from '../../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../../attempt/failure.ts';
import type { WantedFile } from '../../mover/file-mover.ts';
import { BACKUP_MANIFEST, findArchives } from '../../physical/archive/archive-names.ts';
import { createArchiveTree } from '../../physical/archive/archive-tree.ts';
import { unpackZstdOnce } from '../../physical/archive/zstd.ts';
import { readImage } from '../../physical/restore/read-image.ts';
import { compareWithManifest, hashMembers, type Passed } from '../../physical/take/archive-check.ts';
import { parseBackupManifest } from '../../physical/take/backup-manifest.ts';
import { checkLogSegments } from '../../physical/take/log-segments.ts';

const LARGEST_MANIFEST = 1 << 30;

/**
 * Reads every file of the image once more, and holds what the archives hold against the manifest that the source's server
 * wrote: what pg_verifybackup does, while it streams, and without a copy. Throws a final JobFailure naming what differs.
 */
export async function readFiles(attempt: Attempt): Promise<void> {
  const { report } = attempt;
  report.phase('files', 1);
  const { files } = await readImage(attempt);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  report.phase('files', Math.max(1, total));
  let read = 0;
  async function* content(wanted: readonly WantedFile[]): AsyncGenerator<Uint8Array> {
    for (const file of wanted) {
      for await (const bytes of attempt.files.read(file)) {
        read += bytes.length;
        report.progress(read, `holding ${file.name} against the manifest`);
        yield bytes;
      }
    }
  }
  const byName = new Map(files.map((file) => [file.name, file]));
  const manifest = byName.get(BACKUP_MANIFEST);
  if (manifest === undefined) throw finalFailure(`the image is damaged: ${BACKUP_MANIFEST} is missing`);
  if (manifest.sizeBytes > LARGEST_MANIFEST) throw finalFailure(`the image is damaged: ${BACKUP_MANIFEST} has no end`);
  const chunks: Uint8Array[] = [];
  for await (const bytes of content([manifest])) chunks.push(bytes);

  const passed: Passed = { tree: createArchiveTree(), seen: new Map(), segments: new Map(), kept: new Map() };
  try {
    const expected = parseBackupManifest(Buffer.concat(chunks));
    for (const { tablespace, parts } of findArchives([...byName.keys()])) {
      const archive = unpackZstdOnce(content(parts.flatMap((name) => byName.get(name) ?? [])));
      await hashMembers(archive, tablespace === null ? '' : `pg_tblspc/${tablespace}/`, passed);
    }
    compareWithManifest(expected, passed.seen);
    checkLogSegments(expected.walRanges, passed.segments);
  } catch (error) {
    // Another try would read the same.
    if (error instanceof JobFailure && !error.final && /base backup|its manifest/.test(error.message)) {
      throw finalFailure(`the image is damaged: ${error.message}`, error);
    }
    throw error;
  }
  report.endPhase();
  report.log(`${passed.seen.size} files are as the server of the source read them`);
}
