import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, chmod, chown, constants, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { makeDirectories } from '../machine/directories.ts';
import { takeLock } from '../machine/file-lock.ts';
import { readPlainFile } from '../machine/whole-file.ts';
import { type ProcessIdentity, spawnOptionsFor } from '../postgres-programs/identity.ts';
import { readOrCreateFile } from './kept-secret.ts';

const run = promisify(execFile);

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
  /** True: alone, as the standalone server must be. False: beside others that say the same. */
  readonly exclusive: boolean;
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

async function makeHome(directory: string, identity: ProcessIdentity | null): Promise<void> {
  // As root the unprivileged user must be able to pass through; what is secret has modes of its own.
  await makeDirectories(directory, identity === null ? 0o700 : 0o711);
  await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** What a part of the path means to PostgreSQL's, azcopy's and the shell's lists and patterns. */
const MISLEADING = /[:*%\p{Cc}]/u;

function refuseMisleading(directory: string): void {
  const found = MISLEADING.exec(directory)?.[0];
  if (found === undefined) return;
  const name = /\p{Cc}/u.test(found) ? 'a control character' : `"${found}"`;
  throw new AppError(
    'UNAVAILABLE',
    `TOYGRES_HOME ${JSON.stringify(directory)} cannot be used: ${name} in a path means something else to the programs that work there. Set TOYGRES_HOME to a directory without it.`,
  );
}

/** Jobs run programs from the home, servers need modes and links as PostgreSQL sets them: tried, since no mount option says it all. */
async function tryOut(directory: string, identity: ProcessIdentity | null): Promise<void> {
  const trial = path.join(directory, `.trial-${randomUUID()}`);
  const refuse = (reason: string, cause?: unknown) => {
    throw new AppError(
      'UNAVAILABLE',
      `TOYGRES_HOME ${directory} cannot be used: ${reason}. Set TOYGRES_HOME to a directory on a local file system.`,
      { cause },
    );
  };
  try {
    await mkdir(trial, { mode: 0o700 });
    const program = path.join(trial, 'program');
    await writeFile(program, '#!/bin/sh\nexit 0\n', { mode: 0o700 });
    await chmod(program, 0o700);
    if (((await stat(program)).mode & 0o777) !== 0o700) refuse('its file system keeps no modes of files');
    await run(program, [], { cwd: '/' }).catch((cause: unknown) =>
      refuse('no program can be run there (noexec)', cause),
    );
    await symlink('program', path.join(trial, 'link')).catch((cause: unknown) => refuse('it takes no links', cause));
    if (identity !== null) {
      await chown(program, identity.uid, identity.gid).catch((cause: unknown) =>
        refuse(`its file system gives no file to user ${identity.name}`, cause),
      );
    }
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}

async function lockHome({ directory, exclusive }: HomeOptions): Promise<() => Promise<void>> {
  const file = path.join(directory, 'lock');
  const lock = await takeLock(file, 0, exclusive ? 'exclusive' : 'shared');
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

const stateWithin = (home: string) => path.join(home, 'state');
const stateOutside = (id: string) => path.join('/var/lib/toygres', id);

/** Where a home that exists may keep its state; nothing is made. */
export async function findStateDirectories(home: string): Promise<readonly string[]> {
  const id = (await readPlainFile(path.join(home, 'id')))?.trim();
  return id === undefined ? [] : [stateWithin(home), stateOutside(id)];
}

async function chooseStateDirectory(home: string, id: string, options: HomeOptions): Promise<string> {
  const { identity, log } = options;
  const within = stateWithin(home);
  await makeDirectories(within, identity === null ? 0o700 : 0o711);
  if (identity === null || (await canEnter(within, identity))) return within;
  const outside = stateOutside(id);
  await makeDirectories(outside, 0o711);
  log.info({ directory: outside }, `clusters live in ${outside}, since user ${identity.name} cannot enter ${home}`);
  return outside;
}

/**
 * Opens TOYGRES_HOME, making it when it is absent. Throws CONFLICT, and changes nothing, while a server has it open that
 * must be alone or this one must be; UNAVAILABLE when it cannot be written.
 */
export async function openHome(options: HomeOptions): Promise<Home> {
  const { directory, identity } = options;
  refuseMisleading(directory);
  await makeHome(directory, identity).catch((error: unknown) => {
    throw notUsable(directory, error);
  });
  let release = async () => {};
  try {
    release = await lockHome(options);
    await tryOut(directory, identity);
    const id = (await readOrCreateFile(path.join(directory, 'id'), randomUUID)).trim();
    return { directory, id, stateDirectory: await chooseStateDirectory(directory, id, options), release };
  } catch (error) {
    await release();
    throw error instanceof AppError ? error : notUsable(directory, error);
  }
}
