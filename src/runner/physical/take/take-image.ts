import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Login } from '../../../guarded-postgres/session.ts';
import { type Attempt, type Program, requireParameter } from '../../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../../attempt/failure.ts';
import { createSizeBudget, type SizeBudget } from '../../attempt/size-budget.ts';
import { checkLogin } from '../../backup/check-login.ts';
import { tellPreparedTransactions } from '../../catalogue/prepared-transactions.ts';
import { tellReplicationSlots } from '../../catalogue/replication-slots.ts';
import { tellSubscriptions } from '../../catalogue/subscriptions.ts';
import type { StoredFile } from '../../mover/file-mover.ts';
import { describeError } from '../../postgres/describe-error.ts';
import { readLogin } from '../../postgres/read-login.ts';
import { BACKUP_MANIFEST, CHECKSUMS_FILE, LARGEST_SERVER_FILE, SERVER_FILE } from '../archive/archive-names.ts';
import { type BaseBackup, holdLog, startBaseBackup } from './base-backup.ts';
import { type PhysicalSource, readSource } from './read-source.ts';
import { openReplication } from './replication-session.ts';
import { type ExpectedCluster, type StreamedBackup, streamArchives } from './stream-archives.ts';

/** More than this goes into another file: a store's blob has an end, and a part can be tried again. */
const PART_BYTES = 32 * 2 ** 30;
const NOT_ALLOWED = '28000';

/** Takes a physical image of a whole running server: its files as they are, with the log that makes them consistent. */
export const backupPhysical: Program = async (attempt) => {
  const startedAt = now();
  const { report, files: mover } = attempt;
  const login = await readLogin(attempt);
  requireParameter(attempt, 'TOYGRES_IMAGE_URL', /https?:\/\/[^?]+[^?/]/);
  const found = await checkLogin(login, attempt);
  const files: StoredFile[] = [];
  const put = async (name: string, content: AsyncIterable<Uint8Array>) => {
    files.push(await mover.write(name, content));
  };
  try {
    const source = await readSource(attempt, login, found.session, found.major);
    report.log(
      `The server is PostgreSQL ${source.facts.serverVersion} with ${source.facts.databases.length} databases`,
    );
    await tellPreparedTransactions(found.session, report, 'PHYSICAL');
    await tellReplicationSlots(found.session, report);
    await tellSubscriptions(found.session, report);
    const expected = { major: found.major, systemIdentifier: source.systemIdentifier };
    const budget = createSizeBudget(attempt, source.facts.databaseBytes, 'the server sends');
    const { backup, streamed } = await stream(attempt, login, expected, put, budget);
    await put(BACKUP_MANIFEST, only(streamed.manifest));
    const about = Buffer.from(`${JSON.stringify(describe(source, backup))}\n`);
    if (about.length > LARGEST_SERVER_FILE) throw finalFailure('what the server says of its databases has no end');
    await put(SERVER_FILE, only(about));
    const checksums = await mover.write(CHECKSUMS_FILE, only(Buffer.from(writeChecksums(files))));
    report.endPhase();
    report.log(`The image is uploaded: ${files.length + 1} files`);
    const { databases, databaseBytes, cluster, serverVersion } = source.facts;
    return {
      startedAt,
      finishedAt: now(),
      checksums,
      tools: { base_backup: serverVersion },
      extensions: source.extensions,
      durable: source.durable,
      notices: report.notices,
      findings: report.findings,
      databases,
      databaseBytes,
      cluster,
      serverVersion,
    };
  } finally {
    await found.session.close();
  }
};

async function stream(
  attempt: Attempt,
  login: Login,
  cluster: ExpectedCluster,
  put: (name: string, content: AsyncIterable<Uint8Array>) => Promise<void>,
  budget: SizeBudget,
): Promise<{ readonly backup: BaseBackup; readonly streamed: StreamedBackup }> {
  const { report, signal } = attempt;
  const session = await openReplication(login).catch(refused);
  const leave = () => session.close();
  signal.addEventListener('abort', leave, { once: true });
  try {
    const maxRate = attempt.parameters.TOYGRES_MAX_RATE_KILOBYTES;
    const wish = {
      label: `Toygres ${attempt.parameters.TOYGRES_IMAGE_ID ?? ''}`,
      maxRateKilobytes: maxRate === undefined ? null : Number(maxRate),
    };
    const unheld = await holdLog(session);
    if (unheld !== null) report.log(`The log is not held while it is read: ${unheld}`);
    const backup = await startBaseBackup(session, wish).catch(refused);
    report.phase('copy', backup.bytesTotal);
    report.log(`The server sends its files ${backup.compression === null ? 'as they are' : 'packed by zstd'}`);
    for (const { path } of backup.tablespaces) {
      report.notice(`the tablespace in ${path} comes back inside of the data directory`);
    }
    const onProgress = (bytes: number) => report.progress(bytes, `reading the files of the cluster`);
    const streamed = await streamArchives(backup, cluster, {
      put,
      partBytes: PART_BYTES,
      onBytes: budget.check,
      onProgress,
    });
    report.log(`${streamed.parsed.files.size} files are as the server read them`);
    return { backup, streamed };
  } finally {
    signal.removeEventListener('abort', leave);
    session.close();
  }
}

function refused(error: unknown): never {
  if (error instanceof ServerError && error.code === NOT_ALLOWED) {
    throw finalFailure(
      `the server does not let a backup in: ${error.words}. Its pg_hba.conf must have a line for replication`,
      error,
    );
  }
  if (error instanceof JobFailure) throw error;
  throw new JobFailure(`the base backup failed: ${describeError(error)}`, { cause: error });
}

function describe({ facts, systemIdentifier, collations, unapplied }: PhysicalSource, backup: BaseBackup): unknown {
  const { startLsn, timeline, tablespaces } = backup;
  return {
    server: facts,
    physical: { systemIdentifier, timeline, startLsn, endLsn: backup.endLsn(), tablespaces, collations, unapplied },
  };
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

async function* only(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** One line a file, sorted by their paths: size, MD5, SHA-256, path. */
function writeChecksums(files: readonly StoredFile[]): string {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map(({ sizeBytes, md5, sha256, name }) => `${sizeBytes}\t${md5}\t${sha256}\t${name}\n`).join('');
}
