import { spawn } from 'node:child_process';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { AppError } from '../../schema/errors.ts';

/** A lock of this machine that is held until it is released or the process ends, however that ends. */
export interface HeldLock {
  release(): Promise<void>;
  /** Releases it and removes its file; whoever waits for it notices and locks a new file. */
  remove(): Promise<void>;
}

/** Exclusive: nobody else may hold it. Shared: nobody else may hold it exclusively. */
export type LockMode = 'exclusive' | 'shared';

/** A wait without an end, as flock understands one. */
export const FOR_EVER_SECONDS = 365 * 86_400;

function lockDescriptor(file: FileHandle, waitSeconds: number, mode: LockMode, signal?: AbortSignal): Promise<boolean> {
  // The lock belongs to the open file, which we share with the child for a moment: it stays ours when the child has ended.
  const child = spawn('flock', [`--${mode}`, '--wait', String(waitSeconds), '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file.fd],
  });
  const giveUp = () => child.kill();
  if (signal?.aborted) giveUp();
  signal?.addEventListener('abort', giveUp, { once: true });
  return new Promise<boolean>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new AppError('UNAVAILABLE', 'The program flock cannot be run: install the package util-linux.', { cause }),
      ),
    );
    child.once('exit', (code) => resolve(code === 0));
  }).finally(() => signal?.removeEventListener('abort', giveUp));
}

/** Node closes a file that nothing refers to any more, and the lock would go with it. */
const heldFiles = new Set<FileHandle>();

function keep(file: FileHandle, path: string): HeldLock {
  heldFiles.add(file);
  const release = async () => {
    heldFiles.delete(file);
    await file.close();
  };
  return {
    release,
    remove: async () => {
      await rm(path, { force: true });
      await release();
    },
  };
}

/**
 * Takes the lock, waiting for at most that long or until the signal aborts; null when somebody else holds it still. The file's directory must exist.
 * Processes and callers of one process exclude each other alike.
 */
export async function takeLock(
  path: string,
  waitSeconds: number,
  mode: LockMode = 'exclusive',
  signal?: AbortSignal,
): Promise<HeldLock | null> {
  for (;;) {
    if (signal?.aborted) return null;
    const file = await open(path, 'a', 0o600);
    try {
      if (!(await lockDescriptor(file, waitSeconds, mode, signal))) {
        await file.close();
        return null;
      }
      const [held, named] = await Promise.all([file.stat(), stat(path).catch(() => null)]);
      if (named !== null && held.ino === named.ino) {
        return keep(file, path);
      }
      // Its last holder removed the file while we waited.
      await file.close();
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }
}

/**
 * Takes the first of some locks that is free, waiting for it until the signal aborts: null then. Of the others none is held
 * when it resolves.
 */
export async function takeFirstLock(paths: readonly string[], signal: AbortSignal): Promise<HeldLock | null> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const held: HeldLock[] = [];
  const tries = await Promise.allSettled(
    paths.map(async (path) => {
      try {
        const lock = await takeLock(path, FOR_EVER_SECONDS, 'exclusive', either);
        if (lock !== null && held.push(lock) > 1) await lock.release();
      } finally {
        enough.abort();
      }
    }),
  );
  const failed = tries.find((each) => each.status === 'rejected');
  if (held[0] === undefined && failed !== undefined) throw failed.reason;
  return held[0] ?? null;
}

/** Does the work under the lock. Throws UNAVAILABLE with `busy` when it is not free in time. */
export async function withLock<T>(
  path: string,
  options: { waitSeconds: number; busy: string },
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const lock = await takeLock(path, options.waitSeconds);
  if (lock === null) throw new AppError('UNAVAILABLE', options.busy);
  try {
    return await work(lock);
  } finally {
    await lock.release().catch(() => undefined);
  }
}
