import { z } from 'zod';

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

/** What is known of a database of the source beside its dump: `facts/<oid>.json` of an image. */
export const DatabaseFacts = z.object({
  extensions: z.array(ExtensionFact),
  statements: z.array(FactStatement),
  meanings: z.array(Meaning),
  members: z.array(MemberFact),
  /** Subscriptions that were enabled. */
  subscriptions: z.array(z.string()),
});
export type DatabaseFacts = z.infer<typeof DatabaseFacts>;
