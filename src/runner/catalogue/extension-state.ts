import * as z from 'zod';
import { DurableState, ManifestExtension } from '../../../jobs/ports/source-facts.ts';
import { hexName, type RawName } from '../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { quoteLiteral, sql } from '../../guarded-postgres/sql.ts';
import { hexBytes, words } from './columns.ts';

const StateTable = z
  .tuple([hexName, words, hexName, hexName, hexName])
  .transform(([extension, version, schema, table, column]) => ({ extension, version, schema, table, column }));

/** A table of an extension that pg_dump leaves out and an image carries all the same. */
export interface StateTable {
  readonly extension: RawName;
  readonly version: string;
  readonly schema: RawName;
  readonly table: RawName;
  readonly columns: readonly RawName[];
}

const STATE_COLUMNS: Question<z.infer<typeof StateTable>> = {
  sql: `
    SELECT encode(textsend(e.extname::text), 'hex'), e.extversion, encode(textsend(n.nspname::text), 'hex'),
      encode(textsend(c.relname::text), 'hex'), encode(textsend(a.attname::text), 'hex')
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'r'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_extension e ON e.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
      AND e.extname = 'pg_durable' AND c.relname NOT LIKE '\\_worker%'
      AND NOT c.oid = ANY (coalesce(e.extconfig, '{}'))
    ORDER BY n.nspname, c.relname, a.attnum`,
  row: StateTable,
};

/**
 * Tables of extensions whose rows are carried since it is known how they are put back: those of pg_durable. The catalogue
 * names them, whatever its version has. What a living worker writes of itself is not state.
 */
export async function readStateTables(session: Session): Promise<readonly StateTable[]> {
  const tables = new Map<string, StateTable & { readonly columns: RawName[] }>();
  for (const { column, ...table } of await session.ask(STATE_COLUMNS)) {
    const key = JSON.stringify([table.schema.key, table.table.key]);
    const known = tables.get(key) ?? { ...table, columns: [] };
    known.columns.push(column);
    tables.set(key, known);
  }
  return [...tables.values()];
}

const json = z.tuple([hexBytes]).transform(([bytes], context): unknown => {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    context.addIssue({ code: 'custom', message: 'no JSON' });
    return z.NEVER;
  }
});

/** The extensions of this database, asked with client_encoding UTF8. */
export const EXTENSIONS: Question<readonly ManifestExtension[]> = {
  sql: `
    SELECT encode(textsend((SELECT coalesce(json_agg(json_build_object(
      'database', current_database(), 'name', extname, 'version', extversion) ORDER BY extname), '[]')
    FROM pg_extension)::text), 'hex')`,
  row: json.pipe(z.array(ManifestExtension)),
};

const HAS_DURABLE: Question<readonly [string, boolean]> = {
  sql: `
    SELECT extversion, to_regprocedure('df.duroxide_schema()') IS NOT NULL
    FROM pg_extension WHERE extname = 'pg_durable' AND to_regclass('df.instances') IS NOT NULL`,
  row: z.tuple([words, z.enum(['t', 'f']).transform((text) => text === 't')]),
};

/** What there is of pg_durable in a database: the schema of its engine, and its functions that have not ended. */
export interface DurableFacts {
  readonly engine: string;
  readonly state: DurableState;
}

/** Asked with client_encoding UTF8; at most 20 functions are named. Old installations have no function to tell the schema. */
export async function readDurable(session: Session): Promise<DurableFacts | null> {
  const [found] = await session.ask(HAS_DURABLE);
  if (found === undefined) return null;
  const [version, tellsEngine] = found;
  const [answer] = await session.ask({
    sql: sql`
      WITH unfinished AS (
        SELECT id, label, status, created_at FROM df.instances WHERE status NOT IN ('completed', 'failed', 'cancelled')
      )
      SELECT encode(textsend(${tellsEngine ? 'df.duroxide_schema()' : quoteLiteral('duroxide')}::text), 'hex'),
        encode(textsend(json_build_object(
          'database', current_database(), 'version', ${quoteLiteral(version)}::text,
          'unfinished', (SELECT count(*) FROM unfinished),
          'functions', (SELECT coalesce(json_agg(json_build_object('id', id, 'label', label, 'status', status)), '[]')
                        FROM (SELECT * FROM unfinished ORDER BY created_at, id LIMIT 20) AS named))::text), 'hex')`,
    row: z.tuple([hexBytes, hexBytes]),
  });
  if (answer === undefined) return null;
  return { engine: answer[0].toString(), state: DurableState.parse(JSON.parse(answer[1].toString())) };
}
