import type { ServerError } from '../../../guarded-postgres/server-error.ts';
import { quoteName } from '../entries/object-name.ts';
import type { Told } from '../findings.ts';
import type { LoadSession } from '../load-session.ts';
import { notNullsOfParents } from './catalogue.ts';

/** Names one byte a character, as the table of contents has them. */
export interface ColumnPlace {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

/**
 * Lets a column hold NULLs. From version 18 on no child can be without a NOT NULL that its parent hands down: there the
 * parents keep theirs and hand it down no longer, which is told. Gives the server's refusal, or null.
 */
export async function dropNotNull(
  session: LoadSession,
  told: Told,
  { schema, table, column }: ColumnPlace,
): Promise<ServerError | null> {
  const drop = `ALTER TABLE ONLY ${quoteName(schema)}.${quoteName(table)} ALTER COLUMN ${quoteName(column)} DROP NOT NULL`;
  const refusal = await session.attempt(drop);
  if (refusal === null) return null;
  const handedDown = await notNullsOfParents(session.session, schema, table, column);
  for (const { owner, name } of handedDown) {
    if ((await session.attempt(`ALTER TABLE ${owner} ALTER CONSTRAINT ${name} NO INHERIT`)) !== null) return refusal;
  }
  if (handedDown.length === 0 || (await session.attempt(drop)) !== null) return refusal;
  for (const { owner, name } of handedDown) {
    told.tell({
      code: 'CONSTRAINT_LEFT_OUT',
      severity: 'INFO',
      object: `${name} on ${owner}`,
      says: `holds for its own table alone and is not handed down, since a child of it, ${quoteName(schema)}.${quoteName(table)}, may hold NULLs; children made later need a NOT NULL of their own`,
      cause: null,
      remedy: null,
    });
  }
  return null;
}
