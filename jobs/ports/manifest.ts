import * as z from 'zod';
import { IMAGE_METHODS, IMAGE_TYPES } from '../../schema/states.ts';
import { Finding } from './job-protocol.ts';
import { ClusterSettings, DurableState, ManifestDatabase, ManifestExtension } from './source-facts.ts';

const bytes = z.number().int().nonnegative();

/** One file below an image's prefix, as the job computed it from its own disk and the store reported it. */
export const ManifestFile = z.object({
  /** Relative to the prefix, with `/`. */
  name: z.string().min(1),
  sizeBytes: bytes,
  /** Hex. */
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  /** Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

const ManifestLogin = z.object({ username: z.string(), encryptedPassword: z.string(), keyId: z.string() });

/**
 * The last file of an image to be written; a prefix without one is not an image. With the key that encrypted the
 * passwords it is all that a restore needs: no row of the CMS.
 */
export const ImageManifest = z.object({
  formatVersion: z.literal(1),
  imageId: z.uuid(),
  imageName: z.string(),
  imageType: z.enum(IMAGE_TYPES),
  method: z.enum(IMAGE_METHODS),
  postgresVersion: z.string(),
  /** `server_version` in full, "15.18 (Debian ...)". */
  serverVersion: z.string(),
  sourceInstanceId: z.uuid(),
  sourceInstanceName: z.string(),
  sourceStorageGib: z.number().int(),
  cluster: ClusterSettings,
  superuser: ManifestLogin,
  /** The login that is no superuser; null where the source has none, and in images of before there was one. */
  owner: ManifestLogin.nullable().default(null),
  /**
   * How its files are encrypted, and the identity that opens them, encrypted as the passwords are; sizes and digests in
   * `files` are of the encrypted bytes. Null where they are not encrypted, and in images of before they could be.
   */
  encryption: z
    .object({ format: z.literal('age-encryption.org/v1'), encryptedKey: z.string(), keyId: z.string() })
    .nullable()
    .default(null),
  databases: z.array(ManifestDatabase),
  databaseBytes: bytes,
  extensions: z.array(ManifestExtension).default([]),
  /** Null where there is no pg_durable, and in images of before it was looked for. */
  durable: DurableState.nullable().default(null),
  files: z.array(ManifestFile).min(1),
  /** The room that the files take where packs are unpacked, and nothing else; null where nobody recorded it. */
  unpackedBytes: bytes.nullable().default(null),
  /** Program name to version: pg_dump, azcopy. */
  tools: z.record(z.string(), z.string()),
  /** RFC 3339. */
  startedAt: z.string(),
  finishedAt: z.string(),
  /** What could not be carried, in words. */
  notices: z.array(z.string()),
  /** What a restore will not bring back as it was; nothing in images of before it was looked for. */
  findings: z.array(Finding).default([]),
});
export type ImageManifest = z.infer<typeof ImageManifest>;
