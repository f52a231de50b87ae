import type { ImageManifest } from './manifest.ts';
import type { PlatformLogLine } from './platform/jobs.ts';

/** One blob below an image's prefix as the store reports it. */
export interface StoredFile {
  /** Relative to the prefix. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Content-MD5 as hex; null when the store holds none. */
  readonly md5: string | null;
  /** True while it lies in the archive tier, or is on its way back from there: then nobody can read it. */
  readonly archived?: boolean;
}

/**
 * Leave to read or write one image's prefix for a limited time, for a job's copy tool. `sas` is a secret: a query string
 * without `?`, or one for each file, as a JSON object of them by the files' names; null where the job signs in by workload
 * identity.
 */
export interface BlobGrant {
  /** `https://account.blob.core.windows.net/container/<image id>`, no trailing slash, no query. */
  readonly url: string;
  readonly sas: string | null;
  readonly expiresAt: Date;
}

/**
 * The blob store that holds images and the logs of ended jobs, in the layout of the contract.
 *
 * Throws AppError: UNAVAILABLE when the store does not answer or refuses the login (the message says which link is
 * broken), NOT_FOUND where said below, STEP_FAILED for content that is not what it must be.
 */
export interface ImageStore {
  /**
   * Leave to write files of this image, and to read none. An account without directories can name no prefix: there it reaches
   * the container. Asked again, the earlier one stays.
   */
  grantUpload(imageId: string, lifetimeSeconds: number): Promise<BlobGrant>;
  /**
   * Ends what `grantUpload` gave for this image, before its time is over, where the store can: for three images at a time, in an
   * account that a key signs for. Again, and where there is nothing to end: no effect.
   */
  endUpload(imageId: string): Promise<void>;
  /**
   * Leave to read these files of this image, nothing else. Where `names` are left out, or are more than can be signed one by
   * one: to list and read files of the container.
   */
  grantDownload(imageId: string, lifetimeSeconds: number, names?: readonly string[]): Promise<BlobGrant>;
  /** The same two for a place of a job's own that is no image's, to try whether jobs can write and read. */
  grantTrial(
    jobId: string,
    lifetimeSeconds: number,
  ): Promise<{ readonly upload: BlobGrant; readonly download: BlobGrant }>;
  /** Deletes what was written there; returns how many files there were. Succeeds when there was none. */
  removeTrial(jobId: string): Promise<number>;
  /** Deletes what was written to any such place before this time; returns how many files there were. */
  removeTrialsBefore(before: Date): Promise<number>;
  /** Every blob below the prefix, in the order of names. */
  listFiles(imageId: string): Promise<readonly StoredFile[]>;
  /** The content of one file; NOT_FOUND when absent, STEP_FAILED when it is larger than `maxBytes`. */
  readFile(imageId: string, name: string, maxBytes: number): Promise<Uint8Array>;
  /** Deletes these files of an image; what is absent already, or kept by the store's own rules, is no failure. */
  removeFiles(imageId: string, names: readonly string[]): Promise<void>;
  /** Writes manifest.json whole, or not at all; the same manifest again is the same file. */
  writeManifest(imageId: string, manifest: ImageManifest): Promise<void>;
  /** NOT_FOUND when there is none; STEP_FAILED naming what is wrong when it is cut or not ours. */
  readManifest(imageId: string): Promise<ImageManifest>;
  /**
   * Deletes the manifest first, then every blob below the prefix; returns how many. Succeeds when there is none. Throws
   * CONFLICT when the store's own rules keep its files: then all of them are there.
   */
  removeImage(imageId: string): Promise<number>;
  /** The ids of all prefixes in the container, with or without a manifest. */
  listImageIds(): Promise<readonly string[]>;
  /** Keeps what one attempt of a job wrote; again replaces. */
  writeJobLog(jobId: string, attempt: number, lines: AsyncIterable<PlatformLogLine>): Promise<void>;
  /** The kept lines of all attempts in order; nothing when none was kept. */
  readJobLog(jobId: string): AsyncIterable<PlatformLogLine>;
  /** Deletes the logs that were kept before this time; returns how many. */
  removeJobLogsBefore(before: Date): Promise<number>;
  /** Throws UNAVAILABLE with the broken link when the store cannot be used. */
  check(): Promise<void>;
}
