import * as z from 'zod';
import type { Question } from '../../guarded-postgres/session.ts';
import { writeIdentifier } from '../load/entries/object-name.ts';
import { count, hexBytes, oid } from './columns.ts';

/** The catalogue of large objects stands in for the table that they would be. */
export const LARGE_OBJECTS = 2613;

const TableRow = z
  .tuple([oid, count, count, hexBytes])
  .transform(([id, sizeBytes, rows, name]) => ({ oid: id, sizeBytes, rows, name: name.toString() }));
/** A table with rows that pg_dump takes along; `name` as pg_dump prints it. Size and rows are estimates. */
export type TableRow = z.infer<typeof TableRow>;

/** A table, its schema, and what it keeps its long values in. */
export const TABLES_BY_SIZE = `pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class t ON t.oid = c.reltoastrelid`;

/** How much it takes on the disk, or did when that was last written down. It asks for no lock: a table may be held by somebody. */
export const TABLE_BYTES = `greatest(c.relpages::bigint * current_setting('block_size')::bigint,
               (pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0)
        + coalesce(greatest(t.relpages::bigint * current_setting('block_size')::bigint,
                            (pg_stat_file(pg_relation_filepath(t.oid), true)).size), 0)`;

/**
 * Every table whose rows pg_dump takes along. Those of an extension are taken only where the extension says so. The large
 * objects stand in as one more. Sizes are read without a lock: a table may be held by somebody, and is waited for later.
 */
export const TABLES: Question<TableRow> = {
  sql: `
    SELECT c.oid,
      ${TABLE_BYTES},
      greatest(c.reltuples, 0)::bigint, encode(textsend(n.nspname || '.' || c.relname), 'hex')
    FROM ${TABLES_BY_SIZE}
    WHERE c.relkind = 'r'
      AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema'
      AND n.nspname NOT LIKE 'pg\\_%'
      AND (NOT EXISTS (SELECT FROM pg_depend d
                       WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                         AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
           OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension))
    UNION ALL
    SELECT ${LARGE_OBJECTS}, pg_table_size('pg_largeobject'), (SELECT count(*) FROM pg_largeobject_metadata), ''
    WHERE EXISTS (SELECT FROM pg_largeobject_metadata)`,
  row: TableRow,
};

/** A table as PostgreSQL writes it, whose name is known without its schema: with that where one table alone has the name. */
export function writtenName(tables: readonly TableRow[], name: string): string {
  const [found, another] = tables.filter((table) => table.name.endsWith(`.${name}`));
  if (found === undefined || another !== undefined) return writeIdentifier(name);
  return `${writeIdentifier(found.name.slice(0, -name.length - 1))}.${writeIdentifier(name)}`;
}
