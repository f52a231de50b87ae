import type { FactStatement } from './database-facts.ts';

/** A question whose rows are an object and the statement that makes it, for something that no dump carries. */
export interface StatementQuestion extends Pick<FactStatement, 'stage' | 'code'> {
  readonly sql: string;
}

const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;
const FIRST_OF_USERS = 16384;
/** The schema that every new database has, and every dump. */
const PUBLIC = 2200;
const FAMILY = `format('%I.%I USING %I', n.nspname, f.opfname, m.amname)`;
const isOfExtension = (catalogue: string, oid: string) => `EXISTS (SELECT FROM pg_depend d
  WHERE d.classid = '${catalogue}'::regclass AND d.objid = ${oid} AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')`;
const IS_FOREIGN_FAMILY = `(f.oid < ${FIRST_OF_USERS} OR ${isOfExtension('pg_opfamily', 'f.oid')})`;

const STORAGE = `CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END`;

/** What is there on the source and in no dump of it (pg_dump.c: selectDumpable*, getTriggers, getIndexes, getPolicies ...). */
export const STATEMENTS: readonly StatementQuestion[] = [
  {
    // Every new database has them.
    stage: 'FIRST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex('s.name')}, ${hex(`'DROP SCHEMA ' || s.name || s.how`)} FROM (VALUES ('public', ''), ('information_schema', ' CASCADE')) s(name, how)
      WHERE to_regnamespace(s.name) IS NULL`,
  },
  {
    // pg_dump leaves out whatever lies in pg_catalog.
    stage: 'FIRST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex('p.oid::regprocedure')}, ${hex('pg_get_functiondef(p.oid)')}
      FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid >= ${FIRST_OF_USERS} AND p.prokind <> 'a'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`,
  },
  {
    // Children could drop it of what they inherit, until 17; a dump has no way to say so. What they drop their own children
    // get again, when all are made.
    stage: 'BEFORE_ROWS',
    code: 'CONSTRAINT_LEFT_OUT',
    sql: `
      WITH RECURSIVE line AS (
        SELECT inhrelid AS child, inhparent AS parent FROM pg_inherits
        UNION SELECT line.child, i.inhparent FROM line JOIN pg_inherits i ON i.inhrelid = line.parent
      )
      SELECT ${hex(`format('%I.%I', n.nspname, c.relname)`)},
        ${hex(`format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I DROP NOT NULL', n.nspname, c.relname, a.attname)`)}
      FROM (SELECT DISTINCT child FROM line) l JOIN pg_class c ON c.oid = l.child AND NOT c.relispartition
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull
      WHERE EXISTS (SELECT FROM line k JOIN pg_attribute p ON p.attrelid = k.parent AND p.attname = a.attname AND p.attnotnull
                    WHERE k.child = c.oid)`,
  },
  {
    // A partition has the foreign keys of its parent, and a dump those of the parent alone: their names are given anew then. From
    // the top down, since each is found by the name of the one above.
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(`format('%I on %s', k.conname, k.place)`)}, ${hex(`format('DO %L', format($body$
        DECLARE here pg_catalog.name; BEGIN
          SELECT c.conname INTO here FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_constraint p ON p.oid = c.conparentid
          WHERE c.conrelid = %1$L::pg_catalog.regclass AND p.conrelid = %2$L::pg_catalog.regclass AND p.conname = %3$L;
          IF here <> %4$L THEN EXECUTE pg_catalog.format('ALTER TABLE %%s RENAME CONSTRAINT %%I TO %%I', %1$L, here, %4$L); END IF;
        END $body$, k.place, k.above, k.parent, k.conname))`)}
      FROM (
        WITH RECURSIVE tree AS (
          SELECT oid, conname, conrelid, false AS named FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
          UNION ALL
          SELECT c.oid, c.conname, c.conrelid, t.named OR c.conname <> t.conname
          FROM pg_constraint c JOIN tree t ON t.oid = c.conparentid AND t.conrelid <> c.conrelid
        )
        SELECT c.conname, p.conname AS parent, format('%I.%I', n.nspname, t.relname) AS place, format('%I.%I', m.nspname, u.relname) AS above,
          (SELECT count(*) FROM pg_partition_ancestors(t.oid)) AS depth
        FROM tree x JOIN pg_constraint c ON c.oid = x.oid JOIN pg_constraint p ON p.oid = c.conparentid
        JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_class u ON u.oid = p.conrelid JOIN pg_namespace m ON m.oid = u.relnamespace
        WHERE x.named
      ) k ORDER BY k.depth`,
  },
  {
    // PostgreSQL gives partitions the columns of ON DELETE SET NULL (column) by their numbers in the table above, where theirs may
    // be others. When all constraints have their names.
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(`format('%I on %I.%I', c.conname, n.nspname, t.relname)`)}, ${hex(`format('UPDATE pg_catalog.pg_constraint c SET confdelsetcols = s.columns
          FROM (SELECT pg_catalog.array_agg(a.attnum ORDER BY x.nth) AS columns FROM pg_catalog.unnest(%1$L::pg_catalog.name[]) WITH ORDINALITY AS x(name, nth)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = %2$L::pg_catalog.regclass AND a.attname = x.name) s
          WHERE c.conrelid = %2$L::pg_catalog.regclass AND c.conname = %3$L AND c.contype = ''f'' AND c.conparentid <> 0 AND c.confdelsetcols <> s.columns',
        (SELECT array_agg(a.attname ORDER BY x.nth) FROM unnest(c.confdelsetcols) WITH ORDINALITY AS x(number, nth)
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = x.number), format('%I.%I', n.nspname, t.relname), c.conname)`)}
      FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE c.contype = 'f' AND c.conparentid <> 0 AND cardinality(c.confdelsetcols) > 0`,
  },
  {
    // SET CONSTRAINTS takes the name of the constraint, which stays when its trigger is renamed.
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(`format('%I on %I.%I', o.conname, n.nspname, c.relname)`)},
        ${hex(`format('ALTER TABLE %I.%I RENAME CONSTRAINT %I TO %I', n.nspname, c.relname, t.tgname, o.conname)`)}
      FROM pg_trigger t JOIN pg_constraint o ON o.oid = t.tgconstraint AND o.contype = 't' AND o.conname <> t.tgname
      JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal ORDER BY t.oid`,
  },
  {
    // DISABLE TRIGGER ALL is of those of foreign keys, too, and a dump says nothing of them. Their names are made of numbers.
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(`format('%I on %s', o.conname, o.conrelid::regclass)`)}, ${hex(`format('DO %L', format($body$
        DECLARE one pg_catalog.name; BEGIN
          FOR one IN SELECT t.tgname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_constraint o ON o.oid = t.tgconstraint
            JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgisinternal AND t.tgrelid = %1$L::pg_catalog.regclass AND o.conrelid = %2$L::pg_catalog.regclass AND o.conname = %3$L AND p.proname = %4$L
          LOOP EXECUTE pg_catalog.format('ALTER TABLE ONLY %%s %5$s TRIGGER %%I', %1$L, one); END LOOP;
        END $body$, t.tgrelid::regclass, o.conrelid::regclass, o.conname, p.proname,
        CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END))`)}
      FROM pg_trigger t JOIN pg_constraint o ON o.oid = t.tgconstraint JOIN pg_proc p ON p.oid = t.tgfoid
      WHERE t.tgisinternal AND t.tgenabled <> 'O' AND t.oid >= ${FIRST_OF_USERS} ORDER BY t.oid`,
  },
  {
    // A child has what its parent keeps its values by, and a dump says so of a child alone where it is not as the type has it.
    stage: 'BEFORE_ROWS',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT DISTINCT ${hex(`format('%I.%I', n.nspname, c.relname)`)}, ${hex(`format('ALTER TABLE ONLY %I.%I ALTER COLUMN %I %s', n.nspname, c.relname, a.attname, w.words)`)}
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r' AND NOT c.relispartition
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
      JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname
      CROSS JOIN LATERAL (
        SELECT 'SET STORAGE ' || ${STORAGE} AS words WHERE a.attstorage = t.typstorage AND p.attstorage <> a.attstorage
        UNION ALL SELECT 'SET COMPRESSION DEFAULT' WHERE a.attcompression = '' AND p.attcompression <> ''
      ) w`,
  },
  {
    // Of a parent whose check is NOT VALID a child that is made later has it valid: in a dump all get it from the parent.
    stage: 'LAST',
    code: 'CONSTRAINT_NOT_VALID',
    sql: `
      SELECT ${hex(`format('%I on %I.%I', c.conname, n.nspname, t.relname)`)},
        ${hex(`format('ALTER TABLE %I.%I VALIDATE CONSTRAINT %I', n.nspname, t.relname, c.conname)`)}
      FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE c.contype = 'c' AND c.convalidated AND c.coninhcount > 0 AND EXISTS (SELECT FROM pg_inherits i JOIN pg_constraint p ON p.conrelid = i.inhparent
          AND p.contype = 'c' AND p.conname = c.conname AND NOT p.convalidated WHERE i.inhrelid = c.conrelid)
      ORDER BY c.oid`,
  },
  {
    // pg_dump passes by the schema information_schema, rights too. What was made with the server is as every server has it.
    stage: 'LAST',
    code: 'PRIVILEGE_LEFT_OUT',
    sql: `
      WITH own AS (SELECT oid FROM pg_namespace WHERE nspname = 'information_schema'),
      made AS (SELECT xmin::text::int8 AS last FROM pg_database WHERE datname = 'template0'), changed AS (
        SELECT 'SCHEMA' AS kind, 'information_schema' AS name, nspacl AS acl, nspowner AS owner
          FROM pg_namespace, made WHERE oid IN (SELECT oid FROM own) AND pg_namespace.xmin::text::int8 > last
        UNION ALL SELECT 'TABLE', format('information_schema.%I', relname), relacl, relowner
          FROM pg_class, made WHERE relnamespace IN (SELECT oid FROM own) AND relkind IN ('r', 'v') AND pg_class.xmin::text::int8 > last
            AND oid < ${FIRST_OF_USERS}
      )
      SELECT ${hex('name')}, ${hex(`format('REVOKE ALL ON %s %s FROM PUBLIC, %I; ', kind, name, pg_get_userbyid(owner)) || coalesce((SELECT string_agg(
          format('GRANT %s ON %s %s TO %s%s', a.privilege_type, kind, name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END), '; ')
          FROM aclexplode(acl) a WHERE a.grantee = 0 OR EXISTS (SELECT FROM pg_authid u WHERE u.oid = a.grantee)), '')`)}
      FROM changed WHERE acl IS NOT NULL`,
  },
  {
    // A family of the system or of an extension stands in no dump, nor what users added to it.
    stage: 'BEFORE_ROWS',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      SELECT ${hex(FAMILY)}, ${hex(`format('ALTER OPERATOR FAMILY %s ADD OPERATOR %s %s%s', ${FAMILY}, o.amopstrategy, o.amopopr::regoperator,
          CASE WHEN o.amoppurpose = 'o' THEN (SELECT format(' FOR ORDER BY %I.%I', sn.nspname, s.opfname)
            FROM pg_opfamily s JOIN pg_namespace sn ON sn.oid = s.opfnamespace WHERE s.oid = o.amopsortfamily) ELSE '' END)`)}
      FROM pg_amop o JOIN pg_opfamily f ON f.oid = o.amopfamily JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod
      WHERE o.oid >= ${FIRST_OF_USERS} AND ${IS_FOREIGN_FAMILY} AND NOT ${isOfExtension('pg_operator', 'o.amopopr')}
      UNION ALL
      SELECT ${hex(FAMILY)}, ${hex(`format('ALTER OPERATOR FAMILY %s ADD FUNCTION %s (%s, %s) %s', ${FAMILY}, o.amprocnum,
          o.amproclefttype::regtype, o.amprocrighttype::regtype, o.amproc::regprocedure)`)}
      FROM pg_amproc o JOIN pg_opfamily f ON f.oid = o.amprocfamily JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod
      WHERE o.oid >= ${FIRST_OF_USERS} AND ${IS_FOREIGN_FAMILY} AND NOT ${isOfExtension('pg_proc', 'o.amproc')}`,
  },
  {
    // No dump has comments on what is the system's or an extension's. Those that came with it were made in one transaction with
    // it; what was said before the last template was made is as every server has it.
    stage: 'LAST',
    code: 'OBJECT_NOT_CARRIED',
    sql: `
      WITH said AS MATERIALIZED (
        SELECT d.classoid, d.objoid, d.objsubid, d.description FROM pg_description d
        WHERE d.classoid NOT IN ('pg_extension'::regclass, 'pg_largeobject'::regclass) AND (
          (d.objoid < ${FIRST_OF_USERS} AND d.objoid <> ${PUBLIC} AND d.xmin::text::int8 > (SELECT xmin::text::int8 FROM pg_database WHERE datname = 'template0'))
          OR EXISTS (SELECT FROM pg_depend m WHERE m.classid = d.classoid AND m.objid = d.objoid AND m.objsubid = 0
                     AND m.refclassid = 'pg_extension'::regclass AND m.deptype = 'e' AND m.xmin <> d.xmin))
      )
      SELECT ${hex('i.identity')}, ${hex(`format('COMMENT ON %s %s IS %L', CASE WHEN i.type LIKE '% column' THEN 'COLUMN'
          WHEN i.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE' WHEN i.type LIKE '% type' THEN 'TYPE'
          WHEN i.type = 'table constraint' THEN 'CONSTRAINT' WHEN i.type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER'
          WHEN i.type = 'statistics object' THEN 'STATISTICS' ELSE upper(i.type) END, i.identity, said.description)`)}
      FROM said, pg_identify_object(said.classoid, said.objoid, said.objsubid) i WHERE i.identity IS NOT NULL`,
  },
];
