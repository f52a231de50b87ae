import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { lstat, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../../../schema/errors.ts';
import { withLock } from '../../../machine/file-lock.ts';
import { listProcessesOf, signalPid } from '../../../machine/process-mark.ts';
import { readJsonFile, writeJsonFile } from '../../../machine/whole-file.ts';
import type { NumberRange, ProcessIdentity } from '../../../postgres-programs/identity.ts';
import { until } from '../../../waiting/until.ts';
import { type LocalContext, makeOurs } from '../context.ts';
import type { Layout, ServerPaths } from '../layout.ts';
import { isThere, listServers, VolumeRecord } from './server-records.ts';

const run = promisify(execFile);

const TRIES = 100;
const ENDING_MS = 10_000;

function identityOf(uid: number): ProcessIdentity {
  return { uid, gid: uid, name: `number ${uid}` };
}

/** The number of the user that is this server and nobody else; null where it shares one, or where we are an ordinary user. */
export async function readOwnUid({ volumeRecord }: Pick<ServerPaths, 'volumeRecord'>): Promise<number | null> {
  return (await readJsonFile(volumeRecord, VolumeRecord))?.uid ?? null;
}

/** Who a server and the jobs that make its volume run as; null: as who we are. */
export async function readServerUser(
  { identity }: Pick<LocalContext, 'identity'>,
  paths: Pick<ServerPaths, 'volumeRecord'>,
): Promise<ProcessIdentity | null> {
  if (identity === null) return null;
  const uid = await readOwnUid(paths);
  return uid === null ? identity : identityOf(uid);
}

async function chooseNumber(layout: Layout, { first, last }: NumberRange): Promise<number> {
  const servers = await listServers(layout);
  const taken = new Set(await Promise.all(servers.map(({ paths }) => readOwnUid(paths))));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const uid = randomInt(first, last + 1);
    if (!taken.has(uid) && (await listProcessesOf(uid)).length === 0) return uid;
  }
  throw new AppError('UNAVAILABLE', 'There is no free number for the user of another server: delete instances.');
}

/**
 * Chooses the number of a server's user where servers have users of their own, and calls `remember` before any other server
 * can choose. Null: they have none.
 */
export async function chooseServerUid(
  { layout, serverNumbers }: Pick<LocalContext, 'layout' | 'serverNumbers'>,
  remember: (uid: number | null) => Promise<void>,
): Promise<void> {
  if (serverNumbers === null) return remember(null);
  const busy = 'Users of servers are being chosen by somebody else: try again.';
  await withLock(path.join(layout.locks, 'users'), { waitSeconds: 10, busy }, async () =>
    remember(await chooseNumber(layout, serverNumbers)),
  );
}

/** Ends everything that runs as that user. Throws UNAVAILABLE when something of it does not end. */
export async function endProcessesOf(uid: number): Promise<void> {
  const isGone = async () => {
    const pids = await listProcessesOf(uid);
    for (const pid of pids) signalPid(pid, 'SIGKILL');
    return pids.length === 0;
  };
  if (await until(isGone, { timeoutMs: ENDING_MS, intervalMs: 20 })) return;
  throw new AppError('UNAVAILABLE', 'A program that users of the server left running does not end: try again.');
}

/** Where nobody but us comes: a link of the earlier owner could not be followed, nor a name changed under us. */
const aside = (paths: ServerPaths) => path.join(paths.directory, 'adopting');

/**
 * Gives a directory tree to a user. Links in it are given away themselves, and a file that has another name elsewhere is
 * replaced by a copy first: what else it is stays whose it was.
 */
export async function giveTree(directory: string, { uid, gid }: ProcessIdentity): Promise<void> {
  const { stdout } = await run('find', [directory, '-xdev', '-type', 'f', '-links', '+1', '-print0']);
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    await run('cp', ['--preserve=mode,timestamps', '--no-dereference', '--', file, `${file}.copy`]);
    await rename(`${file}.copy`, file);
  }
  await run('chown', ['-h', '-R', '-P', `${uid}:${gid}`, '--', directory]);
}

/**
 * Sees to it that the volume is its user's: an earlier release ran all servers as one, and a volume may be brought from
 * elsewhere. No process of the server may run. Again, or after a death in the middle: goes on.
 */
export async function adoptVolume(
  context: Pick<LocalContext, 'identity' | 'serverNumbers' | 'layout'>,
  paths: ServerPaths,
): Promise<void> {
  if (context.identity === null || context.serverNumbers === null) return;
  const record = await readJsonFile(paths.volumeRecord, VolumeRecord);
  if (record === null) return;
  if (record.uid === undefined) {
    await chooseServerUid(context, async (uid) =>
      writeJsonFile(paths.volumeRecord, { ...record, ...(uid === null ? {} : { uid }) }),
    );
  }
  const user = await readServerUser(context, paths);
  const place = path.join(aside(paths), 'volume');
  if (user === null || (!(await isThere(place)) && (await isIts(paths, user)))) return;
  await makeOurs(aside(paths));
  if (!(await isThere(place))) await rename(paths.volume, place);
  await giveTree(place, user);
  await rename(place, paths.volume);
}

async function isIts({ volume, data }: ServerPaths, { uid }: ProcessIdentity): Promise<boolean> {
  const owners = await Promise.all([volume, data].map((place) => lstat(place).catch(() => null)));
  return owners.every((facts) => facts === null || facts.uid === uid);
}

/** What an adoption that was cut off, or the making of a cluster, left beside the volume. */
export async function listAsides(paths: ServerPaths): Promise<readonly string[]> {
  const names = await readdir(paths.directory).catch(() => []);
  return names.filter((name) => ['adopting', 'making'].includes(name)).map((name) => path.join(paths.directory, name));
}
