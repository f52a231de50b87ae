import type { StatementQuestion } from './statements.ts';

const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** Relations that belong to an extension. */
const OF_EXTENSIONS = `
  SELECT c.oid, c.relkind, c.relrowsecurity, c.relforcerowsecurity, n.nspname, c.relname
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.objsubid = 0`;
const NAME = `format('%I.%I', m.nspname, m.relname)`;
/** Tables that belong to an extension, with its name and version; pg_durable makes and changes its own while it works. */
const TABLES = `
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS place, e.extname, e.extversion
  FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_extension e ON e.oid = d.refobjid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND d.objsubid = 0
    AND e.extname <> 'pg_durable'`;

/** Constraints, triggers and indexes of one table: a name, how it is made, and how it is dropped; foreign keys before what they refer to. */
const partsOf = (table: string) => `
  SELECT o.conname AS name, pg_catalog.pg_get_constraintdef(o.oid) AS made, 'ALTER TABLE ' || o.conrelid::pg_catalog.regclass || ' DROP CONSTRAINT ' AS dropped, '' AS behind, o.contype = 'f' AS first
  FROM pg_catalog.pg_constraint o WHERE o.conrelid = ${table} AND o.contype IN ('c', 'f', 'p', 'u', 'x') AND o.coninhcount = 0
  UNION ALL SELECT t.tgname, pg_catalog.pg_get_triggerdef(t.oid), 'DROP TRIGGER ', ' ON ' || t.tgrelid::pg_catalog.regclass, true
  FROM pg_catalog.pg_trigger t WHERE t.tgrelid = ${table} AND NOT t.tgisinternal AND t.tgparentid = 0
  UNION ALL SELECT c.relname, pg_catalog.pg_get_indexdef(c.oid), 'DROP INDEX ' || pg_catalog.quote_ident(n.nspname) || '.', '', false
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE i.indrelid = ${table} AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.conindid = c.oid AND o.conrelid = ${table})`;

/** What users made on the tables of extensions, and took from them: no dump has the one, nor says that the other is not there, and the extension makes it again. */
export const MEMBER_PARTS: readonly StatementQuestion[] = [
  {
    // Before rows come, which may break a check that was dropped on the source. What is made otherwise there is made anew later;
    // another version writes the same part in other words. Of another version of the extension nothing is known.
    stage: 'BEFORE_ROWS',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex('m.place')}, ${hex(`format('DO %L', format($body$
        DECLARE here pg_catalog.oid := pg_catalog.to_regclass(%1$L); part pg_catalog.text; BEGIN
          IF here IS NULL OR NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = %2$L AND extversion = %3$L) THEN RETURN; END IF;
          FOR part IN SELECT p.dropped || pg_catalog.quote_ident(p.name::pg_catalog.text) || p.behind FROM (${partsOf('here')}) p
            WHERE NOT EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest(%4$L::pg_catalog.text[]), pg_catalog.unnest(%5$L::pg_catalog.text[])) AS s(name, made)
              WHERE s.name = p.name::pg_catalog.text AND (s.made = p.made OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 / 10000 <> %6$s))
            ORDER BY p.first DESC
          LOOP EXECUTE part; END LOOP;
        END $body$, m.place, m.extname, m.extversion, s.names, s.made, current_setting('server_version_num')::int / 10000))`)}
      FROM (${TABLES}) m CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(p.name::text), '{}') AS names, coalesce(array_agg(p.made), '{}') AS made FROM (${partsOf('m.oid')}) p) s
      ORDER BY m.oid`,
  },
  {
    stage: 'BEFORE_ROWS',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(NAME)}, ${hex(`format('ALTER TABLE %I.%I ADD COLUMN IF NOT EXISTS %I %s', m.nspname, m.relname, a.attname,
          format_type(a.atttypid, a.atttypmod))`)}
      FROM (${OF_EXTENSIONS}) m JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE m.relkind = 'r' AND a.attgenerated = ''`,
  },
  {
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(`format('%I on %I.%I', t.tgname, m.nspname, m.relname)`)}, ${hex('pg_get_triggerdef(t.oid)')}
      FROM (${OF_EXTENSIONS}) m JOIN pg_trigger t ON t.tgrelid = m.oid
      WHERE NOT t.tgisinternal AND t.tgparentid = 0
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e')`,
  },
  {
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(`format('%I.%I', n.nspname, c.relname)`)},
        ${hex(`regexp_replace(pg_get_indexdef(c.oid), '^CREATE (UNIQUE )?INDEX ', 'CREATE \\1INDEX IF NOT EXISTS ')`)}
      FROM (${OF_EXTENSIONS}) m JOIN pg_index i ON i.indrelid = m.oid
      JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.conrelid = m.oid)`,
  },
  {
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(`format('%I on %I.%I', o.conname, m.nspname, m.relname)`)},
        ${hex(`format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', m.nspname, m.relname, o.conname, pg_get_constraintdef(o.oid))`)}
      FROM (${OF_EXTENSIONS}) m JOIN pg_constraint o ON o.conrelid = m.oid
      WHERE o.contype IN ('c', 'f', 'p', 'u', 'x') AND o.coninhcount = 0
      ORDER BY o.contype = 'f', o.conname`,
  },
  {
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(`format('%I on %I.%I', p.policyname, p.schemaname, p.tablename)`)},
        ${hex(`format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s', p.policyname, p.schemaname, p.tablename, p.permissive, p.cmd,
            (SELECT string_agg(CASE WHEN r = 'public' THEN 'PUBLIC' ELSE quote_ident(r) END, ', ') FROM unnest(p.roles) AS r))
          || coalesce(' USING (' || p.qual || ')', '') || coalesce(' WITH CHECK (' || p.with_check || ')', '')`)}
      FROM (${OF_EXTENSIONS}) m JOIN pg_policies p ON p.schemaname = m.nspname AND p.tablename = m.relname`,
  },
  {
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(NAME)}, ${hex(`format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY%s', m.nspname, m.relname,
        CASE WHEN m.relforcerowsecurity THEN ', FORCE ROW LEVEL SECURITY' ELSE '' END)`)}
      FROM (${OF_EXTENSIONS}) m WHERE m.relrowsecurity`,
  },
  {
    // ALTER TABLE ... DISABLE TRIGGER, when triggers of users are there as well.
    stage: 'LAST',
    code: 'EXTENSION_OBJECT_CHANGED',
    sql: `
      SELECT ${hex(`format('%I on %s', t.tgname, m.place)`)}, ${hex(`format('DO %L', format($body$
        BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_catalog.to_regclass(%1$L) AND tgname = %2$L AND NOT tgisinternal AND tgenabled <> %3$L) THEN
          ALTER TABLE ONLY %1$s %4$s TRIGGER %2$I; END IF; END $body$, m.place, t.tgname, t.tgenabled,
        CASE t.tgenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END))`)}
      FROM (${TABLES}) m JOIN pg_trigger t ON t.tgrelid = m.oid WHERE NOT t.tgisinternal ORDER BY t.oid`,
  },
];
