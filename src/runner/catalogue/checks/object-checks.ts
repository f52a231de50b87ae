import type { CatalogueCheck } from './check.ts';

const MATERIALIZED_VIEW_EMPTY: CatalogueCheck = {
  code: 'MATERIALIZED_VIEW_EMPTY',
  severity: 'WARNING',
  sql: `
    WITH RECURSIVE uses AS (
      SELECT c.oid AS view, c.oid AS relation FROM pg_class c WHERE c.relkind = 'm' AND c.relispopulated
      UNION
      SELECT u.view, d.refobjid FROM uses u
      JOIN pg_rewrite r ON r.ev_class = u.relation
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
    )
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'),
      string_agg(DISTINCT format('%I.%I', fn.nspname, f.relname), ', ')
    FROM uses u
    JOIN pg_class f ON f.oid = u.relation AND f.relkind = 'f' JOIN pg_namespace fn ON fn.oid = f.relnamespace
    JOIN pg_class c ON c.oid = u.view JOIN pg_namespace n ON n.oid = c.relnamespace
    GROUP BY n.nspname, c.relname`,
  describe: (object, detail) => ({
    message: `materialized view ${object} reads the foreign table ${detail}, which a restore cannot reach: it comes back empty where it cannot be filled`,
    remedy: `REFRESH MATERIALIZED VIEW ${object};`,
  }),
};

const INDEX_LEFT_OUT: CatalogueCheck = {
  code: 'INDEX_LEFT_OUT',
  severity: 'WARNING',
  sql: `
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(i.relname::text), 'hex'), NULL
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid AND i.relkind = 'i'
    JOIN pg_namespace n ON n.oid = i.relnamespace AND n.nspname <> 'pg_toast'
    WHERE NOT x.indisvalid AND x.indexrelid >= 16384`,
  describe: (object) => ({
    message: `index ${object} is not valid on the source, and a dump leaves it out`,
    remedy: `REINDEX INDEX CONCURRENTLY ${object}; on the source, then take the image again.`,
  }),
};

/** Schemas that pg_dump takes for the system's: those, and what an administrator was let make with such a name. */
const OF_THE_SYSTEM = `n.nspname LIKE 'pg\\_%' AND n.nspname !~ '^pg_(toast|temp_|toast_temp_)' OR n.nspname = 'information_schema'`;

/** Whether a table has rows, or had some, read without a lock: it may be held by somebody, and a check waits for nobody. */
const hasPages = (oid: string) => `coalesce((pg_stat_file(pg_relation_filepath(${oid}), true)).size, 0) > 0`;

const ROWS_NOT_CARRIED: CatalogueCheck = {
  code: 'ROWS_NOT_LOADABLE',
  severity: 'CRITICAL',
  sql: `
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), NULL
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (${OF_THE_SYSTEM}) AND c.oid >= 16384 AND c.relkind = 'r' AND ${hasPages('c.oid')}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`,
  describe: (object) => ({
    message: `table ${object} lies in a schema of the system, where no dump looks: neither it nor its rows are in the image`,
    remedy: `Move ${object} to a schema of its own, then take the image again, or take a PHYSICAL image.`,
  }),
};

const OBJECT_NOT_CARRIED: CatalogueCheck = {
  code: 'OBJECT_NOT_CARRIED',
  severity: 'WARNING',
  sql: `
    WITH own AS (
      SELECT 'pg_class'::regclass AS class, oid, 'relation ' || relname AS said, relname AS name, relnamespace AS space
        FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'S', 'f', 'p', 'c') AND oid >= 16384
          AND NOT (relkind = 'r' AND ${hasPages('oid')})
      UNION ALL SELECT 'pg_proc'::regclass, oid, CASE prokind WHEN 'a' THEN 'aggregate ' ELSE 'function ' END || proname, proname, pronamespace
        FROM pg_proc WHERE oid >= 16384 AND (prokind = 'a' OR pronamespace <> 'pg_catalog'::regnamespace)
      UNION ALL SELECT 'pg_operator'::regclass, oid, 'operator ' || oprname, oprname, oprnamespace FROM pg_operator WHERE oid >= 16384
      UNION ALL SELECT 'pg_type'::regclass, oid, 'type ' || typname, typname, typnamespace FROM pg_type
        WHERE oid >= 16384 AND typtype IN ('b', 'd', 'e', 'r') AND typcategory <> 'A'
      UNION ALL SELECT 'pg_ts_config'::regclass, oid, 'text search configuration ' || cfgname, cfgname, cfgnamespace FROM pg_ts_config WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid, 'text search dictionary ' || dictname, dictname, dictnamespace FROM pg_ts_dict WHERE oid >= 16384
      UNION ALL SELECT 'pg_conversion'::regclass, oid, 'conversion ' || conname, conname, connamespace FROM pg_conversion WHERE oid >= 16384
      UNION ALL SELECT 'pg_collation'::regclass, oid, 'collation ' || collname, collname, collnamespace FROM pg_collation WHERE oid >= 16384
      UNION ALL SELECT 'pg_opclass'::regclass, oid, 'operator class ' || opcname, opcname, opcnamespace FROM pg_opclass WHERE oid >= 16384
      UNION ALL SELECT 'pg_opfamily'::regclass, f.oid, 'operator family ' || opfname, opfname, opfnamespace FROM pg_opfamily f WHERE oid >= 16384
        -- One that came with a class of its name goes with it.
        AND NOT EXISTS (SELECT FROM pg_opclass c WHERE c.opcfamily = f.oid AND c.opcname = f.opfname)
      UNION ALL SELECT 'pg_ts_parser'::regclass, oid, 'text search parser ' || prsname, prsname, prsnamespace FROM pg_ts_parser WHERE oid >= 16384
      UNION ALL SELECT 'pg_ts_template'::regclass, oid, 'text search template ' || tmplname, tmplname, tmplnamespace FROM pg_ts_template WHERE oid >= 16384
    )
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(o.name::text), 'hex'), o.said
    FROM own o JOIN pg_namespace n ON n.oid = o.space
    WHERE (${OF_THE_SYSTEM})
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i'))`,
  describe: (object, detail) => ({
    message: `${detail} lies in the system's own schema, where no dump looks`,
    remedy: `Move ${object} to a schema of its own, then take the image again.`,
  }),
};

const PRIVILEGE_LEFT_OUT: CatalogueCheck = {
  code: 'PRIVILEGE_LEFT_OUT',
  severity: 'INFO',
  sql: `
    WITH granted AS (
      SELECT n.nspname AS space, c.relname AS name, c.relacl AS acl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relacl IS NOT NULL
      UNION ALL SELECT n.nspname, p.proname, p.proacl FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.proacl IS NOT NULL
      UNION ALL SELECT NULL, nspname, nspacl FROM pg_namespace WHERE nspacl IS NOT NULL
      UNION ALL SELECT NULL, datname, datacl FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL
    )
    SELECT DISTINCT encode(textsend(g.space::text), 'hex'), encode(textsend(g.name::text), 'hex'), a.grantee::text
    FROM granted g, aclexplode(g.acl) a
    WHERE a.grantee <> 0 AND NOT EXISTS (SELECT FROM pg_authid r WHERE r.oid = a.grantee)`,
  describe: (object, detail) => ({
    message: `${object} has privileges for a role that is gone (its number was ${detail}); they do not come back`,
    remedy: null,
  }),
};

/** Checks of single objects, each of one statement. */
export const OBJECT_CHECKS: readonly CatalogueCheck[] = [
  MATERIALIZED_VIEW_EMPTY,
  INDEX_LEFT_OUT,
  ROWS_NOT_CARRIED,
  OBJECT_NOT_CARRIED,
  PRIVILEGE_LEFT_OUT,
];
