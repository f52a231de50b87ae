import * as z from 'zod';
import type { Question } from '../../guarded-postgres/session.ts';
import { words } from './columns.ts';

const Summary = z.tuple([words, words.nullable()]).transform(([catalogue, sum]) => ({ catalogue, sum }));
/** What the definitions of one kind of object add up to: two that differ were not the same. */
export type DefinitionSummary = z.infer<typeof Summary>;

/** By rows as they are: a new row of the same object is another definition of it. */
const BY_ROW = [
  'pg_proc',
  'pg_rewrite',
  'pg_constraint',
  'pg_trigger',
  'pg_attrdef',
  'pg_policy',
  'pg_operator',
  'pg_cast',
  'pg_event_trigger',
  'pg_publication',
  'pg_collation',
  'pg_ts_config',
  'pg_ts_dict',
  'pg_statistic_ext',
  'pg_enum',
  'pg_opclass',
  'pg_am',
];

/** What has columns that a definition of something else may name. */
const WITH_COLUMNS = `c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND c.relpersistence <> 't'`;

/**
 * All definitions of a database in a few numbers. pg_dump reads many of them as they are now and not as its snapshot saw them:
 * where the snapshot's numbers and the present ones differ, it may have written halves.
 */
export const DEFINITIONS: Question<DefinitionSummary> = {
  sql: `
    ${BY_ROW.map((name) => `SELECT '${name}', sum(hashtextextended(oid::text || ':' || xmin::text, 0))::text FROM ${name} WHERE oid >= 16384`).join(' UNION ALL ')}
    UNION ALL
    SELECT 'pg_class', sum(hashtextextended(concat_ws(':', oid, relname, relnamespace, relowner, relkind, relnatts), 0))::text
    FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c', 'i', 'I') AND relpersistence <> 't'
      AND relnamespace <> 'pg_toast'::regnamespace
    UNION ALL
    SELECT 'pg_index', sum(hashtextextended(concat_ws(':', i.indexrelid, i.xmin), 0))::text
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE ${WITH_COLUMNS}
    UNION ALL
    SELECT 'pg_attribute', sum(hashtextextended(concat_ws(':', a.attrelid, a.attnum, a.attname, a.atttypid), 0))::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attnum > 0 AND ${WITH_COLUMNS}
    UNION ALL
    SELECT 'pg_type', sum(hashtextextended(concat_ws(':', oid, typname, typnamespace, typowner), 0))::text
    FROM pg_type WHERE oid >= 16384 AND typtype IN ('d', 'e', 'r', 'b') AND typcategory <> 'A'
    UNION ALL
    SELECT 'pg_namespace', sum(hashtextextended(concat_ws(':', oid, nspname, nspowner), 0))::text
    FROM pg_namespace WHERE oid >= 16384 AND nspname NOT LIKE 'pg\\_t%'`,
  row: Summary,
};

/** The catalogues in which something changed. */
export function findChanged(
  before: readonly DefinitionSummary[],
  now: readonly DefinitionSummary[],
): readonly string[] {
  const then = new Map(before.map(({ catalogue, sum }) => [catalogue, sum]));
  return now.filter(({ catalogue, sum }) => then.get(catalogue) !== sum).map(({ catalogue }) => catalogue);
}

/**
 * What a session locks so that no definition changes for a moment; rows of tables change on, temporary tables wait. The first is
 * waited for, and nothing is held meanwhile: who queues behind it is let by where he would be waited for. Whoever makes or drops
 * something needs it.
 */
export const HOLD_FIRST = 'LOCK TABLE pg_depend IN SHARE MODE';
/** The others are had at once or not at all: who waits with locks can be one of a circle, and the server ends any of that. */
export const HOLD_REST = `
  LOCK TABLE pg_namespace, pg_class, pg_attribute, pg_proc, pg_type, pg_rewrite, pg_constraint, pg_trigger, pg_attrdef,
    pg_policy, pg_operator, pg_index, pg_statistic_ext, pg_enum IN SHARE MODE NOWAIT`;
