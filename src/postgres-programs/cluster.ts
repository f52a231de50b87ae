import { execFile, spawn } from 'node:child_process';
import { lchown, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../schema/errors.ts';
import { closeDirectoryAs } from '../machine/remove-tree.ts';
import type { PostgresPrograms } from './find.ts';
import { type ProcessIdentity, spawnOptionsFor } from './identity.ts';

const run = promisify(execFile);

/** What a PostgreSQL program needs of the environment: nothing of ours, and messages that can be read by programs. */
const PROGRAM_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };

export interface ClusterOwner {
  readonly programs: PostgresPrograms;
  readonly identity: ProcessIdentity | null;
}

export interface NewCluster {
  readonly dataDirectory: string;
  readonly superuser: string;
  readonly password: string;
  /** Further arguments of initdb: encoding, locale provider. */
  readonly initdbArguments: readonly string[];
}

async function give(target: string, identity: ProcessIdentity | null): Promise<void> {
  if (identity !== null) await lchown(target, identity.uid, identity.gid);
}

function programError(program: string, error: unknown): AppError {
  const stderr = (error as { stderr?: string }).stderr ?? '';
  const cause = stderr.split('\n').find((line) => /error|fatal|could not|cannot/i.test(line)) ?? stderr.split('\n')[0];
  return new AppError('STEP_FAILED', `${program} failed: ${cause?.trim() || 'no message'}`, { cause: error });
}

/**
 * Makes a cluster: whole, or not at all. Works beside `dataDirectory` and renames at the end, so that a killed initdb leaves
 * nothing that looks like a cluster. Throws STEP_FAILED with initdb's own error line.
 */
export async function initCluster(owner: ClusterOwner, cluster: NewCluster): Promise<void> {
  const unfinished = `${cluster.dataDirectory}.new`;
  const passwordFile = `${cluster.dataDirectory}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await give(unfinished, owner.identity);
  try {
    await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600, flag: 'wx' });
    await give(passwordFile, owner.identity);
    await run(
      path.join(owner.programs.directory, 'initdb'),
      [
        '--pgdata',
        unfinished,
        '--username',
        cluster.superuser,
        '--pwfile',
        passwordFile,
        '--auth',
        'scram-sha-256',
        ...cluster.initdbArguments,
      ],
      { ...spawnOptionsFor(owner.identity), cwd: '/', env: PROGRAM_ENVIRONMENT },
    ).catch((error: unknown) => {
      throw programError('initdb', error);
    });
    await rename(unfinished, cluster.dataDirectory);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

export interface ClusterStart {
  readonly dataDirectory: string;
  /** `name=value` settings for the command line, where no ALTER SYSTEM can change them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Gets what the server writes to stderr, appended. It stays ours: the server has it open, and no way to it. */
  readonly logFile: string;
}

/**
 * Starts `postgres` as a process of its own that outlives this one and returns its pid at once; it may still fail to come
 * up: look at the log and try to connect.
 */
export async function startCluster(owner: ClusterOwner, start: ClusterStart): Promise<number> {
  const log = await open(start.logFile, 'a', 0o600);
  try {
    // Its owner may have put a link there: what that leads to is not to be touched.
    const facts = await lstat(start.dataDirectory);
    if (facts.isDirectory() && (facts.mode & 0o077) !== 0) await closeDirectoryAs(facts.uid, start.dataDirectory);
    const settings = Object.entries(start.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(path.join(owner.programs.directory, 'postgres'), ['-D', start.dataDirectory, ...settings], {
      ...spawnOptionsFor(owner.identity),
      cwd: '/',
      env: PROGRAM_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
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
 * Stops the server of a data directory: fast, and immediate when it has not ended after `graceSeconds`. Succeeds when none
 * runs. pg_ctl finds it by its lock file, so a pid that was used again is never hit.
 */
export async function stopCluster(owner: ClusterOwner, dataDirectory: string, graceSeconds: number): Promise<void> {
  const pgCtl = path.join(owner.programs.directory, 'pg_ctl');
  const options = { ...spawnOptionsFor(owner.identity), cwd: '/', env: PROGRAM_ENVIRONMENT };
  const status = await run(pgCtl, ['status', '-D', dataDirectory], options).then(
    () => 'running',
    () => 'stopped',
  );
  if (status === 'stopped') return;
  const stop = (mode: string) =>
    run(pgCtl, ['stop', '-D', dataDirectory, '-m', mode, '-w', '-t', String(graceSeconds)], options);
  await stop('fast').catch(() => stop('immediate'));
}
