import { execFile } from 'node:child_process';
import { access, constants, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PostgreSQL's own programs of one major version. */
export interface PostgresPrograms {
  /** `'17'` */
  readonly major: string;
  /** `'17.2'` */
  readonly version: string;
  /** The directory that holds initdb, postgres, pg_dump and the others. */
  readonly directory: string;
}

/** Without all of these a directory is a client's only and no server can be made with it. */
const REQUIRED = ['initdb', 'postgres', 'pg_ctl', 'pg_dump', 'pg_dumpall', 'pg_restore', 'psql'];

/** Where Debian, Red Hat's and the other well-known packages put their versions side by side. */
const WELL_KNOWN_PARENTS = ['/usr/lib/postgresql', '/usr/local/lib/postgresql', '/usr/pgsql', '/opt/postgresql'];

async function isComplete(directory: string): Promise<boolean> {
  const checks = await Promise.allSettled(
    REQUIRED.map((program) => access(path.join(directory, program), constants.X_OK)),
  );
  return checks.every((check) => check.status === 'fulfilled');
}

async function candidates(configuredDirectory: string | null): Promise<string[]> {
  const directories: string[] = configuredDirectory === null ? [] : [configuredDirectory];
  const configured = await run('pg_config', ['--bindir']).catch(() => null);
  if (configured !== null) directories.push(configured.stdout.trim());
  for (const parent of WELL_KNOWN_PARENTS) {
    const versions = await readdir(parent).catch(() => []);
    directories.push(...versions.map((version) => path.join(parent, version, 'bin')));
  }
  const redHat = await readdir('/usr').catch(() => []);
  directories.push(...redHat.filter((name) => name.startsWith('pgsql-')).map((name) => path.join('/usr', name, 'bin')));
  directories.push(...(process.platform === 'linux' ? ['/usr/local/bin', '/usr/bin'] : []));
  return directories;
}

async function readPrograms(directory: string): Promise<PostgresPrograms | null> {
  if (!(await isComplete(directory))) return null;
  const { stdout } = await run(path.join(directory, 'postgres'), ['--version']);
  const version = /\) (\d+(?:\.\d+)*)/.exec(stdout)?.[1];
  const major = version?.split('.')[0];
  return version === undefined || major === undefined ? null : { major, version, directory };
}

/**
 * Every major version whose server and client programs are all on this machine, newest first; one directory for each:
 * the configured one, then the one of `pg_config`, then the well-known ones. Empty when there is none.
 */
export async function findPostgresPrograms(configuredDirectory: string | null): Promise<readonly PostgresPrograms[]> {
  const found = new Map<string, PostgresPrograms>();
  for (const candidate of await candidates(configuredDirectory)) {
    const directory = await realpath(candidate).catch(() => null);
    const programs = directory === null ? null : await readPrograms(directory).catch(() => null);
    if (programs !== null && !found.has(programs.major)) found.set(programs.major, programs);
  }
  return [...found.values()].sort((a, b) => Number(b.major) - Number(a.major));
}
