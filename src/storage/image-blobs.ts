import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import type { StoredFile } from '../../jobs/ports/image-store.ts';
import { AppError } from '../../schema/errors.ts';
import { isBlobAbsent, isHeld } from './blob-errors.ts';
import { download } from './download.ts';
import { imagePrefix, MANIFEST_NAME } from './image-paths.ts';
import { inParallel } from './in-parallel.ts';

const REMOVALS_AT_ONCE = 16;

interface Listing {
  readonly files: readonly StoredFile[];
  /** Accounts with a hierarchical namespace list directories as well; ours are removed with their files. */
  readonly directories: readonly string[];
}

/** Everything of an image in the order of names. */
export function listImage(container: ContainerClient, imageId: string): Promise<Listing> {
  return listBelow(container, imagePrefix(imageId));
}

async function listBelow(container: ContainerClient, prefix: string): Promise<Listing> {
  const files: StoredFile[] = [];
  const directories: string[] = [];
  for await (const { name, properties, metadata } of container.listBlobsFlat({ prefix, includeMetadata: true })) {
    const relative = name.slice(prefix.length);
    if (metadata?.hdi_isfolder === 'true') directories.push(relative);
    else {
      const { contentLength: sizeBytes = 0, contentMD5, accessTier } = properties;
      const archived = accessTier === 'Archive' ? { archived: true } : {};
      files.push({ name: relative, sizeBytes, md5: toHex(contentMD5), ...archived });
    }
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, directories };
}

/** Downloads one file whole and holds it against the store's own Content-MD5. */
export async function readImageFile(
  container: ContainerClient,
  imageId: string,
  name: string,
  maxBytes: number,
): Promise<Buffer> {
  const blob = container.getBlobClient(imagePrefix(imageId) + name);
  const found = await download(blob).catch((error: unknown) => {
    if (!isBlobAbsent(error)) throw error;
    throw new AppError('NOT_FOUND', `The image ${imageId} has no file ${name} in the blob store.`);
  });
  const { sizeBytes } = found;
  if (sizeBytes > maxBytes) {
    found.discard();
    throw new AppError('STEP_FAILED', `${name} of the image ${imageId} has ${sizeBytes} bytes, which is too large.`);
  }
  const parts: Uint8Array[] = [];
  for await (const part of found.content()) parts.push(part);
  const content = Buffer.concat(parts);
  const stored = toHex(found.md5);
  if (content.length !== sizeBytes || (stored !== null && createHash('md5').update(content).digest('hex') !== stored)) {
    throw new AppError(
      'STEP_FAILED',
      `${name} of the image ${imageId} does not have the content that its MD5 promises.`,
    );
  }
  return content;
}

/**
 * Removes the manifest, so that it is no image any more, then the rest as `removeBelow` does. Throws CONFLICT, with nothing
 * removed, when the store holds its files: under a policy, a legal hold or a lease.
 */
export async function removeImageBlobs(container: ContainerClient, imageId: string): Promise<number> {
  const prefix = imagePrefix(imageId);
  await refuseHeld(container, prefix);
  const manifest = container.getBlobClient(prefix + MANIFEST_NAME);
  const { succeeded } = await manifest.deleteIfExists({ deleteSnapshots: 'include' }).catch(async (error: unknown) => {
    if (!isHeld(error)) throw error;
    const until = await readHold(container);
    throw new AppError(
      'CONFLICT',
      `The blob store keeps the files of this image (${error.statusCode} ${error.code})${until}: nothing was removed. ` +
        'Delete it again when the policy, the legal hold or the lease is over.',
    );
  });
  return (succeeded ? 1 : 0) + (await removeBelow(container, prefix));
}

/** A manifest that is free would go, and the image with it, though a file of it cannot be removed. */
async function refuseHeld(container: ContainerClient, prefix: string): Promise<void> {
  const options = { prefix, includeImmutabilityPolicy: true, includeLegalHold: true };
  for await (const { name, properties } of container.listBlobsFlat(options)) {
    const until = properties.immutabilityPolicyExpiresOn;
    const isKept = until !== undefined && until.getTime() > Date.now();
    const isLeased = properties.leaseState === 'leased';
    if (!isKept && !isLeased && properties.legalHold !== true) continue;
    const by = isKept ? `a policy until ${until.toISOString()}` : isLeased ? 'a lease' : 'a legal hold';
    throw new AppError(
      'CONFLICT',
      `The blob store keeps files of this image, ${name.slice(prefix.length)} by ${by}: nothing was removed. Delete it again when that is over.`,
    );
  }
}

/** What the container says of its own policy, as far as this login may know it. */
async function readHold(container: ContainerClient): Promise<string> {
  try {
    const { hasImmutabilityPolicy, hasLegalHold } = await container.getProperties();
    const by = [...(hasImmutabilityPolicy ? ['a retention policy'] : []), ...(hasLegalHold ? ['a legal hold'] : [])];
    return by.length === 0 ? '' : `, by ${by.join(' and ')} of the container`;
  } catch {
    return '';
  }
}

/** Removes a blob; false where it was not there, or the store's own rules keep it. */
async function removeUnlessHeld(container: ContainerClient, name: string): Promise<boolean> {
  const removed = container.getBlobClient(name).deleteIfExists({ deleteSnapshots: 'include' });
  return removed.then(
    ({ succeeded }) => succeeded,
    (error: unknown) => {
      if (!isHeld(error)) throw error;
      return false;
    },
  );
}

/** Removes these files below a prefix, but for those that the store's own rules keep. */
export async function removeUnheld(
  container: ContainerClient,
  prefix: string,
  names: readonly string[],
): Promise<void> {
  await inParallel(names, REMOVALS_AT_ONCE, async (name) => void (await removeUnlessHeld(container, prefix + name)));
}

/** Removes all files below a prefix that ends in a slash, then what directories there are; returns how many files. */
export async function removeBelow(container: ContainerClient, prefix: string): Promise<number> {
  const { files, directories } = await listBelow(container, prefix);
  await inParallel(files, REMOVALS_AT_ONCE, async ({ name }) => {
    await container.getBlobClient(prefix + name).deleteIfExists({ deleteSnapshots: 'include' });
  });
  // The deepest first: a directory goes when it is empty.
  for (const name of [...directories].sort().reverse()) await container.getBlobClient(prefix + name).deleteIfExists();
  return files.length;
}

/**
 * Removes the files below a prefix that were written before, but for those that the store's own rules keep; returns how many. Empty directories stay, where an account has
 * directories: each is a line of a listing and nothing else.
 */
export async function removeOlder(container: ContainerClient, prefix: string, before: Date): Promise<number> {
  let removed = 0;
  for await (const { name, properties, metadata } of container.listBlobsFlat({ prefix, includeMetadata: true })) {
    if (metadata?.hdi_isfolder === 'true' || properties.lastModified >= before) continue;
    if (await removeUnlessHeld(container, name)) removed += 1;
  }
  return removed;
}

function toHex(md5: Uint8Array | undefined): string | null {
  return md5 && md5.length > 0 ? Buffer.from(md5).toString('hex') : null;
}
