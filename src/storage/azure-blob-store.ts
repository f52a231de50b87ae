import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import type { BlobGrant, ImageStore } from '../../jobs/ports/image-store.ts';
import { SIGNED_EACH_AT_MOST } from '../../jobs/ports/mover-secrets.ts';
import { AppError } from '../../schema/errors.ts';
import type { Logger } from '../log/logger.ts';
import { NO_PROXIES, nameProxy, type Proxies } from '../machine/proxies.ts';
import { ensurePolicy, ensureWriter, keepsPolicies, removeWriter, untilKnown } from './access-policy.ts';
import { type BlobAccount, type BlobLogin, openBlobAccount } from './blob-account.ts';
import { isContainerAbsent, isHeld, translateBlobError } from './blob-errors.ts';
import { listImage, readImageFile, removeBelow, removeImageBlobs, removeOlder, removeUnheld } from './image-blobs.ts';
import { imagePrefix, isId, LOGS_PREFIX, MANIFEST_NAME, TRIALS_PREFIX, trialPrefix } from './image-paths.ts';
import { readAttemptLogs, writeAttemptLog } from './job-log-blobs.ts';
import { decodeManifest, encodeManifest, type ManifestSeal } from './manifest-file.ts';
import { createTroubleTeller } from './tell-trouble.ts';

/**
 * The fewest permissions azcopy 10.32 does its work with (tried one by one against Azurite, see the contract suite):
 * `w` is enough to upload and to upload again; `c` alone is not, since blocks need `w`. Downloading a directory needs
 * `l` to list and `r` to read. A signature of a flat account reaches the container, not a prefix (ADR 0103): what a job could
 * write elsewhere is refused later, by the seal of the manifest and its checksums.
 */
const UPLOAD = 'w';
const DOWNLOAD = 'rl';
/** Of one file: what is in it, and how large it is. */
const DOWNLOAD_ONE = 'r';
/** A user delegation key lives 7 days; a little less, for clocks that differ. */
const LONGEST_GRANT_SECONDS = 7 * 86_400 - 900;
const LARGEST_MANIFEST = 256 << 20;

export type BlobStoreOptions = BlobLogin & {
  readonly container: string;
  readonly seal: ManifestSeal;
  readonly log: Logger;
  /** By which it is reached. Default: none. */
  readonly proxies?: Proxies;
  /** `workload-identity`: grants carry no signature, jobs sign in by themselves. Default `sas`. */
  readonly jobLogin?: 'sas' | 'workload-identity';
};

/**
 * The blob store in an account of Azure, or in an emulator reached with a connection string.
 *
 * Opens nothing before the first call; makes the container when it is missing. Grants are valid for at most 7 days.
 */
export function createAzureBlobStore(options: BlobStoreOptions): ImageStore {
  const { container: containerName, seal, log, proxies = NO_PROXIES } = options;
  const told = createTroubleTeller(log);
  let opened: Promise<BlobAccount> | null = null;
  let ensured: Promise<unknown> | null = null;
  let keeps: boolean | null = null;
  let directories: Promise<boolean> | null = null;
  let proxy: string | null = null;
  let host = 'account' in options ? `${options.account}.blob.core.windows.net` : 'of the connection string';

  async function account(): Promise<BlobAccount> {
    opened ??= openBlobAccount(options, proxies);
    const account = await opened.catch((error: unknown) => {
      opened = null;
      throw error;
    });
    host = new URL(account.service.url).host;
    const way = proxies.find(account.service.url);
    proxy = way === null ? null : nameProxy(way);
    return account;
  }

  async function container(): Promise<ContainerClient> {
    const client = (await account()).service.getContainerClient(containerName);
    ensured ??= client.createIfNotExists();
    await ensured.catch((error: unknown) => {
      ensured = null;
      throw error;
    });
    return client;
  }

  function translated(error: unknown): unknown {
    // Somebody removed it under us: the next call makes it again.
    if (isContainerAbsent(error)) ensured = null;
    const place = { host, container: containerName, login: 'account' in options ? 'itself' : 'key', proxy } as const;
    const result = translateBlobError(error, place);
    if (result !== error) told.failed(result, place);
    return result;
  }

  async function atEdge<T>(work: (client: ContainerClient) => Promise<T>): Promise<T> {
    try {
      const result = await work(await container());
      told.answered();
      return result;
    } catch (error) {
      throw translated(error);
    }
  }

  /** What is common to all signatures: until when, and the policy that they name. */
  async function terms(client: ContainerClient, lifetimeSeconds: number) {
    const expiresAt = new Date(Date.now() + Math.min(lifetimeSeconds, LONGEST_GRANT_SECONDS) * 1000);
    const { hasPolicies } = await account();
    // What it is does not change: it is asked once.
    if (hasPolicies) keeps ??= await keepsPolicies(client);
    return { expiresAt, policy: async () => (hasPolicies && keeps ? ensurePolicy(client) : null) };
  }

  const urlOf = (client: ContainerClient, prefix: string) => `${client.url}/${prefix.slice(0, -1)}`;

  /** `prefix` ends in a slash. `names`: below it, for each of which there is a signature of its own. */
  function grantReading(
    prefix: string,
    lifetimeSeconds: number,
    names: readonly string[] | null = null,
  ): Promise<BlobGrant> {
    return atEdge(async (client) => {
      const { expiresAt, policy } = await terms(client, lifetimeSeconds);
      const url = urlOf(client, prefix);
      if (options.jobLogin === 'workload-identity') return { url, sas: null, expiresAt };
      const { sign } = await account();
      const named = await policy();
      if (names === null) return { url, sas: await sign(containerName, DOWNLOAD, expiresAt, named), expiresAt };
      const signed: Record<string, string> = {};
      for (const name of names) {
        signed[name] = await sign(containerName, DOWNLOAD_ONE, expiresAt, named, { blob: prefix + name });
      }
      return { url, sas: JSON.stringify(signed), expiresAt };
    });
  }

  /** As narrow as the account can: below the prefix where it has directories. `writerOf`: by a policy that ends with the job. */
  function grantWriting(prefix: string, lifetimeSeconds: number, writerOf: string | null): Promise<BlobGrant> {
    return atEdge(async (client) => {
      const { expiresAt, policy } = await terms(client, lifetimeSeconds);
      const url = urlOf(client, prefix);
      if (options.jobLogin === 'workload-identity') return { url, sas: null, expiresAt };
      const { sign, signByPolicy, openSigned, hasPolicies, hasDirectories } = await account();
      directories ??= hasDirectories();
      if (await directories) {
        const place = { directory: prefix.slice(0, -1) };
        return { url, sas: await sign(containerName, UPLOAD, expiresAt, await policy(), place), expiresAt };
      }
      const own = hasPolicies && writerOf !== null ? await ensureWriter(client, writerOf, UPLOAD, expiresAt) : null;
      const sas =
        own === null ? await sign(containerName, UPLOAD, expiresAt, await policy()) : signByPolicy(containerName, own);
      if (own !== null && keeps) await untilKnown(openSigned(containerName, sas));
      return { url, sas, expiresAt };
    });
  }

  return {
    grantUpload: (imageId, lifetimeSeconds) => grantWriting(imagePrefix(imageId), lifetimeSeconds, imageId),
    endUpload: (imageId) =>
      atEdge(async (client) => {
        if (!isId(imageId) || !(await account()).hasPolicies || options.jobLogin === 'workload-identity') return;
        await removeWriter(client, imageId);
      }),
    grantDownload: (imageId, lifetimeSeconds, names) =>
      grantReading(
        imagePrefix(imageId),
        lifetimeSeconds,
        names === undefined || names.length > SIGNED_EACH_AT_MOST ? null : names,
      ),
    grantTrial: async (jobId, lifetimeSeconds) => ({
      upload: await grantWriting(trialPrefix(jobId), lifetimeSeconds, null),
      download: await grantReading(trialPrefix(jobId), lifetimeSeconds),
    }),
    removeTrial: (jobId) =>
      atEdge((client) =>
        removeBelow(client, trialPrefix(jobId)).catch((error: unknown) => {
          // The rounds of upkeep remove it when that is over.
          if (isHeld(error)) return 0;
          throw error;
        }),
      ),
    removeTrialsBefore: (before) => atEdge((client) => removeOlder(client, TRIALS_PREFIX, before)),

    listFiles: (imageId) => atEdge(async (client) => (await listImage(client, imageId)).files),

    readFile: (imageId, name, maxBytes) => atEdge((client) => readImageFile(client, imageId, name, maxBytes)),

    removeFiles: (imageId, names) => atEdge((client) => removeUnheld(client, imagePrefix(imageId), names)),

    writeManifest: (imageId, manifest) =>
      atEdge(async (client) => {
        const body = encodeManifest(manifest, seal);
        const md5 = createHash('md5').update(body).digest();
        // One request: the store holds it against the MD5 and shows the old content or the new, never a part.
        const blob = client.getBlockBlobClient(imagePrefix(imageId) + MANIFEST_NAME);
        const blobHTTPHeaders = { blobContentType: 'application/json', blobContentMD5: md5 };
        await blob.upload(body, body.length, { blobHTTPHeaders }).catch(async (error: unknown) => {
          // Nothing is written over under a policy: what there is may be this very manifest.
          if (!isHeld(error) || !(await readImageFile(client, imageId, MANIFEST_NAME, LARGEST_MANIFEST)).equals(body))
            throw error;
        });
      }),

    readManifest: (imageId) =>
      atEdge(async (client) =>
        decodeManifest(await readImageFile(client, imageId, MANIFEST_NAME, LARGEST_MANIFEST), imageId, seal),
      ),

    removeImage: (imageId) => atEdge((client) => removeImageBlobs(client, imageId)),

    listImageIds: () =>
      atEdge(async (client) => {
        const ids: string[] = [];
        for await (const item of client.listBlobsByHierarchy('/')) {
          const id = item.name.replace(/\/$/, '');
          if (item.kind === 'prefix' && isId(id)) ids.push(id);
        }
        return ids;
      }),

    writeJobLog: (jobId, attempt, lines) => atEdge((client) => writeAttemptLog(client, jobId, attempt, lines)),

    async *readJobLog(jobId) {
      try {
        yield* readAttemptLogs(await container(), jobId);
      } catch (error) {
        throw translated(error);
      }
    },

    removeJobLogsBefore: (before) => atEdge((client) => removeOlder(client, LOGS_PREFIX, before)),

    check: () =>
      atEdge(async (client) => {
        if (!(await client.exists())) {
          ensured = null;
          throw new AppError('UNAVAILABLE', `The container ${containerName} of the blob store ${host} is missing.`);
        }
        // Listing needs the data role, which knowing of the container does not.
        await client.listBlobsFlat().byPage({ maxPageSize: 1 }).next();
      }),
  };
}
