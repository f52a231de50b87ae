import { randomBytes } from 'node:crypto';
import { chmod, constants, copyFile, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as z from 'zod';
import { AppError } from '../../../../schema/errors.ts';
import { makeDirectories } from '../../../machine/directories.ts';

const PACKAGE = '@azure-tools/azcopy-linux';
const MACHINES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const Manifest = z.object({ version: z.string() });

function findManifest(): string {
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  } catch (cause) {
    throw new AppError(
      'UNAVAILABLE',
      `The package ${PACKAGE} is not installed, nor is what else this machine needs to run servers, a database of records ` +
        'or a blob store by itself. In a container of the server image set DATABASE_URL, AZURE_STORAGE_ACCOUNT (or ' +
        'AZURE_STORAGE_CONNECTION_STRING) and TOYGRES_PLATFORM=kubernetes; in a checkout run npm ci.',
      { cause },
    );
  }
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    (facts) => facts.size,
    () => null,
  );
}

/**
 * Makes the azcopy of the npm package runnable for the user that jobs run as and returns its path. The package holds the
 * program without the mode to run it, and below a directory that this user may not be able to enter.
 *
 * Again: the copy of this version that is there. Throws UNAVAILABLE when the package is absent or has no program for this
 * machine.
 */
export async function ensureAzcopy(stateDirectory: string): Promise<string> {
  const manifest = findManifest();
  const { version } = Manifest.parse(JSON.parse(await readFile(manifest, 'utf8')));
  const machine = MACHINES[process.arch] ?? process.arch;
  const source = path.join(path.dirname(manifest), 'dist', 'bin', `azcopy_linux_${machine}`);
  const size = await sizeOf(source);
  if (size === null) throw new AppError('UNAVAILABLE', `There is no azcopy for ${machine} in the package ${PACKAGE}.`);

  const directory = path.join(stateDirectory, 'azcopy', version);
  const target = path.join(directory, 'azcopy');
  if ((await sizeOf(target)) === size) return target;
  await makeDirectories(directory, 0o711);
  const unfinished = `${target}.${randomBytes(4).toString('hex')}.new`;
  try {
    await copyFile(source, unfinished, constants.COPYFILE_FICLONE);
    await chmod(unfinished, 0o755);
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
  return target;
}
