import { access, constants, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { finalFailure, JobFailure } from '../attempt/failure.ts';

/** Where things lie on a server's volume. */
export interface Volume {
  readonly directory: string;
  /** The finished cluster. */
  readonly cluster: string;
  /** A cluster on its way. */
  readonly growing: string;
}

const MARK = 'restored-from';
const BEGUN = 'restoring';
const RESULT = 'restored-result.json';

export function volumeAt(directory: string): Volume {
  return { directory, cluster: path.join(directory, 'pgdata'), growing: path.join(directory, 'pgdata-restoring') };
}

const at = (volume: Volume, name: string) => path.join(volume.directory, name);

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/**
 * Leaves the volume without a cluster, and answers null; or with the result of the first time, as JSON, when this image was
 * restored to it already. Throws a final failure, and touches nothing, where there is a cluster that did not come from it.
 */
export async function adoptVolume(
  volume: Volume,
  imageId: string,
  log: (text: string) => void,
): Promise<string | null> {
  const { directory, cluster, growing } = volume;
  await access(directory, constants.W_OK).catch((cause: unknown) => {
    throw new JobFailure(`the volume ${directory} is not there or cannot be written to`, { cause });
  });
  const marked = await readFile(at(volume, MARK), 'utf8').catch(() => null);
  if (marked !== null) {
    if (marked.trim() !== imageId || !(await isThere(path.join(cluster, 'PG_VERSION')))) {
      throw finalFailure('the volume holds a cluster that was restored from another image; it is left as it is');
    }
    await rm(at(volume, BEGUN), { force: true });
    log('This image was restored to the volume already');
    return readFile(at(volume, RESULT), 'utf8');
  }
  const isWhole =
    (await isThere(path.join(cluster, 'PG_VERSION'))) && (await isThere(path.join(cluster, 'global', 'pg_control')));
  if (isWhole && !(await isThere(at(volume, BEGUN)))) {
    throw finalFailure('the volume holds a cluster that was not restored from this image; it is left as it is');
  }
  if ((await isThere(growing)) || (await isThere(cluster)))
    log('Removing what an unfinished restore left on the volume');
  await writeSynced(at(volume, BEGUN), `${imageId}\n`);
  await syncPath(directory);
  await removeUnfinished(volume);
  return null;
}

const TRIES = 100;
const BETWEEN_MS = 200;

/** A process of a server whose attempt was killed may make files until it notices that, for seconds on a slow disk. */
async function removeUnfinished(volume: Volume): Promise<void> {
  let said: unknown = null;
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      for (const one of [volume.cluster, volume.growing, at(volume, RESULT)])
        await rm(one, { recursive: true, force: true });
      return;
    } catch (error) {
      said = error;
      if (!['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) break;
      await delay(BETWEEN_MS);
    }
  }
  const words = said instanceof Error ? said.message : String(said);
  throw new JobFailure(`what an unfinished restore left on the volume cannot be removed: ${words}`, { cause: said });
}

/** Gives the cluster, which must be on the disk already, its place; the mark comes last. `result`: JSON, kept for a later attempt. */
export async function finishVolume(volume: Volume, imageId: string, result: string): Promise<void> {
  await rename(volume.growing, volume.cluster);
  await writeSynced(at(volume, RESULT), result);
  await writeSynced(at(volume, `${MARK}.new`), `${imageId}\n`);
  await syncPath(volume.directory);
  await rename(at(volume, `${MARK}.new`), at(volume, MARK));
  await syncPath(volume.directory);
  await rm(at(volume, BEGUN), { force: true });
}

async function writeSynced(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await syncPath(file);
}

async function syncPath(target: string): Promise<void> {
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
