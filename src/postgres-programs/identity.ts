import { readFile } from 'node:fs/promises';
import { AppError } from '../../schema/errors.ts';

/** An unprivileged user of this machine. */
export interface ProcessIdentity {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** Debian's and Red Hat's packages make the first; the second is there on every system. */
const PREFERRED_USERS = ['postgres', 'nobody'];

/**
 * The user to run PostgreSQL as when this process is root, since PostgreSQL refuses to run as root; null when this process
 * is unprivileged already. Throws UNAVAILABLE when the machine has no such user.
 */
export async function readServerIdentity(): Promise<ProcessIdentity | null> {
  if (process.getuid?.() !== 0) return null;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of PREFERRED_USERS) {
    const user = users.find((fields) => fields[0] === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]), name };
  }
  throw new AppError(
    'UNAVAILABLE',
    'PostgreSQL does not run as root and there is no user "postgres" to run it as: create one, or start Toygres as an ordinary user.',
  );
}

/** Who the two halves of a job run as, so that neither can look into the other, nor servers into either. */
export interface JobUsers {
  /** Runs PostgreSQL's programs over the network. A job that makes a server's volume runs as the servers' user instead. */
  readonly worker: ProcessIdentity;
  /** Holds the grant of the blob store. */
  readonly mover: ProcessIdentity;
}

const OUR_USERS = { worker: 'toygres-job', mover: 'toygres-mover', store: 'toygres-store' } as const;
/** Debian gives the numbers from 60000 to 64999 to nobody but its own packages; these of the end it has never given. */
const OUR_NUMBERS = { first: 64_901, last: 64_949 };

/**
 * The users of that name, where the machine has them; else numbers that no user of the machine has, which need no entry
 * anywhere. Null where the system does not let us be somebody of that number, as in some containers.
 */
export async function readJobUsers(): Promise<JobUsers | null> {
  const { worker, mover } = await findOurUsers();
  const isMapped = await readMappedNumbers();
  return isMapped(worker.uid) && isMapped(mover.uid) ? { worker, mover } : null;
}

/** Who the embedded blob store runs as when this process is root, found as the users of jobs are; null: as ourselves. */
export async function readStoreUser(): Promise<ProcessIdentity | null> {
  if (process.getuid?.() !== 0) return null;
  const { store } = await findOurUsers();
  return (await readMappedNumbers())(store.uid) ? store : null;
}

async function findOurUsers(): Promise<Readonly<Record<keyof typeof OUR_USERS, ProcessIdentity>>> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const taken = new Set(users.map((fields) => Number(fields[2])));
  const free: number[] = [];
  for (let number = OUR_NUMBERS.first; number <= OUR_NUMBERS.last; number += 1)
    if (!taken.has(number)) free.push(number);
  const find = (name: string): ProcessIdentity => {
    const user = users.find((fields) => fields[0] === name);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]), name };
    const number = free.shift() ?? OUR_NUMBERS.last;
    return { uid: number, gid: number, name };
  };
  return { worker: find(OUR_USERS.worker), mover: find(OUR_USERS.mover), store: find(OUR_USERS.store) };
}

/** Tells of a number whether the system lets us be somebody of it; in some containers it has few. */
async function readMappedNumbers(): Promise<(uid: number) => boolean> {
  const map = await readFile('/proc/self/uid_map', 'utf8').catch(() => '');
  return (uid) =>
    map.split('\n').some((line) => {
      const [first = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number);
      return uid >= first && uid < first + count;
    });
}

/** Numbers of users that are given out to servers, one each. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

/** The first is given to nobody by any distribution and is wide enough that two homes never choose the same. */
const SERVER_NUMBERS: readonly NumberRange[] = [
  { first: 1_900_000_000, last: 1_999_999_999 },
  { first: 60_100, last: 61_099 },
];

/** The numbers that servers of instances are run as when this process is root; null where there are none to be had. */
export async function readServerNumbers(): Promise<NumberRange | null> {
  if (process.getuid?.() !== 0) return null;
  const isMapped = await readMappedNumbers();
  return SERVER_NUMBERS.find(({ first, last }) => isMapped(first) && isMapped(last)) ?? null;
}

/** The options of `child_process` that start a program as that user, or as ours when there is none. */
export function spawnOptionsFor(identity: ProcessIdentity | null): { uid?: number; gid?: number } {
  return identity === null ? {} : { uid: identity.uid, gid: identity.gid };
}
