import * as z from 'zod';

const bytes = z.number().int().nonnegative();

/** A database of an image. */
export const ManifestDatabase = z.object({ name: z.string(), owner: z.string(), sizeBytes: bytes });
export type ManifestDatabase = z.infer<typeof ManifestDatabase>;

/** What initdb must be told so that the new cluster is made as the source was. */
export const ClusterSettings = z.object({
  encoding: z.string(),
  /** `libc`, `icu` or `builtin`. */
  localeProvider: z.string(),
  lcCollate: z.string(),
  lcCtype: z.string(),
  /** The ICU or builtin locale; null with libc. */
  locale: z.string().nullable(),
  icuRules: z.string().nullable(),
  dataChecksums: z.boolean(),
});
export type ClusterSettings = z.infer<typeof ClusterSettings>;

/** An extension of one of the image's databases. */
export const ManifestExtension = z.object({ database: z.string(), name: z.string(), version: z.string() });
export type ManifestExtension = z.infer<typeof ManifestExtension>;

/** The object of an image's finding that a database of its source had enabled subscriptions. */
export const ACTING_SUBSCRIPTIONS = 'pg_subscription';

/** What an image holds of pg_durable: how many functions had not ended, and the first of them. */
export const DurableState = z.object({
  database: z.string(),
  version: z.string(),
  unfinished: z.number().int().nonnegative(),
  functions: z.array(z.object({ id: z.string(), label: z.string().nullable(), status: z.string() })),
});
export type DurableState = z.infer<typeof DurableState>;
