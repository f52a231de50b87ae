import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { takeLock } from '../machine/file-lock.ts';
import { readPlainFile } from '../machine/whole-file.ts';
import { type ProcessIdentity, spawnOptionsFor } from '../postgres-programs/identity.ts';
import { readOrCreateFile } from './kept-secret.ts';

const run = promisify(execFile);

/** Sockets are made some directories below, and their whole path may have 107 bytes. */
const LONGEST_STATE_DIRECTORY = 66;

/** An open TOYGRES_HOME. */
export interface Home {
  readonly directory: string;
  /** Made once, stays when the directory is moved. */
  readonly id: string;
  /** Where clusters and jobs live: the unprivileged user can enter it. Usually within the home. */
  readonly stateDirectory: string;
  /** Lets another server open the home; the end of the process does the same. */
  release(): Promise<void>;
}

export interface HomeOptions {
  /** Absolute. */
  readonly directory: string;
  readonly identity: ProcessIdentity | null;
  /** False for servers that share what is in the home with others, by way of a configured database. Default true. */
  readonly exclusive?: boolean;
  readonly log: Logger;
}

function notUsable(directory: string, error: unknown): AppError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not write there',
    EPERM: 'this user may not write there',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is a file, not a directory',
    EEXIST: 'it is a file, not a directory',
    ENOENT: 'no directory can be made there',
    ENOSPC: 'the disk is full',
  };
  return new AppError(
    'UNAVAILABLE',
    `TOYGRES_HOME ${directory} cannot be used: ${reasons[code] ?? code}. Set TOYGRES_HOME to a directory that this user can write.`,
    { cause: error },
  );
}

/** As `mkdir -p`. Node's own does not come back where the system says that a parent which is there is not (/proc). */
async function makeDirectories(directory: string, mode: number): Promise<void> {
  try {
    await mkdir(directory, { mode });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return;
    if (code !== 'ENOENT' || path.dirname(directory) === directory) throw error;
    await makeDirectories(path.dirname(directory), mode);
    await mkdir(directory, { mode }).catch((again: NodeJS.ErrnoException) => {
      // Another process was quicker.
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

async function makeHome(directory: string, identity: ProcessIdentity | null): Promise<void> {
  // As root the unprivileged user must be able to pass through; what is secret has modes of its own.
  await makeDirectories(directory, identity === null ? 0o700 : 0o711);
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
}

async function lockHome(directory: string): Promise<() => Promise<void>> {
  const file = path.join(directory, 'lock');
  const lock = await takeLock(file, 0);
  if (lock === null) {
    const holder = (await readPlainFile(file).catch(() => null))?.trim();
    throw new AppError(
      'CONFLICT',
      `Another Toygres server${holder ? ` (process ${holder})` : ''} uses TOYGRES_HOME ${directory}: ` +
        'stop it first, or set TOYGRES_HOME to another directory.',
    );
  }
  await writeFile(file, `${process.pid}\n`);
  return () => lock.release();
}

async function canEnter(directory: string, identity: ProcessIdentity): Promise<boolean> {
  return run('test', ['-x', directory], { ...spawnOptionsFor(identity), cwd: '/' }).then(
    () => true,
    () => false,
  );
}

async function chooseStateDirectory(home: string, id: string, options: HomeOptions): Promise<string> {
  const { identity, log } = options;
  const within = path.join(home, 'state');
  const isShort = Buffer.byteLength(within) <= LONGEST_STATE_DIRECTORY;
  if (identity === null) {
    if (!isShort) {
      throw new AppError(
        'UNAVAILABLE',
        `TOYGRES_HOME ${home} is too long a path for the sockets of PostgreSQL: ` +
          `choose one of at most ${LONGEST_STATE_DIRECTORY - '/state'.length} bytes.`,
      );
    }
    await mkdir(within, { recursive: true, mode: 0o700 });
    return within;
  }
  if (isShort) {
    await mkdir(within, { recursive: true, mode: 0o711 });
    if (await canEnter(within, identity)) return within;
  }
  const outside = path.join('/var/lib/toygres', id);
  await mkdir(outside, { recursive: true, mode: 0o711 });
  await chmod(outside, 0o711);
  const reason = isShort ? `user ${identity.name} cannot enter ${home}` : `${home} is too long a path for sockets`;
  log.info({ directory: outside }, `clusters live in ${outside}, since ${reason}`);
  return outside;
}

/**
 * Opens TOYGRES_HOME for one server, making it when it is absent. Throws CONFLICT, and changes nothing, while another
 * server has it open; UNAVAILABLE when it cannot be written.
 */
export async function openHome(options: HomeOptions): Promise<Home> {
  const { directory, identity } = options;
  await makeHome(directory, identity).catch((error: unknown) => {
    throw notUsable(directory, error);
  });
  let release = async () => {};
  try {
    if (options.exclusive ?? true) release = await lockHome(directory);
    const id = (await readOrCreateFile(path.join(directory, 'id'), randomUUID)).trim();
    return { directory, id, stateDirectory: await chooseStateDirectory(directory, id, options), release };
  } catch (error) {
    await release();
    throw error instanceof AppError ? error : notUsable(directory, error);
  }
}
