import * as z from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { qualified, sql } from '../../guarded-postgres/sql.ts';
import { writeName, writeNames } from '../../guarded-postgres/written-name.ts';

const Member = z
  .tuple([hexName, hexName, hexName])
  .transform(([schema, name, extension]) => ({ schema, name, extension }));

/** Tables of extensions that pg_dump leaves the rows out of; those of pg_durable are carried. */
const MEMBERS: Question<z.infer<typeof Member>> = {
  sql: `
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'),
      encode(textsend(e.extname::text), 'hex')
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'r'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
      AND NOT c.oid = ANY (coalesce(e.extconfig, '{}'))
      AND e.extname <> 'pg_durable'
    ORDER BY n.nspname, c.relname`,
  row: Member,
};

const SUBSCRIPTIONS: Question<readonly [z.infer<typeof hexName>]> = {
  sql: `
    SELECT encode(textsend(subname::text), 'hex') FROM pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND subenabled
    ORDER BY subname`,
  row: z.tuple([hexName]),
};

const IS_TRUE = z.tuple([z.enum(['t', 'f'])]);

/** What the image cannot carry, or carries changed, in words: read in the snapshot of the dump. */
export async function readLeftOut(session: Session, database: string): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { schema, name, extension } of await session.ask(MEMBERS)) {
    const place = qualified(schema, name);
    const [answer] = await session.ask({ sql: sql`SELECT EXISTS (SELECT FROM ${place})`, row: IS_TRUE });
    if (answer?.[0] !== 't') continue;
    said.push(
      `database ${database}: the rows of ${writeNames(schema, name)} belong to extension ${writeName(extension)}, which does not have them dumped; they are not in the image`,
    );
  }
  for (const [name] of await session.ask(SUBSCRIPTIONS)) {
    said.push(
      `database ${database}: subscription ${writeName(name)} comes back disabled, so that the copy does not take the place of the original at the publisher`,
    );
  }
  return said;
}
