import * as z from 'zod';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { decoderOf, nameIn } from '../../../guarded-postgres/decoder.ts';
import { hexName, type RawName } from '../../../guarded-postgres/raw-name.ts';
import type { Question } from '../../../guarded-postgres/session.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import { hexBytes } from '../columns.ts';

const Row = z
  .tuple([hexName.nullable(), hexName, hexBytes.nullable()])
  .transform(([schema, name, detail]) => ({ schema, name, detail: detail?.toString('latin1') ?? null }));
/** What a check found: an object, by its schema where it has one, and what is to be said of it, one byte a character. */
export type Found = z.infer<typeof Row>;

/** The statement of a check as a question. */
export function askFound(statement: string): Question<Found> {
  return {
    sql: `SELECT space, name, encode(textsend(detail::text), 'hex') FROM (${statement}) AS found(space, name, detail)`,
    row: Row,
  };
}

/** The same for people, of a database of this encoding. */
export function inLetters(encoding: string, { schema, name, detail }: Found): Found {
  return {
    schema: schema === null ? null : nameIn(encoding, schema),
    name: nameIn(encoding, name),
    detail: detail === null ? null : decoderOf(encoding)(detail),
  };
}

/**
 * Something that is known to break or to change when a logical image is restored, looked for in the catalogue of one
 * database. The statement gives schema (or null) and name as hex, and a text, of each object that it is true of.
 */
export interface CatalogueCheck {
  readonly code: string;
  readonly severity: Finding['severity'];
  /** A version before which the statement cannot be asked. */
  readonly since?: number;
  readonly sql: string;
  readonly describe: (object: string, detail: string) => { readonly message: string; readonly remedy: string | null };
}

/** The name of what was found, as PostgreSQL writes it. */
export function writeFound({ schema, name }: { readonly schema: RawName | null; readonly name: RawName }): string {
  return schema === null ? writeNames(name) : writeNames(schema, name);
}
