import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { JobSpec } from '../../../../jobs/ports/platform/jobs.ts';
import type { SupervisorOrder } from '../../../../jobs/ports/supervisor-order.ts';
import { AppError } from '../../../../schema/errors.ts';
import { readProcess } from '../../../machine/process-mark.ts';
import { writeJsonFile, writeWholeFile } from '../../../machine/whole-file.ts';
import type { ProcessIdentity } from '../../../postgres-programs/identity.ts';
import { listServerProcesses } from '../../../postgres-programs/postmaster.ts';
import { until } from '../../../waiting/until.ts';
import { checkJobSpec } from '../../job-spec-rules.ts';
import { type LocalContext, makeOurs, makePassage } from '../context.ts';
import type { JobPaths } from '../layout.ts';
import { requirePrograms } from '../offers.ts';
import { isThere } from '../servers/server-records.ts';
import { readOwnUid, readServerUser } from '../servers/server-user.ts';
import { placeCommands } from './job-commands.ts';
import { killJobProcesses } from './job-processes.ts';
import { type JobEnd, type JobRecord, listAttempts, readLife, readSupervisor } from './job-records.ts';

/** A program that is alive begins within this, on a busy machine too; one that died is known at once. */
const BEGIN_MS = 30_000;

async function findVolume(context: LocalContext, spec: JobSpec): Promise<string | null> {
  if (spec.volume === null) return null;
  const paths = context.layout.server(spec.volume);
  if (!(await isThere(paths.volume))) {
    throw new AppError('STEP_FAILED', `The volume of ${spec.volume.resourceName} is gone: the job cannot be started.`);
  }
  if ((await listServerProcesses(paths.data, await readOwnUid(paths))).length > 0) {
    throw new AppError('CONFLICT', `Server ${spec.volume.resourceName} runs on the volume: stop it first.`);
  }
  return paths.volume;
}

async function writeSecrets(paths: JobPaths, spec: JobSpec): Promise<void> {
  await rm(paths.secrets, { recursive: true, force: true });
  await makeOurs(paths.secrets);
  for (const [name, value] of Object.entries(spec.secrets)) {
    await writeWholeFile(path.join(paths.secrets, name), value, { mode: 0o600 });
  }
}

/** The same of a job that waits for its turn, which reads them when it begins. */
export async function renewSecrets(paths: JobPaths, spec: JobSpec): Promise<void> {
  for (const [name, value] of Object.entries(spec.secrets)) {
    await writeWholeFile(path.join(paths.secrets, name), value, { mode: 0o600 });
  }
}

type Users = NonNullable<SupervisorOrder['users']>;

const numbersOf = ({ uid, gid }: ProcessIdentity) => ({ uid, gid });

/** A job that makes a server's volume is that server's user, to whom it belongs; any other is nobody of a server. */
async function findUsers(context: LocalContext, spec: JobSpec): Promise<Users | null> {
  const { identity, jobUsers, layout } = context;
  if (identity === null) return null;
  const volume = spec.volume === null ? null : layout.server(spec.volume);
  const worker =
    volume === null ? (jobUsers?.worker ?? identity) : ((await readServerUser(context, volume)) ?? identity);
  return { worker: numbersOf(worker), mover: numbersOf(jobUsers?.mover ?? identity) };
}

function recordOf(spec: JobSpec, users: Users | null): JobRecord {
  const { id, namespace, name, kind, deadlineSeconds, attempts } = spec;
  const volume = spec.volume && { namespace: spec.volume.namespace, resourceName: spec.volume.resourceName };
  return { id, namespace, name, kind, volume, users, deadlineSeconds, attempts };
}

async function launch(
  paths: JobPaths,
  environment: Readonly<Record<string, string>>,
  commandLine: readonly string[],
): Promise<number> {
  const log = await open(paths.supervisorLog, 'a', 0o600);
  try {
    const [program = '', ...args] = commandLine;
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...environment },
      // A session of its own: neither Ctrl-C nor our end reaches it.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => {
        reject(new AppError('UNAVAILABLE', 'The program that supervises jobs cannot be run.', { cause }));
      });
      child.once('spawn', () => {
        child.unref();
        resolve(child.pid ?? 0);
      });
    });
  } finally {
    await log.close();
  }
}

/**
 * From now on no supervisor begins but the one with this order. One of an earlier start that was cut off, or took too
 * long, may be on its way or have begun: it is ended with all it started, as if it had never been.
 */
async function giveOrder(paths: JobPaths, order: string): Promise<void> {
  await writeWholeFile(paths.order, `${order}\n`, { mode: 0o644 });
  const earlier = await readSupervisor(paths.supervisor);
  if (earlier !== null) await killJobProcesses(paths, earlier);
  for (const file of [paths.supervisor, paths.running, paths.request]) await rm(file, { force: true });
}

/**
 * Starts the supervisor of a job that has none, and returns when that has taken the job over on disk. `interruption`: how the job
 * ended before, when it is taken up again. The caller holds the job's lock.
 */
export async function startJob(
  context: LocalContext,
  paths: JobPaths,
  spec: JobSpec,
  interruption: JobEnd | null,
): Promise<void> {
  checkJobSpec(spec);
  const programs = await requirePrograms(context.programs, { ...spec, imageType: 'STOCK' });
  const volume = await findVolume(context, spec);
  const users = await findUsers(context, spec);
  const uids =
    users === null ? [] : [users.worker.uid, users.mover.uid, ...(context.identity ? [context.identity.uid] : [])];
  const commands = await placeCommands(context, spec.program ?? spec.kind, uids);

  await makePassage(paths.directory);
  await makeOurs(paths.run);
  const order = randomUUID();
  await giveOrder(paths, order);
  const isOver = async () => {
    const life = await readLife(paths);
    return life.phase === 'ended' && life.end.finishedAt !== interruption?.finishedAt;
  };
  // So quick was the earlier one.
  if (await isOver()) return;
  await makeOurs(paths.attempts);
  await makePassage(paths.scratch);
  await writeSecrets(paths, spec);
  const ownUid = spec.volume === null ? null : await readOwnUid(context.layout.server(spec.volume));
  await writeJsonFile(paths.record, recordOf(spec, users));

  const tools = context.azcopyPath === null ? [] : [path.dirname(context.azcopyPath)];
  const environment = {
    ...spec.parameters,
    PATH: [programs.directory, ...tools, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    ...(volume === null ? {} : { TOYGRES_VOLUME: volume }),
    TOYGRES_JOB_MEMORY_BYTES: String(context.jobMemoryBytes),
  };
  const tally = { failures: interruption?.failures ?? 0, losses: interruption?.losses ?? 0 };
  await writeJsonFile(paths.tally, tally);
  const supervisorOrder: SupervisorOrder = {
    order,
    run: paths.run,
    attempts: paths.attempts,
    scratch: paths.scratch,
    secrets: paths.secrets,
    worker: [...commands.worker],
    mover: commands.mover === null ? null : [...commands.mover],
    users,
    isWorkerAlone: ownUid !== null,
    maker:
      commands.maker === null || ownUid === null || context.identity === null
        ? null
        : { command: [...commands.maker], user: numbersOf(context.identity) },
    memoryBytes: context.jobMemoryBytes,
    attemptsAtMost: spec.attempts,
    ...tally,
    firstAttempt: ((await listAttempts(paths)).at(-1) ?? 0) + 1,
    deadlineSeconds: Math.ceil(spec.deadlineSeconds),
    slots: context.layout.slots,
    slotCount: context.jobConcurrency,
  };
  const pid = await launch(paths, environment, [...commands.supervisor, JSON.stringify(supervisorOrder)]);
  // It notes itself and then removes the end of the interruption: between the two, the job would still look interrupted.
  const isTaken = async () => (await readSupervisor(paths.supervisor))?.pid === pid && !(await isThere(paths.end));
  const hasBegun = async () => (await isTaken()) || (await isOver());
  await until(async () => (await hasBegun()) || (await readProcess(pid)) === null, {
    timeoutMs: BEGIN_MS,
    intervalMs: 5,
  });
  if (!(await hasBegun())) {
    // It may come up after all: then it is to find that nobody waits for it any more.
    await rm(paths.order, { force: true });
    throw new AppError('UNAVAILABLE', `The ${spec.kind} job could not be started: try again.`);
  }
}
