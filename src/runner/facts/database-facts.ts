import * as z from 'zod';

/** When a statement of the source's facts is run in the copy. */
export const STAGES = ['FIRST', 'BEFORE_ROWS', 'LAST'] as const;

/** Something that no dump carries, as the statement that makes it. */
export const FactStatement = z.object({
  stage: z.enum(STAGES),
  /** As PostgreSQL writes it. */
  object: z.string(),
  /** The code of the finding where the copy refuses it. */
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
  sql: z.string(),
});
export type FactStatement = z.infer<typeof FactStatement>;

/** An extension as the source has it, where CREATE EXTENSION would make the newest and the superuser's. */
export const ExtensionFact = z.object({ name: z.string(), version: z.string(), schema: z.string(), owner: z.string() });
export type ExtensionFact = z.infer<typeof ExtensionFact>;

/** Functions and operators that a definition uses, in the order of its parse tree, as regprocedure and regoperator write them. */
export const Meaning = z.object({
  object: z.string(),
  schema: z.string(),
  name: z.string(),
  uses: z.array(z.string()),
});
export type Meaning = z.infer<typeof Meaning>;

/** What tells whether members of an extension were changed: a checksum by object. */
export const MemberFact = z.object({
  object: z.string(),
  extension: z.string(),
  md5: z.string(),
  /** Left out in images of before it was told. */
  kind: z.enum(['FUNCTION', 'VIEW', 'ROWS']).optional(),
});
export type MemberFact = z.infer<typeof MemberFact>;

/** What a dump writes without functions that it needs, since they are an extension's: kind and name as the dump has them. */
export const WholeDefinition = z.object({ kind: z.literal('PROCEDURAL LANGUAGE'), name: z.string(), sql: z.string() });
export type WholeDefinition = z.infer<typeof WholeDefinition>;

/** What somebody made and gave to an extension, as the statements that make it. */
export const AdoptedObject = z.object({ object: z.string(), sql: z.string() });
export type AdoptedObject = z.infer<typeof AdoptedObject>;

/** How a member of an extension looks that was changed: whatever ALTER changes of it, by a checksum. */
export const MemberLook = z.object({ object: z.string(), extension: z.string(), md5: z.string() });
export type MemberLook = z.infer<typeof MemberLook>;

/** What a materialized view held, which a dump carries no row of. */
export const FilledView = z.object({ object: z.string(), rows: z.string(), sum: z.string() });
export type FilledView = z.infer<typeof FilledView>;

/** How large a table is on the source; both are estimates. */
export const TableSize = z.object({
  schema: z.string(),
  name: z.string(),
  bytes: z.number().nonnegative(),
  rows: z.number().nonnegative(),
});
export type TableSize = z.infer<typeof TableSize>;

/**
 * What is known of a database of the source beside its dump. Texts are bytes, one a character, in `encoding`: not every letter of
 * every encoding is one of UTF-8.
 */
export const DatabaseFacts = z.object({
  encoding: z.string().regex(/^[A-Za-z0-9_]{1,32}$/),
  extensions: z.array(ExtensionFact),
  statements: z.array(FactStatement),
  meanings: z.array(Meaning),
  members: z.array(MemberFact),
  /** Subscriptions that were enabled. */
  subscriptions: z.array(z.string()),
  /** Those of its materialized views that were read; none in images of before they were. */
  filled: z.array(FilledView).default([]),
  /** These and what follows: none in images of before they were asked for. */
  definitions: z.array(WholeDefinition).default([]),
  adopted: z.array(AdoptedObject).default([]),
  looks: z.array(MemberLook).default([]),
  /** Its largest tables: their files tell only what they are packed. None in images of before they were told. */
  sizes: z.array(TableSize).default([]),
});
export type DatabaseFacts = z.infer<typeof DatabaseFacts>;

const UTF8 = 'UTF8';

/** The facts as `facts/<oid>.json` of an image: as text where the database is in UTF8, which people may read; else their bytes. */
export function writeDatabaseFacts({ encoding, ...facts }: DatabaseFacts): string {
  if (encoding !== UTF8) return JSON.stringify({ encoding, ...facts });
  return JSON.stringify(facts, (_key, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : value,
  );
}

/** Reads what was written so, or in UTF-8 by a release that asked for that in every encoding. Throws where it is something else. */
export function readWrittenFacts(text: string): DatabaseFacts {
  const given: unknown = JSON.parse(text);
  if (typeof given === 'object' && given !== null && 'encoding' in given) return DatabaseFacts.parse(given);
  const facts: unknown = JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8').toString('latin1') : value,
  );
  return DatabaseFacts.parse({ ...(facts as object), encoding: UTF8 });
}
