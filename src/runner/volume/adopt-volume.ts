import { existsSync } from 'node:fs';
import { access, constants, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobResult } from '../../../jobs/ports/job-protocol.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { finalFailure, JobFailure } from '../attempt/failure.ts';

/** The files of a volume on which a restore works. */
export interface VolumeFiles {
  /** The cluster, once it is whole. */
  readonly cluster: string;
  /** Where it grows. */
  readonly growing: string;
}

const MARK = 'restored-from';
const BEGUN = 'restoring';
const KEPT_RESULT = 'restored-result.json';
/** A process of a server whose attempt was killed may make files until it notices that, for seconds on a slow disk. */
const REMOVING = { recursive: true, force: true, maxRetries: 100, retryDelay: 200 } as const;

export function filesOf(volume: string): VolumeFiles {
  return { cluster: path.join(volume, 'pgdata'), growing: path.join(volume, 'pgdata-restoring') };
}

/**
 * Leaves the volume without a cluster and gives null, or gives the result of the first time when this image was restored to
 * it already. Throws a final failure when a cluster is there that did not come from it: it is left as it is.
 */
export async function adoptVolume(
  { report }: Pick<Attempt, 'report'>,
  volume: string,
  imageId: string,
): Promise<JobResult | null> {
  const at = (name: string) => path.join(volume, name);
  const { cluster, growing } = filesOf(volume);
  await access(volume, constants.W_OK).catch(() => {
    throw new JobFailure(`the volume ${volume} is not there or cannot be written to`);
  });
  if (existsSync(at(MARK))) {
    const marked = (await readFile(at(MARK), 'utf8')).trim();
    if (marked !== imageId || !existsSync(path.join(cluster, 'PG_VERSION'))) {
      throw finalFailure('the volume holds a cluster that was restored from another image; it is left as it is');
    }
    await rm(at(BEGUN), { force: true });
    report.log('This image was restored to the volume already');
    return JSON.parse(await readFile(at(KEPT_RESULT), 'utf8')) as JobResult;
  }
  const isCluster = existsSync(path.join(cluster, 'PG_VERSION')) && existsSync(path.join(cluster, 'global/pg_control'));
  if (!existsSync(at(BEGUN)) && isCluster) {
    throw finalFailure('the volume holds a cluster that was not restored from this image; it is left as it is');
  }
  if (existsSync(growing) || existsSync(cluster)) report.log('Removing what an unfinished restore left on the volume');
  await writeFile(at(BEGUN), `${imageId}\n`);
  await syncAll(at(BEGUN), volume);
  for (const left of [cluster, growing, at(KEPT_RESULT)]) await rm(left, REMOVING);
  await mkdir(growing, { mode: 0o700 });
  return null;
}

/** Gives a cluster that is on disk its place; the mark of the image comes last. */
export async function finishVolume(volume: string, imageId: string, result: JobResult): Promise<void> {
  const at = (name: string) => path.join(volume, name);
  const { cluster, growing } = filesOf(volume);
  await rename(growing, cluster);
  await writeFile(at(KEPT_RESULT), `${JSON.stringify(result)}\n`);
  await writeFile(at(`${MARK}.new`), `${imageId}\n`);
  await syncAll(at(KEPT_RESULT), at(`${MARK}.new`), volume);
  await rename(at(`${MARK}.new`), at(MARK));
  await syncAll(at(MARK), volume);
  await rm(at(BEGUN), { force: true });
}

async function syncAll(...places: readonly string[]): Promise<void> {
  for (const place of places) {
    const handle = await open(place, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
