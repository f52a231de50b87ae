import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Owner } from '../../machine/remove-tree.ts';

const run = promisify(execFile);

/** What is made for a worker before it needs it, and where. */
export interface Making {
  readonly command: readonly string[];
  readonly user: Owner;
  readonly scratch: string;
  readonly secrets: string;
  /** Where the worker finds it when it is whole. */
  readonly made: string;
  /** Gives it away after the maker's end. Resolves only when that did not come to pass, with a status other than 0. */
  give(status: number): Promise<number>;
}

async function makeOwn(directory: string, mode: number, { uid, gid }: Owner): Promise<void> {
  await mkdir(directory, { mode });
  await chmod(directory, mode);
  await chown(directory, uid, gid);
}

/**
 * Lays out the places of a maker in the directory of an attempt. No code of a tenant has run as the maker's user there, so
 * what it made can be given away by name.
 */
export async function prepareMaker(
  directory: string,
  { command, user }: Pick<Making, 'command' | 'user'>,
  worker: Owner,
): Promise<Making> {
  const at = (name: string) => path.join(directory, name);
  await makeOwn(at('make'), 0o700, user);
  await makeOwn(at('made'), 0o700, worker);
  const made = path.join(at('made'), 'cluster');
  return {
    command,
    user,
    scratch: at('make'),
    secrets: at('make-secrets'),
    made,
    give: async (status) => {
      if (status !== 0) return status;
      const cluster = path.join(at('make'), 'cluster');
      try {
        await run('chown', ['-h', '-R', '-P', `${worker.uid}:${worker.gid}`, '--', cluster]);
        await rename(cluster, made);
      } catch {
        return 1;
      }
      return new Promise<never>(() => undefined);
    },
  };
}
