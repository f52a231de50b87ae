import { FIRST_OF_USERS } from '../expression-trees.ts';
import type { CatalogueCheck } from './check.ts';

/** Numbers of transactions and places in the log: every server counts its own. */
const COUNTERS = `'xid', 'xid8', 'pg_snapshot', 'txid_snapshot', 'pg_lsn'`;

/** Tables with columns of what their server counts, by itself or within another type; what a column inherits is told of the parent. */
export const COUNTERS_START_ANEW: CatalogueCheck = {
  code: 'MEANING_MAY_CHANGE',
  severity: 'INFO',
  sql: `
    WITH RECURSIVE fields AS MATERIALIZED (
      SELECT c.reltype AS whole, a.atttypid AS part FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind = 'c' AND c.oid >= ${FIRST_OF_USERS}
      UNION ALL SELECT w.whole, r.rngsubtype FROM pg_range r, unnest(ARRAY[r.rngtypid, r.rngmultitypid]) AS w(whole)
      UNION ALL SELECT oid, typbasetype FROM pg_type WHERE typtype = 'd'
      UNION ALL SELECT oid, typelem FROM pg_type WHERE typcategory = 'A' AND typelem <> 0
    ), counters AS (
      SELECT oid FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typname IN (${COUNTERS})
      UNION SELECT f.whole FROM counters t JOIN fields f ON f.part = t.oid
    )
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'),
      string_agg(format('%I (%s)', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
    FROM counters t JOIN pg_attribute a ON a.atttypid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= ${FIRST_OF_USERS}
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.deptype = 'e')
    GROUP BY n.nspname, c.relname ORDER BY n.nspname, c.relname`,
  describe: (object, detail) => ({
    message: `${object} has numbers of transactions or places in the log of its server, in ${detail}: the copy of a LOGICAL image counts anew, so that what compares them with the present stands still or runs ahead`,
    remedy: `After a restore set these columns of ${object} to what the copy counts (pg_current_xact_id(), pg_current_wal_lsn()).`,
  }),
};
