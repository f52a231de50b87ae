import { AppError } from '../../schema/errors.ts';
import type { ManifestFile } from '../ports/manifest.ts';
import type { JobRef } from '../ports/platform.ts';
import type { StepOptions, WorkflowServices } from '../workflow/context.ts';
import { compareWithStore, describeFile, parseChecksums, refuseDifferences } from './checksums.ts';
import type { TakenImage } from './taken-image.ts';

/** Listing hundreds of thousands of files. */
export const VERIFYING: StepOptions = { timeoutMs: 600_000 };

const LARGEST_LIST = 256 << 20;
const MANIFEST_NAME = 'manifest.json';
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
  // The manifest is there already when publishing it was interrupted after it was written.
  const stored = (await store.listFiles(imageId)).filter((file) => file.name !== MANIFEST_NAME);
  refuseDifferences(WRONG, compareWithStore(files, stored));
  return files;
}

/** Clears away what an earlier attempt of the job left, then holds the rest against what the job computed. */
export async function verifyUpload(
  services: WorkflowServices,
  imageId: string,
  job: JobRef,
  result: TakenImage,
): Promise<void> {
  const { attempts } = await services.platform.readJob(job);
  if (attempts > 1) await removeLeftovers(services, imageId, result.checksums.name);
  await readVerifiedFiles(services, imageId, result);
}

/**
 * Removes what the successful attempt did not overwrite: an earlier one may have found other tables. After a first
 * attempt there is no such thing, and an extra file stays a failure.
 */
async function removeLeftovers(
  { store, images }: Pick<WorkflowServices, 'store' | 'images'>,
  imageId: string,
  listName: string,
): Promise<void> {
  const list = await images.openFile(imageId, await store.readFile(imageId, listName, LARGEST_LIST));
  const listed = parseChecksums(list);
  const stored = (await store.listFiles(imageId)).filter(({ name }) => name !== listName);
  await store.removeFiles(imageId, compareWithStore(listed, stored).extra);
}
