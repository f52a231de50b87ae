import { execFile } from 'node:child_process';
import { lstat, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../../schema/errors.ts';
import { markProcess, readProcess } from '../../../machine/process-mark.ts';
import { readJsonFile, readPlainFile, writeJsonFile } from '../../../machine/whole-file.ts';
import { initCluster, startCluster } from '../../../postgres-programs/cluster.ts';
import type { PostgresPrograms } from '../../../postgres-programs/find.ts';
import { type ProcessIdentity, spawnOptionsFor } from '../../../postgres-programs/identity.ts';
import { findPostmaster, listServerProcesses, removeMisleadingLock } from '../../../postgres-programs/postmaster.ts';
import { readLastCause, rotateServerLog } from '../../../postgres-programs/server-log.ts';
import { until } from '../../../waiting/until.ts';
import { type LocalContext, makePassage, makePrivate } from '../context.ts';
import type { ServerPaths } from '../layout.ts';
import { requirePrograms } from '../offers.ts';
import { reservePort } from './ports.ts';
import { ensureCertificate } from './server-certificate.ts';
import { describeEnd, isThere, SecretRecord, ServerRecord } from './server-records.ts';
import { buildSettings } from './server-settings.ts';
import { adoptVolume, endProcessesOf, giveTree, readOwnUid, readServerUser } from './server-user.ts';

const run = promisify(execFile);

/** How often another port is tried when somebody takes ours between looking and listening. */
const PORT_TRIES = 3;
const VERSION_BYTES = 64;

/** Made where no server's user comes, and given to the server's whole: initdb runs only as a user that the system knows. */
async function makeCluster(
  context: LocalContext,
  paths: ServerPaths,
  programs: PostgresPrograms,
  user: ProcessIdentity | null,
): Promise<void> {
  const secret = await readJsonFile(paths.secretRecord, SecretRecord);
  if (secret?.password === undefined) {
    throw new AppError('STEP_FAILED', 'The secret of the server is gone: it cannot be made.');
  }
  const making = path.join(paths.directory, 'making');
  const made = path.join(making, 'pgdata');
  for (const left of [making, `${paths.data}.new`]) await rm(left, { recursive: true, force: true });
  await makePassage(making);
  await initCluster(
    { programs, identity: context.identity },
    {
      dataDirectory: made,
      superuser: secret.username,
      password: secret.password,
      initdbArguments: ['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums'],
    },
  );
  if (user !== null) await giveTree(made, user);
  await rename(made, paths.data);
  await rm(making, { recursive: true, force: true });
}

/** Refuses data that cannot be this server's, or that a restore has not finished. */
async function checkCluster(paths: ServerPaths, programs: PostgresPrograms): Promise<void> {
  const version = (await readPlainFile(path.join(paths.data, 'PG_VERSION'), VERSION_BYTES))?.trim() ?? 'none';
  if (version === programs.major) return;
  throw new AppError(
    'STEP_FAILED',
    `The volume holds a cluster of PostgreSQL ${version}; the server is to run PostgreSQL ${programs.major}.`,
  );
}

/** The password has served: nothing reads it again, and the records have it encrypted. */
async function forgetPassword({ secretRecord }: ServerPaths): Promise<void> {
  const secret = await readJsonFile(secretRecord, SecretRecord);
  if (secret?.password === undefined) return;
  const { password: _, ...kept } = secret;
  await writeJsonFile(secretRecord, kept);
}

async function prepareCluster(
  context: LocalContext,
  paths: ServerPaths,
  programs: PostgresPrograms,
  user: ProcessIdentity | null,
): Promise<void> {
  if (!(await isThere(paths.volume))) {
    throw new AppError('STEP_FAILED', 'The volume of the server is gone: it cannot be started.');
  }
  if (await isThere(`${paths.data}-restoring`)) {
    throw new AppError(
      'STEP_FAILED',
      'The volume holds a restore that was not finished: run the restore again, or delete the instance.',
    );
  }
  const facts = await lstat(paths.data).catch(() => null);
  if (facts === null) return makeCluster(context, paths, programs, user);
  if (!facts.isDirectory()) {
    throw new AppError('STEP_FAILED', 'The data directory of the server is none: something else stands in its place.');
  }
  await checkCluster(paths, programs);
}

async function readPreloaded(
  user: ProcessIdentity | null,
  paths: ServerPaths,
  programs: PostgresPrograms,
): Promise<string> {
  const asked = run(path.join(programs.directory, 'postgres'), ['-D', paths.data, '-C', 'shared_preload_libraries'], {
    ...spawnOptionsFor(user),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  return (await asked).stdout.trim();
}

async function launch(
  context: LocalContext,
  paths: ServerPaths,
  record: ServerRecord,
  programs: PostgresPrograms,
  user: ProcessIdentity | null,
) {
  const durable = record.imageType === 'PG_DURABLE';
  const preloaded = durable ? await readPreloaded(user, paths, programs) : '';
  for (let tries = 1; ; tries += 1) {
    const write = (change: Partial<ServerRecord>) => writeJsonFile(paths.serverRecord, { ...record, ...change });
    const remembered = tries === 1 ? record.port : null;
    const port = await reservePort(context.layout, paths, remembered, (chosen) => write({ port: chosen }));
    await rotateServerLog(paths.log);
    await removeMisleadingLock(paths.data);
    const certificate = await ensureCertificate(context, paths, user);
    const settings = buildSettings({
      resourceName: path.basename(paths.directory),
      imageType: record.imageType,
      port,
      hbaFile: path.join(paths.configuration, 'pg_hba.conf'),
      identFile: path.join(paths.configuration, 'pg_ident.conf'),
      socketDirectory: paths.socket,
      preloaded,
      parameters: record.parameters ?? {},
      certificate,
    });
    const start = { dataDirectory: paths.data, settings, logFile: paths.log };
    const pid = await startCluster({ programs, identity: user }, start);
    const mark = await markProcess(pid);
    // One that has ended before it could be looked at would pass for one that is still being made.
    const failure = mark === null ? describeEnd(await readLastCause(paths.log)) : null;
    await write({ port, process: mark, certified: certificate !== null, failure });
    const isBegun = async () =>
      (await findPostmaster(paths.data))?.listens === true || (await readProcess(pid)) === null;
    await until(isBegun, { timeoutMs: 10_000 });
    if ((await readProcess(pid)) !== null || tries === PORT_TRIES) return;
    // A server that fails for another reason stays as it is: readServer shows its last words.
    if (!/could not (bind|create any TCP)/.test((await readLastCause(paths.log)) ?? '')) return;
  }
}

/**
 * Starts the server that the record describes, making its cluster first when the volume is empty. The caller holds the
 * server's lock. Succeeds when it runs already; throws UNAVAILABLE while an earlier one is still shutting down.
 */
export async function startServer(
  context: LocalContext,
  ref: ServerRef,
  paths: ServerPaths,
  record: ServerRecord,
): Promise<void> {
  const wanted: ServerRecord = { ...record, desired: 'running', paused: false, failure: null };
  const running = await findPostmaster(paths.data);
  if (running !== null && running.status !== 'stopping') {
    // It has those that it was started with.
    const { parameters } = (await readJsonFile(paths.serverRecord, ServerRecord)) ?? {};
    const adopted = { ...wanted, parameters, port: record.port ?? running.port, process: running.process };
    await writeJsonFile(paths.serverRecord, adopted);
    return;
  }
  const ownUid = await readOwnUid(paths);
  if (running === null && ownUid !== null) await endProcessesOf(ownUid);
  const isGone = async () => (await listServerProcesses(paths.data, ownUid)).length === 0;
  if (!(await until(isGone, { timeoutMs: 3_000 }))) {
    throw new AppError('UNAVAILABLE', `Server ${ref.resourceName} is still shutting down: try again in a moment.`);
  }
  const programs = await requirePrograms(context.programs, record);
  const begun = { ...wanted, process: null, certified: false };
  await writeJsonFile(paths.serverRecord, begun);
  try {
    await adoptVolume(context, paths);
    const user = await readServerUser(context, paths);
    await prepareCluster(context, paths, programs, user);
    await forgetPassword(paths);
    await makePrivate(paths.socket, user);
    await launch(context, paths, begun, programs, user);
  } catch (error) {
    const failure = error instanceof AppError ? error.message : 'The server could not be started.';
    await writeJsonFile(paths.serverRecord, { ...begun, failure });
    throw error;
  }
}
