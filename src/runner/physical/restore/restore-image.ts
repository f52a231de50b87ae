import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Attempt, type Program, requireParameter, requireSecret } from '../../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../../attempt/failure.ts';
import { requireRoom } from '../../attempt/require-room.ts';
import { createIntake, createSizeBudget, type SizeBudget } from '../../attempt/size-budget.ts';
import type { BackgroundWork } from '../../background-work/settle-cron-jobs.ts';
import type { WantedFile } from '../../mover/file-mover.ts';
import type { ProgramEnd } from '../../programs/run-program.ts';
import { syncAhead, syncCluster } from '../../server/sync-cluster.ts';
import { adoptVolume, finishVolume, volumeAt } from '../../volume/adopt-volume.ts';
import { findArchives } from '../archive/archive-names.ts';
import { unpackZstd } from '../archive/zstd.ts';
import { neutralizeSettings } from '../copy/neutral-settings.ts';
import { recoverCopy } from '../copy/recover-copy.ts';
import { readImage } from './read-image.ts';
import { unpackArchive } from './unpack-archive.ts';

/** Unpacks a physical image into the volume, and makes a server of its own of it: recovered, promoted once, stopped. */
export const restorePhysical: Program = async (attempt) => {
  const { report } = attempt;
  if (attempt.volume === null) throw finalFailure('the job was started without a volume');
  const imageId = requireParameter(attempt, 'TOYGRES_IMAGE_ID', /[A-Za-z0-9._-]+/);
  requireParameter(attempt, 'TOYGRES_IMAGE_URL', /https?:\/\/[^?]+[^?/]/);
  const login = { user: attempt.parameters.PGUSER ?? 'postgres', password: await requireSecret(attempt, 'password') };
  const durableFunctions = requireParameter(attempt, 'TOYGRES_DURABLE_FUNCTIONS', /RESUME|CANCEL/);
  const backgroundWork = requireParameter(attempt, 'TOYGRES_BACKGROUND_WORK', /HOLD|RUN/) as BackgroundWork;
  const volume = volumeAt(attempt.volume);
  const kept = await adoptVolume(volume, imageId, (text) => report.log(text));
  if (kept !== null) return JSON.parse(kept);

  const databaseBytes = Number(attempt.parameters.TOYGRES_DATABASE_BYTES ?? 0);
  await requireRoom(attempt.volume, databaseBytes, 'the databases on the volume of the server');
  const { growing } = volume;
  await mkdir(growing, { mode: 0o700 });
  const image = await readImage(attempt);
  const budget = createSizeBudget(attempt, databaseBytes, 'the image unpacks to');
  const version = attempt.programs.run('postgres', { arguments: ['--version'] });
  version.catch(() => undefined);
  await unpackAll(attempt, image.files, growing, budget);
  refuseOtherVersion(await version, await readVersion(growing));
  // The disk has done nothing yet, and has little to do while the cluster recovers.
  const isWritten = syncAhead(attempt, growing);
  isWritten.catch(() => undefined);
  await tellNeutralized(attempt, growing);

  report.phase('recover', 100, 'percent');
  const { collations, unapplied } = image;
  const plan = { login, collations, durableFunctions, backgroundWork, unapplied };
  const { databases } = await recoverCopy(attempt, growing, plan);
  await removeTraces(growing);
  report.progress(90, 'writing the cluster to disk');
  await isWritten;
  await syncCluster(attempt, growing);
  const result = { databases, notices: report.notices, findings: report.findings };
  await finishVolume(volume, imageId, JSON.stringify(result));
  report.endPhase();
  return result;
};

async function unpackAll(
  attempt: Attempt,
  files: readonly WantedFile[],
  growing: string,
  budget: SizeBudget,
): Promise<void> {
  const { report } = attempt;
  const byName = new Map(files.map((file) => [file.name, file]));
  const archives = findArchives([...byName.keys()]);
  const partsOf = (names: readonly string[]) => names.flatMap((name) => byName.get(name) ?? []);
  const total = archives.flatMap(({ parts }) => partsOf(parts)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  report.phase('unpack', total);
  let [read, written] = [0, 0];

  async function* content(parts: readonly WantedFile[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) {
      for await (const bytes of attempt.files.read(part)) {
        read += bytes.length;
        report.progress(read, `${Math.floor(written / 1_048_576)} MiB are unpacked`);
        yield bytes;
      }
    }
  }
  const onWritten = (bytes: number) => {
    written += bytes;
  };
  const intake = createIntake(budget);
  for (const { tablespace, parts } of archives) {
    const target = tablespace === null ? growing : path.join(growing, 'pg_tblspc', tablespace);
    await mkdir(target, { recursive: true, mode: 0o700 });
    const unpacked = unpackZstd(content(partsOf(parts)));
    await unpackArchive(intake.pass(target, unpacked), { target, onWritten });
  }
  report.endPhase();
  report.log(`Unpacked ${written} bytes from ${read}`);
}

async function readVersion(growing: string): Promise<string> {
  return (await readFile(path.join(growing, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
}

/** A cluster is its major version's alone. The control plane refuses another before it makes a record. */
function refuseOtherVersion({ output }: ProgramEnd, version: string): void {
  const here = /\) (\d+)/.exec(output)?.[1] ?? 'unknown';
  if (version === here) return;
  throw finalFailure(
    `the image is of PostgreSQL ${version || 'unknown'}, and this is ${here}: it restores to its own version only`,
  );
}

async function tellNeutralized({ report }: Attempt, growing: string): Promise<void> {
  for (const name of await neutralizeSettings(growing)) {
    report.notice(`setting ${name} names a place, a port or a neighbour of the source and was left out`);
  }
  await writeFile(path.join(growing, 'recovery.signal'), '', { mode: 0o600 });
}

/** What only the recovery needed. */
async function removeTraces(growing: string): Promise<void> {
  for (const name of ['backup_label.old', 'tablespace_map.old', 'backup_manifest']) {
    await rm(path.join(growing, name), { force: true });
  }
  for (const name of ['backup_label', 'recovery.signal']) {
    if (existsSync(path.join(growing, name))) throw new JobFailure('the recovery of the image did not come to its end');
  }
}
