import { randomBytes } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../schema/errors.ts';
import { readPlainFile } from '../machine/whole-file.ts';

const SECRET_BYTES = 32;

/**
 * The text that a file keeps, made by `create` when there is no file yet. Mode 0600. Two callers at once get the same: the
 * first whole file wins.
 */
export async function readOrCreateFile(target: string, create: () => string): Promise<string> {
  const kept = await readPlainFile(target);
  if (kept !== null) return kept;
  const unfinished = `${target}.${randomBytes(4).toString('hex')}.new`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(`${create()}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(unfinished, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
  return (await readPlainFile(target)) ?? '';
}

async function readOrCreateSecret(directory: string, name: string, bytes: number): Promise<string> {
  const file = path.join(directory, name);
  const secret = (await readOrCreateFile(file, () => randomBytes(bytes).toString('base64'))).trim();
  if (secret !== '') return secret;
  throw new AppError('UNAVAILABLE', `The file ${file} is empty: restore it, or remove it to have a new one made.`);
}

/** The bearer token of a home's first administrator: 32 random bytes in base64, the same at every start. */
export function readOrCreateToken(home: string): Promise<string> {
  return readOrCreateSecret(home, 'token', SECRET_BYTES);
}

/** Where users find the token. */
export function tokenFile(home: string): string {
  return path.join(home, 'token');
}

/** The key that encrypts passwords at rest in a home: 32 random bytes in base64. Without it they cannot be read any more. */
export async function readOrCreateEncryptionKey(home: string): Promise<string> {
  const key = await readOrCreateSecret(home, 'encryption-key', SECRET_BYTES);
  if (Buffer.from(key, 'base64').byteLength === SECRET_BYTES) return key;
  throw new AppError('UNAVAILABLE', `The file ${path.join(home, 'encryption-key')} does not hold 32 bytes in base64.`);
}

/** A secret that only programs of ours use, kept in a state directory. */
export function readOrCreateInnerSecret(directory: string, name: string, bytes = SECRET_BYTES): Promise<string> {
  return readOrCreateSecret(directory, name, bytes);
}

/** Keeps the first administrator's password for whoever could not be shown it; answers with the file, mode 0600. */
export async function keepFirstPassword(home: string, password: string): Promise<string> {
  const file = path.join(home, 'admin-password');
  // One of a database that is gone opens nothing any more.
  await rm(file, { force: true });
  await readOrCreateFile(file, () => password);
  return file;
}
