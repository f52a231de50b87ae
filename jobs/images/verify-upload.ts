import { AppError } from '../../schema/errors.ts';
import { directoryOf } from '../ports/attempt-directory.ts';
import type { ManifestFile } from '../ports/manifest.ts';
import type { JobRef } from '../ports/platform/jobs.ts';
import type { StepOptions, WorkflowServices } from '../workflow/context.ts';
import { compareWithStore, describeFile, parseChecksums, refuseDifferences } from './checksums.ts';
import type { TakenImage } from './taken-image.ts';

/** Listing hundreds of thousands of files. */
export const VERIFYING: StepOptions = { timeoutMs: 600_000 };

const LARGEST_LIST = 256 << 20;
const WRONG = 'The blob store does not hold what the backup job uploaded';

/**
 * The files of an image, when the store holds exactly them: the list is the one whose hash the job reported, and every
 * size and MD5 in it is the store's. Throws STEP_FAILED naming what differs.
 */
export async function readVerifiedFiles(
  { store, images }: Pick<WorkflowServices, 'store' | 'images'>,
  imageId: string,
  { checksums }: TakenImage,
): Promise<readonly ManifestFile[]> {
  const { name } = checksums;
  const content = await store.readFile(imageId, name, checksums.sizeBytes).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    throw new AppError('STEP_FAILED', `${WRONG}: ${name} is missing.`);
  });
  const list = describeFile(name, content);
  if (list.sha256 !== checksums.sha256 || list.sizeBytes !== checksums.sizeBytes || list.md5 !== checksums.md5) {
    throw new AppError('STEP_FAILED', `${WRONG}: ${name} has other content.`);
  }
  const files = [...parseChecksums(await images.openFile(imageId, content)), list];
  refuseDifferences(WRONG, compareWithStore(files, await store.listFiles(imageId)));
  return files;
}

/** Clears away what earlier attempts left, as far as the store lets it go, then holds the rest against what the job computed. */
export async function verifyUpload(
  services: WorkflowServices,
  imageId: string,
  job: JobRef,
  result: TakenImage,
): Promise<void> {
  const list = result.checksums.name;
  const { attempts } = await services.platform.readJob(job);
  if (attempts > 1 || directoryOf(list) !== '') await removeLeftovers(services, imageId, list);
  await readVerifiedFiles(services, imageId, result);
}

/**
 * Removes what the attempt that succeeded did not write. Before a first attempt there was none, and an extra file stays a
 * failure.
 */
async function removeLeftovers(
  { store, images }: Pick<WorkflowServices, 'store' | 'images'>,
  imageId: string,
  listName: string,
): Promise<void> {
  const list = await images.openFile(imageId, await store.readFile(imageId, listName, LARGEST_LIST));
  const kept = new Set([listName, ...parseChecksums(list).map(({ name }) => name)]);
  const others = (await store.listFiles(imageId)).map(({ name }) => name).filter((name) => !kept.has(name));
  await store.removeFiles(imageId, others);
}
