import { AppError } from '../../schema/errors.ts';
import type { ImageStore } from '../ports/image-store.ts';
import type { ManifestFile } from '../ports/manifest.ts';
import type { JobRef } from '../ports/platform.ts';
import type { StepOptions, WorkflowServices } from '../workflow/context.ts';
import { CHECKSUMS_NAME, compareWithStore, describeFile, parseChecksums, refuseDifferences } from './checksums.ts';
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
  store: ImageStore,
  imageId: string,
  { checksums }: TakenImage,
): Promise<readonly ManifestFile[]> {
  const content = await store.readFile(imageId, CHECKSUMS_NAME, checksums.sizeBytes).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
    throw new AppError('STEP_FAILED', `${WRONG}: ${CHECKSUMS_NAME} is missing.`);
  });
  const list = describeFile(CHECKSUMS_NAME, content);
  if (list.sha256 !== checksums.sha256 || list.sizeBytes !== checksums.sizeBytes || list.md5 !== checksums.md5) {
    throw new AppError('STEP_FAILED', `${WRONG}: ${CHECKSUMS_NAME} has other content.`);
  }
  const files = [...parseChecksums(content), list];
  // The manifest is there already when publishing it was interrupted after it was written.
  const stored = (await store.listFiles(imageId)).filter(({ name }) => name !== MANIFEST_NAME);
  refuseDifferences(WRONG, compareWithStore(files, stored));
  return files;
}

/** Clears away what an earlier attempt of the job left, then holds the rest against what the job computed. */
export async function verifyUpload(
  { store, platform }: WorkflowServices,
  imageId: string,
  job: JobRef,
  result: TakenImage,
): Promise<void> {
  const { attempts } = await platform.readJob(job);
  if (attempts > 1) await removeLeftovers(store, imageId);
  await readVerifiedFiles(store, imageId, result);
}

/**
 * Removes what the successful attempt did not overwrite: an earlier one may have found other tables. After a first
 * attempt there is no such thing, and an extra file stays a failure.
 */
async function removeLeftovers(store: ImageStore, imageId: string): Promise<void> {
  const listed = parseChecksums(await store.readFile(imageId, CHECKSUMS_NAME, LARGEST_LIST));
  const stored = (await store.listFiles(imageId)).filter(({ name }) => name !== CHECKSUMS_NAME);
  await store.removeFiles(imageId, compareWithStore(listed, stored).extra);
}
