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

/** The options of `child_process` that start a program as that user, or as ours when there is none. */
export function spawnOptionsFor(identity: ProcessIdentity | null): { uid?: number; gid?: number } {
  return identity === null ? {} : { uid: identity.uid, gid: identity.gid };
}
