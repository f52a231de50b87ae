import * as z from 'zod';
import { hexName } from '../../../guarded-postgres/raw-name.ts';
import type { Question } from '../../../guarded-postgres/session.ts';
import { qualified, sql } from '../../../guarded-postgres/sql.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import { count, oid } from '../../catalogue/columns.ts';

const KINDS = { r: 'table', m: 'view', S: 'sequence', L: 'large objects' } as const;

const Stored = z
  .tuple([oid, hexName, hexName, count, z.enum(['r', 'm', 'S', 'L']), count])
  .transform(([id, schema, name, sizeBytes, kind, toastOid]) => {
    const target = qualified(schema, name);
    return {
      oid: id,
      kind: KINDS[kind],
      target,
      // As pg_dump reads a table, without a plan; views and sequences have no other way.
      rows:
        kind === 'r' || kind === 'L' ? sql`COPY ${target} TO STDOUT` : sql`COPY (SELECT * FROM ${target}) TO STDOUT`,
      sizeBytes,
      /** Where what is too wide for a page is stored; 0 where nothing is. */
      toastOid,
      object: kind === 'L' ? 'large objects' : writeNames(schema, name),
    };
  });
/** Something that has rows of users. */
export type Stored = z.infer<typeof Stored>;

/** Tables, filled materialized views, sequences and the pages of large objects, the largest first. */
export const STORED: Question<Stored> = {
  sql: `
    SELECT c.oid, encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), pg_table_size(c.oid),
      CASE WHEN c.oid = 'pg_largeobject'::regclass THEN 'L' ELSE c.relkind::text END, c.reltoastrelid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = 'pg_largeobject'::regclass OR (
      c.relkind IN ('r', 'm', 'S') AND c.relpersistence <> 't' AND c.relispopulated
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%')
    ORDER BY 4 DESC, c.oid`,
  row: Stored,
  timeoutMs: null,
};
