import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import { directoryOf } from '../ports/attempt-directory.ts';
import { Finding } from '../ports/job-protocol.ts';
import { ClusterSettings, DurableState, ManifestDatabase, ManifestExtension } from '../ports/source-facts.ts';
import { CHECKSUMS_NAME } from './checksums.ts';

function isListName(name: string): boolean {
  return [CHECKSUMS_NAME, `${CHECKSUMS_NAME}.age`].includes(name.slice(directoryOf(name).length));
}

/** What a backup job reports when it has succeeded, whatever its method: all that the manifest needs beside the files. */
export const TakenImage = z.object({
  startedAt: z.string(),
  finishedAt: z.string(),
  checksums: z.object({
    /** As it is called in the store. */
    name: z.string().refine(isListName).default(CHECKSUMS_NAME),
    sizeBytes: z.number().int().positive(),
    md5: z.string().regex(/^[0-9a-f]{32}$/),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** The room that the files take where packs are unpacked; null from a job that does not tell. */
  unpackedBytes: z.number().int().nonnegative().nullable().default(null),
  databases: z.array(ManifestDatabase),
  databaseBytes: z.number().int().nonnegative(),
  cluster: ClusterSettings,
  serverVersion: z.string(),
  tools: z.record(z.string(), z.string()),
  extensions: z.array(ManifestExtension),
  durable: DurableState.nullable(),
  notices: z.array(z.string()),
  findings: z.array(Finding).default([]),
});
export type TakenImage = z.infer<typeof TakenImage>;

/** Throws STEP_FAILED naming the first field of the result that is not as agreed. */
export function parseTakenImage(result: unknown): TakenImage {
  const parsed = TakenImage.safeParse(result);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.') || 'its top';
  throw new AppError('STEP_FAILED', `The backup job reported a result that cannot be read (at ${at}).`);
}

/** What a restore job reports when it has succeeded, whatever its method. */
export const FilledVolume = z.object({
  databases: z.number().int().nonnegative(),
  notices: z.array(z.string()),
  findings: z.array(Finding).default([]),
});
export type FilledVolume = z.infer<typeof FilledVolume>;

/** Throws STEP_FAILED when the result is not as agreed. */
export function parseFilledVolume(result: unknown): FilledVolume {
  const parsed = FilledVolume.safeParse(result);
  if (parsed.success) return parsed.data;
  throw new AppError('STEP_FAILED', 'The restore job reported a result that cannot be read.');
}
