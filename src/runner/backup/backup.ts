import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { every } from '../../waiting/every.ts';
import { type Attempt, type Program, requireParameter } from '../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';
import { requireScratch, scratchRoom } from '../attempt/scratch-room.ts';
import { createSizeBudget, type SizeWatch, watchSize } from '../attempt/size-budget.ts';
import type { AcceptedLoss } from '../catalogue/accept-loss.ts';
import { encoding } from '../catalogue/columns.ts';
import { tellPreparedTransactions } from '../catalogue/prepared-transactions.ts';
import { tellReplicationOrigins } from '../catalogue/replication-origins.ts';
import { tellReplicationSlots } from '../catalogue/replication-slots.ts';
import { tellSubscriptions } from '../catalogue/subscriptions.ts';
import { findCompression } from '../dump/compression.ts';
import { createRateLimit } from '../dump/hold-to-rate.ts';
import { LOCK_PATIENCE_SECONDS } from '../dump/lock-patience.ts';
import type { DumpedDatabase, DumpGround } from '../dump/source.ts';
import type { StoredFile } from '../mover/file-mover.ts';
import { failingAs } from '../postgres/describe-error.ts';
import { readLogin } from '../postgres/read-login.ts';
import { writeToolEnvironment } from '../postgres/tool-environment.ts';
import { checkLogin, type FoundServer } from './check-login.ts';
import { checkSource, fitToSource } from './check-source.ts';
import { dumpAll } from './dump-all.ts';
import { dumpRoles } from './dump-roles.ts';
import { createOutgoingFiles, type OutgoingFiles } from './outgoing-files.ts';
import { readServer, type SourceServer } from './read-server.ts';
import { readPgDumpVersion } from './tool-versions.ts';

const CHECKSUMS = 'checksums.tsv';
const LOOK_MS = 1_000;
/** Files leave while they are written and are removed when they are sent: with less no dump has a chance. */
const LEAST_SHARE = 0.05;
const LEAST_BYTES = 32 << 20;
const ABOUT_THE_SERVER = `the dump of the server's roles and settings`;

/** Takes a logical image of a whole running server: every database, the roles, the settings. */
export const backup: Program = async (attempt) => {
  const startedAt = now();
  const login = await readLogin(attempt);
  const parallel = Number(requireParameter(attempt, 'TOYGRES_PARALLEL', /^(?:[1-9]|[1-5][0-9]|6[0-4])$/));
  requireParameter(attempt, 'TOYGRES_IMAGE_URL', /https?:\/\/[^?]+[^?/]/);
  const acceptLoss = readAcceptLoss(attempt);
  const connectSeconds = Number(attempt.parameters.PGCONNECT_TIMEOUT ?? 30);
  const found = await checkLogin(login, attempt);
  const stop = new AbortController();
  const files = createOutgoingFiles({
    mover: attempt.files,
    directory: path.join(attempt.scratch, 'compressed'),
    signal: attempt.signal,
    onFailure: (error) => stop.abort(error),
  });
  const directory = path.join(attempt.scratch, 'image');
  let sizes: SizeWatch | null = null;
  try {
    const tools = { pg_dump: await readPgDumpVersion(attempt, found.major) };
    const server = await failingAs(ABOUT_THE_SERVER, () => readServer(attempt, found.session, directory, files));
    const { report } = attempt;
    report.log(`The server is PostgreSQL ${server.facts.serverVersion} with ${server.databases.length} databases`);
    const fitting = await failingAs(ABOUT_THE_SERVER, () => fitToSource(found.session, parallel, report.log));
    await requireScratch(attempt, server.databaseBytes * LEAST_SHARE + LEAST_BYTES, 'the dump on the disk of the job');
    await failingAs(ABOUT_THE_SERVER, () => tellPreparedTransactions(found.session, report, 'LOGICAL'));
    await failingAs(ABOUT_THE_SERVER, () => tellReplicationOrigins(found.session, report));
    await failingAs(ABOUT_THE_SERVER, () => tellReplicationSlots(found.session, report));
    await failingAs(ABOUT_THE_SERVER, () => tellSubscriptions(found.session, report));
    const { isShortOfLocks } = await checkSource(attempt, login, found.major, server.databases, acceptLoss);
    if (isShortOfLocks)
      report.log('Tables are dumped one after the other, over one connection: that takes the fewest locks');

    report.phase('dump', server.databaseBytes);
    const budget = createSizeBudget(attempt, server.databaseBytes, 'the server sends');
    sizes = watchSize(
      budget,
      () => files.bytes,
      (error) => stop.abort(error),
    );
    const ground: DumpGround = {
      attempt,
      login,
      major: found.major,
      toolEnvironment: await writeToolEnvironment(login, found, attempt.scratch, connectSeconds),
      compression: await findCompression({
        programs: attempt.programs,
        scratch: attempt.scratch,
        roomBytes: await scratchRoom(attempt),
        pgDumpMajor: Number.parseInt(tools.pg_dump, 10),
        databaseBytes: server.databaseBytes,
        attempt: attempt.number,
      }),
      directory,
      files,
      acceptLoss,
      rate: readRate(attempt, files),
      sizes,
      lockPatienceMs: Number(attempt.parameters.TOYGRES_LOCK_PATIENCE_SECONDS ?? LOCK_PATIENCE_SECONDS) * 1000,
      signal: stop.signal,
    };
    const dumped = await dumpEverything(ground, found, server, isShortOfLocks ? 1 : fitting);
    report.endPhase();

    const checksums = await sendRest(attempt, directory, files, server);
    const { databases, databaseBytes, cluster, serverVersion } = server.facts;
    return {
      startedAt,
      finishedAt: now(),
      checksums,
      unpackedBytes: files.unpackedBytes,
      tools,
      extensions: dumped.flatMap(({ extensions }) => extensions),
      durable: dumped.find(({ durable }) => durable !== null)?.durable ?? null,
      notices: report.notices,
      findings: report.findings,
      databases,
      databaseBytes,
      cluster,
      serverVersion,
    };
  } finally {
    files.stop();
    await sizes?.stop();
    await found.session.close();
  }
};

function readRate(attempt: Attempt, files: OutgoingFiles) {
  if (attempt.parameters.TOYGRES_MAX_RATE_KILOBYTES === undefined) return null;
  const kilobytes = Number(requireParameter(attempt, 'TOYGRES_MAX_RATE_KILOBYTES', /[1-9][0-9]{0,6}/));
  return createRateLimit(kilobytes * 1024, () => files.bytes);
}

function readAcceptLoss({ parameters }: Attempt): AcceptedLoss {
  const given = parameters.TOYGRES_ACCEPT_LOSS ?? 'OBJECTS';
  if (given === 'NOTHING' || given === 'OBJECTS' || given === 'ROWS') return given;
  throw finalFailure('parameter TOYGRES_ACCEPT_LOSS is not understood');
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

async function dumpEverything(
  ground: DumpGround,
  { session, maintenance }: FoundServer,
  { databases, databaseBytes }: SourceServer,
  parallel: number,
): Promise<readonly DumpedDatabase[]> {
  const [answer] = await failingAs(ABOUT_THE_SERVER, () =>
    session.ask({ sql: 'SELECT getdatabaseencoding()', row: z.tuple([encoding]) }),
  );
  if (answer === undefined) throw new JobFailure('the server does not tell its encoding');
  const dumped = await dumpAll(ground, databases, parallel);
  ground.attempt.report.progress(databaseBytes, 'dumping roles');
  await dumpRoles(ground, session, maintenance, answer[0], dumped);
  return dumped;
}

/** Sends what is left, and the list of what there must be last. */
async function sendRest(
  attempt: Attempt,
  directory: string,
  files: OutgoingFiles,
  server: SourceServer,
): Promise<StoredFile> {
  const { report } = attempt;
  const aboutServer = path.join(directory, 'server.json');
  const { facts, details } = server;
  await writeFile(
    aboutServer,
    `${JSON.stringify({ server: facts, details, notices: report.notices, findings: report.findings })}\n`,
  );
  files.give(aboutServer, 'server.json');

  // Files are hashed while they are sent.
  report.phase('hash', 1);
  report.endPhase();

  report.phase('upload', files.bytes);
  report.log(`Uploading the rest: ${files.bytes - files.sentBytes} of ${files.bytes} bytes`);
  const tell = async () => report.progress(files.sentBytes);
  const stopLooking = every(LOOK_MS, tell, () => undefined);
  try {
    const stored = await files.sent();
    const checksums = await attempt.files.write(CHECKSUMS, only(Buffer.from(writeChecksums(stored))));
    report.log(`The image is uploaded: ${stored.length + 1} files`);
    return checksums;
  } finally {
    await stopLooking();
    report.endPhase();
  }
}

async function* only(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** One line a file, sorted by their paths: size, MD5, SHA-256, path. */
function writeChecksums(files: readonly StoredFile[]): string {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (sorted.length === 0) throw finalFailure('the image holds no file');
  return sorted.map(({ sizeBytes, md5, sha256, name }) => `${sizeBytes}\t${md5}\t${sha256}\t${name}\n`).join('');
}
