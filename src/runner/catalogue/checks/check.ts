import { z } from 'zod';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { hexName, type RawName } from '../../../guarded-postgres/raw-name.ts';
import type { Sql } from '../../../guarded-postgres/sql.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import { words } from '../columns.ts';

/** What a check found: an object, by its schema where it has one, and what is to be said of it. */
export const Found = z
  .tuple([hexName.nullable(), hexName, words.nullable()])
  .transform(([schema, name, detail]) => ({ schema, name, detail }));
export type Found = z.infer<typeof Found>;

/**
 * Something that is known to break or to change when a logical image is restored, looked for in the catalogue of one
 * database. The statement gives schema (or null) and name as hex, and a text, of each object that it is true of.
 */
export interface CatalogueCheck {
  readonly code: string;
  readonly severity: Finding['severity'];
  /** A version before which the statement cannot be asked. */
  readonly since?: number;
  readonly sql: Sql;
  readonly describe: (object: string, detail: string) => { readonly message: string; readonly remedy: string | null };
}

/** The name of what was found, as PostgreSQL writes it. */
export function writeFound({ schema, name }: { readonly schema: RawName | null; readonly name: RawName }): string {
  return schema === null ? writeNames(name) : writeNames(schema, name);
}
