import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';

const run = promisify(execFile);

/** Read by Debian's packages when a PostgreSQL server is installed. */
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf';
const INSTALL_MS = 10 * 60_000;

export interface MachineFacts {
  readonly isRoot: boolean;
  /** Debian, Ubuntu or what is made from them. */
  readonly isDebian: boolean;
}

/** The one line that a user can paste; Debian's names, or other words where there is no apt-get. */
export function describeInstall(packages: readonly string[], facts: MachineFacts): string {
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  if (!facts.isDebian)
    return `Install the packages that this system has for ${packages.join(' and ')} (names of Debian).`;
  return `Install what is missing with: ${facts.isRoot ? '' : 'sudo '}${command}`;
}

async function readMachine(): Promise<MachineFacts> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const isDebian = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
  return { isRoot: process.getuid?.() === 0, isDebian };
}

/** azcopy cannot even say its version when a library is missing: the loader then ends it with 127. */
async function lacksLibrary(azcopyPath: string): Promise<boolean> {
  return run(azcopyPath, ['--version'], { cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' } }).then(
    () => false,
    (error: { code?: unknown }) => error.code === 127,
  );
}

async function preventMainCluster(): Promise<void> {
  const settings = await readFile(CLUSTER_SETTINGS, 'utf8').catch(() => '');
  if (/^\s*create_main_cluster\s*=/m.test(settings)) return;
  await mkdir(path.dirname(CLUSTER_SETTINGS), { recursive: true });
  await appendFile(CLUSTER_SETTINGS, 'create_main_cluster = false\n');
}

async function aptGet(...words: readonly string[]): Promise<void> {
  const quiet = ['-o', 'Dpkg::Options::=--force-confold', '-o', 'DPkg::Lock::Timeout=120', '-qq'];
  // By way of env, so that proxies and the like of our environment reach it.
  await run('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...quiet, ...words], {
    timeout: INSTALL_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}

async function install(packages: readonly string[]): Promise<void> {
  const words = ['install', '--yes', '--no-install-recommends', ...packages];
  try {
    await aptGet(...words);
  } catch {
    // A fresh machine has no package lists, an old one lists what the mirrors have no more.
    await aptGet('update');
    await aptGet(...words);
  }
}

export interface NeededPrograms {
  /** Whether a usable PostgreSQL was found. */
  readonly hasPostgres: boolean;
  /** Null when no job will need azcopy. */
  readonly azcopyPath: string | null;
  readonly log: Logger;
}

/** Names of Debian packages that this machine lacks. */
export async function listMissingPackages(needed: Omit<NeededPrograms, 'log'>): Promise<readonly string[]> {
  return [
    ...(needed.hasPostgres ? [] : ['postgresql']),
    ...(needed.azcopyPath !== null && (await lacksLibrary(needed.azcopyPath)) ? ['libsecret-1-0'] : []),
  ];
}

/**
 * Installs what this machine lacks to run PostgreSQL and azcopy, as root on Debian or Ubuntu; true when it installed
 * something, so that PostgreSQL must be looked for anew. Never makes or starts a cluster. Throws UNAVAILABLE with the one
 * command to run when it may not, or when that failed.
 */
export async function ensureDebianPackages(needed: NeededPrograms): Promise<boolean> {
  const missing = await listMissingPackages(needed);
  if (missing.length === 0) return false;
  const machine = await readMachine();
  const advice = describeInstall(missing, machine);
  if (!machine.isRoot || !machine.isDebian) throw new AppError('UNAVAILABLE', `Programs are missing. ${advice}`);
  needed.log.info(`installing with apt-get, since it is missing here: ${missing.join(', ')}`);
  try {
    await preventMainCluster();
    await install(missing);
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr ?? '';
    const cause =
      stderr
        .split('\n')
        .find((line) => line.startsWith('E:'))
        ?.slice(2)
        .trim() ?? 'apt-get failed';
    throw new AppError('UNAVAILABLE', `Packages could not be installed: ${cause}. ${advice}`, { cause: error });
  }
  return true;
}
