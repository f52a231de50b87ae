/** Something that users make on a server, and what an image of each method makes of it. */
export interface HeldCase {
  /** The first cell of its row in `docs/what-an-image-holds.md`. */
  readonly row: string;
  /** Statements in the database `postgres`, before its own database is there; `DB` is that one's name. */
  readonly server?: string;
  /** Statements in a database of its own. */
  readonly make?: string;
  /** Statements in `postgres` when all is made: what would keep the other statements from being run. */
  readonly spoil?: string;
  /** What is compared, in its own database. */
  readonly check: string;
  /** The answer on a LOGICAL copy where it is another than on the source. */
  readonly becomes?: readonly Record<string, unknown>[];
  /** The same on a PHYSICAL copy. */
  readonly becomesPhysical?: readonly Record<string, unknown>[];
  /** What is said of it when images are taken and restored: `SEVERITY CODE object`; of the server behind a `/`. */
  readonly logical?: readonly string[];
  readonly physical?: readonly string[];
  /** What is said of that on which it hangs, on a LOGICAL copy. */
  readonly beside?: readonly string[];
  /** An extension that this machine may lack. */
  readonly needs?: string;
}

/** Functions of a library that is gone: no server takes them again, nor what hangs on them. */
const GONE = `
  CREATE FUNCTION gone() RETURNS uuid LANGUAGE c AS '$libdir/pgcrypto', 'pg_random_uuid';
  CREATE FUNCTION gone_trigger() RETURNS trigger LANGUAGE c AS '$libdir/refint', 'check_primary_key';`;
const SPOIL_GONE = `UPDATE pg_proc SET probin = '$libdir/gone' WHERE proname LIKE 'gone%'`;
const GONE_FINDS = ['WARNING OBJECT_NOT_CARRIED public.gone()', 'WARNING OBJECT_NOT_CARRIED public.gone_trigger()'];
const SECRET =
  'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVkX2tleV9vZl8zMl9ieXRlc19leGFjdA==:c2VydmVyX2tleV9vZl8zMl9ieXRlc19leGFjdA==';

export const HELD_CASES: readonly HeldCase[] = [
  {
    row: 'pg_authid, pg_auth_members',
    server: `CREATE ROLE held_one LOGIN CREATEDB CONNECTION LIMIT 3 PASSWORD '${SECRET}' VALID UNTIL '2100-01-02 03:04:05+00';
      CREATE ROLE held_group; CREATE ROLE held_giver CREATEROLE; GRANT held_group TO held_giver WITH ADMIN OPTION;
      SET ROLE held_giver; GRANT held_group TO held_one; RESET ROLE; COMMENT ON ROLE held_one IS 'one of ours'`,
    check: `SELECT rolname, rolcreatedb, rolconnlimit, rolpassword, rolvaliduntil::text, shobj_description(oid, 'pg_authid') AS said,
        (SELECT string_agg(roleid::regrole || ' by ' || grantor::regrole || ' ' || admin_option, ', ' ORDER BY 1) FROM pg_auth_members WHERE member = r.oid) AS of
      FROM pg_authid r WHERE rolname LIKE 'held\\_%' AND rolname NOT LIKE '%db' ORDER BY 1`,
  },
  {
    // No statement makes a role of this name.
    row: 'pg_authid, pg_auth_members',
    server: `CREATE ROLE nobody; GRANT held_group TO nobody`,
    spoil: `UPDATE pg_authid SET rolname = 'none' WHERE rolname = 'nobody'`,
    check: `SELECT count(*)::int AS roles, (SELECT count(*)::int FROM pg_auth_members m WHERE m.member = max(r.oid)) AS memberships FROM pg_authid r WHERE rolname = 'none'`,
    becomes: [{ roles: 0, memberships: 0 }],
    logical: ['/WARNING OBJECT_NOT_CARRIED none', '/WARNING PRIVILEGE_LEFT_OUT null'],
  },
  {
    row: 'pg_db_role_setting',
    server: `CREATE ROLE set_role; ALTER ROLE set_role SET work_mem = '5MB'; ALTER ROLE ALL SET "our.own" = 'it''s'`,
    make: `ALTER DATABASE current SET work_mem = '6MB'; ALTER ROLE set_role IN DATABASE current SET "our.list" = 'a, "b c"'`,
    check: `SELECT setconfig FROM pg_db_role_setting WHERE setrole IN (0, 'set_role'::regrole) AND setdatabase IN
      (0, (SELECT oid FROM pg_database WHERE datname = current_database())) ORDER BY setrole, setdatabase`,
  },
  {
    row: 'pg_db_role_setting',
    server: `CREATE ROLE odd_role; ALTER ROLE odd_role SET work_mem = '5MB'`,
    make: `ALTER DATABASE current SET work_mem = '6MB'`,
    spoil: `UPDATE pg_db_role_setting SET setconfig = setconfig || '{no_such_setting=1}' WHERE setrole = 'odd_role'::regrole
      OR setdatabase = (SELECT oid FROM pg_database WHERE datname = 'DB')`,
    check: `SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'odd_role'::regrole OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`,
    becomes: [{ setconfig: ['work_mem=5MB'] }, { setconfig: ['work_mem=6MB'] }],
    logical: ['WARNING SETTING_LEFT_OUT "DB"', '/WARNING SETTING_LEFT_OUT odd_role'],
  },
  {
    row: 'pg_file_settings (`ALTER SYSTEM`)',
    server: `ALTER SYSTEM SET work_mem = '7MB'; SET our.system = 'here'; ALTER SYSTEM SET "our.system" = 'a''b'; ALTER SYSTEM SET archive_command = 'false'`,
    check: `SELECT name, setting FROM pg_file_settings WHERE name IN ('work_mem', 'our.system', 'archive_command') AND sourcefile LIKE '%auto.conf' ORDER BY 1`,
    becomes: [
      { name: 'our.system', setting: "a'b" },
      { name: 'work_mem', setting: '7MB' },
    ],
    becomesPhysical: [
      { name: 'our.system', setting: "a'b" },
      { name: 'work_mem', setting: '7MB' },
    ],
  },
  {
    row: 'pg_database',
    server: `CREATE ROLE owns_db`,
    make: `COMMENT ON DATABASE current IS 'what it is'; ALTER DATABASE current CONNECTION LIMIT 7; ALTER DATABASE current OWNER TO owns_db;
      GRANT CREATE ON DATABASE current TO set_role; REVOKE TEMPORARY ON DATABASE current FROM PUBLIC`,
    check: `SELECT pg_get_userbyid(datdba) AS owner, encoding, datcollate, datctype, datconnlimit, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) AS rights, shobj_description(oid, 'pg_database') AS said
      FROM pg_database WHERE datname = current_database()`,
  },
  {
    row: 'pg_database',
    make: `ALTER DATABASE current OWNER TO nobody`,
    check: `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()`,
    becomes: [{ owner: 'postgres' }],
    logical: ['WARNING OWNER_CHANGED "DB"'],
  },
  {
    row: 'pg_namespace',
    make: `CREATE SCHEMA a; CREATE SCHEMA "B c" AUTHORIZATION set_role; COMMENT ON SCHEMA a IS 'first'; DROP SCHEMA public`,
    check: `SELECT nspname, pg_get_userbyid(nspowner) AS owner, obj_description(oid, 'pg_namespace') AS said FROM pg_namespace WHERE nspname IN ('a', 'B c', 'public') ORDER BY 1`,
  },
  {
    row: 'pg_namespace',
    make: `SET allow_system_table_mods = on; CREATE SCHEMA pg_own; CREATE TABLE pg_own.kept AS SELECT 1 AS a; CREATE VIEW information_schema.ours AS SELECT 1 AS a`,
    check: `SELECT to_regclass('pg_own.kept') IS NOT NULL AS kept, to_regclass('information_schema.ours') IS NOT NULL AS ours`,
    becomes: [{ kept: false, ours: false }],
    logical: ['CRITICAL ROWS_NOT_LOADABLE pg_own.kept', 'WARNING OBJECT_NOT_CARRIED information_schema.ours'],
  },
  {
    row: 'pg_tablespace',
    make: `CREATE TABLE far (a int) TABLESPACE elsewhere; INSERT INTO far VALUES (1), (2); CREATE INDEX far_a ON far (a) TABLESPACE elsewhere`,
    check: `SELECT count(*)::int AS rows, (SELECT spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE relname = 'far') AS place FROM far`,
    becomes: [{ rows: 2, place: null }],
  },
  {
    row: 'pg_class, pg_attribute',
    make: `CREATE TABLE p (id int GENERATED ALWAYS AS IDENTITY, v text COLLATE "C" DEFAULT 'x', w numeric(7,2)) PARTITION BY RANGE (id);
      CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100); INSERT INTO p (v, w) VALUES ('a', 1.5), (E'b\\t\\\\n', NULL);
      CREATE UNLOGGED TABLE u AS SELECT 7 AS seven; CREATE TYPE t AS (a int, b text); CREATE TABLE typed OF t; INSERT INTO typed VALUES (1, 'c');
      ALTER TABLE p1 ALTER v SET STATISTICS 77; ALTER TABLE p1 ALTER v SET STORAGE EXTERNAL; CREATE SEQUENCE s START 5 INCREMENT 3; SELECT nextval('s')`,
    check: `SELECT (SELECT string_agg(p::text, ';' ORDER BY p::text) FROM p) AS rows, (SELECT count(*)::int FROM u) AS fleeting, (SELECT typed::text FROM typed) AS typed,
      (SELECT attstattarget || ' ' || attstorage::text FROM pg_attribute WHERE attrelid = 'p1'::regclass AND attname = 'v') AS column, (SELECT last_value || ' ' || is_called FROM s) AS place`,
    becomesPhysical: [
      { rows: '(1,a,1.50);(2,"b\t\\\\n",)', fleeting: 0, typed: '(1,c)', column: '77 e', place: '5 true' },
    ],
    physical: ['WARNING UNLOGGED_TABLE_EMPTY public.u'],
  },
  {
    row: 'pg_class, pg_attribute',
    make: `DO $do$ BEGIN
        EXECUTE 'CREATE TABLE wide (id int)'; INSERT INTO wide VALUES (1);
        FOR part IN 0..10 LOOP
          EXECUTE 'ALTER TABLE wide ' || (SELECT string_agg(format('ADD c_%s timestamptz DEFAULT ''2020-01-01''', i), ', ') FROM generate_series(part * 100, part * 100 + 99) i);
        END LOOP; END $do$`,
    check: `SELECT count(*)::int AS rows FROM wide`,
    becomes: [{ rows: 0 }],
    logical: ['CRITICAL ROWS_NOT_LOADABLE public.wide'],
  },
  {
    row: 'pg_attribute.attnotnull',
    make: `CREATE TABLE up (w int NOT NULL); CREATE TABLE down () INHERITS (up); ALTER TABLE down ALTER w DROP NOT NULL; INSERT INTO down VALUES (NULL)`,
    check: `SELECT attrelid::regclass::text AS table, attnotnull, (SELECT count(*)::int FROM down) AS rows FROM pg_attribute WHERE attname = 'w' ORDER BY 1`,
  },
  {
    row: 'pg_attrdef',
    make: `CREATE TABLE t (a int DEFAULT 1 + 1, b text DEFAULT current_user, c int GENERATED ALWAYS AS (a * 2) STORED); INSERT INTO t (a) VALUES (4)`,
    check: `SELECT pg_get_expr(adbin, adrelid) AS is, (SELECT c FROM t) AS c FROM pg_attrdef ORDER BY adnum`,
  },
  {
    row: 'pg_attrdef',
    make: `CREATE EXTENSION citext; CREATE TABLE t (a text, b bool GENERATED ALWAYS AS (a::citext IS DISTINCT FROM 'X'::citext) STORED); INSERT INTO t VALUES ('x')`,
    check: `SELECT * FROM t`,
    logical: ['INFO MEANING_MAY_CHANGE public.t'],
  },
  {
    row: 'pg_constraint',
    make: `CREATE TABLE k (id int PRIMARY KEY, u text UNIQUE NULLS NOT DISTINCT, CHECK (id > 0), EXCLUDE (u WITH =)); CREATE TABLE f (k int REFERENCES k DEFERRABLE INITIALLY DEFERRED, n int CHECK (n > 0) NO INHERIT);
      CREATE DOMAIN d AS int CONSTRAINT small CHECK (VALUE < 10); ALTER TABLE f ADD CONSTRAINT later CHECK (n < 100) NOT VALID`,
    check: `SELECT conname, pg_get_constraintdef(oid) AS is, convalidated FROM pg_constraint WHERE oid >= 16384 ORDER BY 1`,
  },
  {
    row: 'pg_constraint',
    make: `CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE f (k int CONSTRAINT f_k REFERENCES k);
      SET session_replication_role = replica; INSERT INTO f VALUES (1); RESET session_replication_role;
      CREATE TABLE twice (id int CONSTRAINT twice_key PRIMARY KEY); UPDATE pg_index SET indisready = false WHERE indexrelid = 'twice_key'::regclass;
      INSERT INTO twice VALUES (1), (1); UPDATE pg_index SET indisready = true WHERE indexrelid = 'twice_key'::regclass;
      ${GONE} CREATE TABLE c (id int); ALTER TABLE c ADD CONSTRAINT c_gone CHECK (gone() IS NOT NULL) NOT VALID; INSERT INTO c SELECT FROM generate_series(1, 0); ${SPOIL_GONE}`,
    check: `SELECT conname, convalidated, (SELECT count(*)::int FROM f) AS orphans, (SELECT count(*)::int FROM twice) AS twins FROM pg_constraint WHERE oid >= 16384 ORDER BY 1`,
    becomes: [
      { conname: 'f_k', convalidated: false, orphans: 1, twins: 2 },
      { conname: 'k_pkey', convalidated: true, orphans: 1, twins: 2 },
    ],
    beside: GONE_FINDS,
    logical: [
      'WARNING CONSTRAINT_LEFT_OUT c_gone on public.c',
      'WARNING CONSTRAINT_NOT_VALID f_k on public.f',
      'WARNING INDEX_LEFT_OUT twice_key on public.twice',
    ],
  },
  {
    row: 'pg_index',
    make: `CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'); CREATE INDEX i ON t USING gin (to_tsvector('english', b)); CREATE UNIQUE INDEX u ON t (lower(b)) INCLUDE (a) WHERE a > 0;
      CLUSTER t USING u2`.replace(
      'CLUSTER t USING u2',
      'CREATE INDEX c ON t (a DESC NULLS LAST); CLUSTER t USING c; ALTER INDEX u ALTER COLUMN 1 SET STATISTICS 50',
    ),
    check: `SELECT pg_get_indexdef(indexrelid) AS is, indisclustered, (SELECT attstattarget FROM pg_attribute WHERE attrelid = indexrelid AND attnum = 1) AS target FROM pg_index WHERE indexrelid >= 16384 AND indrelid = 't'::regclass ORDER BY 1`,
  },
  {
    row: 'pg_index',
    make: `CREATE EXTENSION citext; CREATE TABLE t (a citext, b text); INSERT INTO t VALUES ('x', 'x'); CREATE INDEX meant ON t (b) WHERE a IS DISTINCT FROM 'Y';
      CREATE INDEX invalid ON t (b); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'invalid'::regclass`,
    check: `SELECT indexrelid::regclass::text AS index FROM pg_index WHERE indrelid = 't'::regclass ORDER BY 1`,
    becomes: [{ index: 'meant' }],
    logical: ['INFO MEANING_MAY_CHANGE public.meant', 'WARNING INDEX_LEFT_OUT public.invalid'],
  },
  {
    row: 'pg_rewrite',
    make: `CREATE TABLE t (a int PRIMARY KEY, b int); CREATE VIEW v WITH (security_barrier) AS SELECT a, sum(b) OVER (ORDER BY a) AS s FROM t; CREATE VIEW grouped AS SELECT * FROM t GROUP BY a;
      CREATE RULE r AS ON INSERT TO t WHERE NEW.a < 0 DO INSTEAD NOTHING; CREATE RECURSIVE VIEW n (i) AS SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3; ALTER TABLE t DISABLE RULE r`,
    check: `SELECT c.relname, rulename, pg_get_ruledef(r.oid) AS is, ev_enabled, reloptions FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class WHERE r.oid >= 16384 ORDER BY 1, 2`,
  },
  {
    row: 'pg_rewrite',
    make: `${GONE} CREATE EXTENSION citext; CREATE TABLE t (a citext, u uuid); CREATE VIEW meant AS SELECT NULLIF(a, 'x') AS n FROM t; CREATE VIEW dead AS SELECT gone() AS g;
      CREATE RULE r AS ON DELETE TO t DO ALSO UPDATE t SET u = gone(); ${SPOIL_GONE}`,
    check: `SELECT c.relname, rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class WHERE r.oid >= 16384 ORDER BY 1, 2`,
    becomes: [{ relname: 'meant', rulename: '_RETURN' }],
    beside: GONE_FINDS,
    logical: [
      'INFO MEANING_MAY_CHANGE public.meant',
      'WARNING OBJECT_NOT_CARRIED r on public.t',
      'WARNING VIEW_LEFT_OUT public.dead',
    ],
  },
  {
    row: 'pg_class (materialized views)',
    make: `CREATE TABLE t AS SELECT 1 AS a; CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE MATERIALIZED VIEW unfilled AS SELECT a FROM t WITH NO DATA; CREATE UNIQUE INDEX m_a ON m (a)`,
    check: `SELECT relname, relispopulated, (SELECT count(*)::int FROM m) AS rows FROM pg_class WHERE relkind = 'm' ORDER BY 1`,
  },
  {
    row: 'pg_class (materialized views)',
    make: `CREATE TABLE t AS SELECT 1 AS a; CREATE MATERIALIZED VIEW "a ""stale"" one" AS SELECT a FROM t; INSERT INTO t VALUES (2); CREATE MATERIALIZED VIEW fresh AS SELECT a, now() > 'epoch' AS late FROM t`,
    check: `SELECT (SELECT count(*)::int FROM fresh) AS fresh, (SELECT count(*)::int FROM t) AS rows`,
    logical: ['INFO MATERIALIZED_VIEW_REFRESHED public."a ""stale"" one"'],
  },
  {
    row: 'pg_class (materialized views)',
    make: `CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE far (a text) SERVER files OPTIONS (filename '/dev/null');
      CREATE MATERIALIZED VIEW m AS SELECT a FROM far; ALTER FOREIGN TABLE far OPTIONS (SET filename '/nowhere/at all')`,
    check: `SELECT relname, relispopulated FROM pg_class WHERE relkind = 'm'`,
    becomes: [{ relname: 'm', relispopulated: false }],
    logical: ['WARNING MATERIALIZED_VIEW_EMPTY public.m'],
  },
  {
    row: 'pg_trigger, pg_policy, pg_event_trigger, pg_statistic_ext',
    make: `CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION f();
      ALTER TABLE t ENABLE ALWAYS TRIGGER tr; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY pol ON t AS RESTRICTIVE FOR SELECT TO set_role USING (a > 1); CREATE STATISTICS st (ndistinct) ON a, b FROM t;
      CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION e(); ALTER EVENT TRIGGER ev DISABLE`,
    check: `SELECT (SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE tgname = 'tr') AS trigger, (SELECT pg_get_expr(polqual, polrelid) || polcmd::text || polpermissive FROM pg_policy) AS policy,
      (SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext) AS statistics, (SELECT evtname || evtevent || evtenabled::text || evttags::text FROM pg_event_trigger) AS event`,
  },
  {
    row: 'pg_trigger, pg_policy, pg_event_trigger, pg_statistic_ext',
    make: `${GONE} CREATE TABLE t (a int, u uuid); CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION gone_trigger('a', 'k', 'id'); CREATE POLICY pol ON t USING (u = gone()); ${SPOIL_GONE}`,
    check: `SELECT (SELECT count(*)::int FROM pg_trigger) AS triggers, (SELECT count(*)::int FROM pg_policy) AS policies`,
    becomes: [{ triggers: 0, policies: 0 }],
    beside: GONE_FINDS,
    logical: ['WARNING OBJECT_NOT_CARRIED pol on public.t', 'WARNING OBJECT_NOT_CARRIED tr on public.t'],
  },
  {
    row: 'pg_proc, pg_operator, pg_cast, pg_type, pg_conversion, pg_collation, pg_opclass, pg_ts_*',
    make: `CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TYPE mood ADD VALUE 'so-so' BEFORE 'ok'; CREATE TYPE span AS RANGE (subtype = int); CREATE DOMAIN small AS int DEFAULT 3 CHECK (VALUE < 10);
      CREATE FUNCTION f(a int, VARIADIC b text[] DEFAULT '{}') RETURNS int LANGUAGE sql STABLE PARALLEL SAFE COST 7 SET work_mem = '5MB' RETURN a; CREATE PROCEDURE p(INOUT a int) LANGUAGE plpgsql AS 'BEGIN END';
      CREATE FUNCTION plus(int, mood) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1; CREATE OPERATOR <+> (LEFTARG = int, RIGHTARG = mood, FUNCTION = plus); CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
      CREATE FUNCTION mooded(int) RETURNS mood LANGUAGE sql IMMUTABLE RETURN 'ok'::mood; CREATE CAST (int AS mood) WITH FUNCTION mooded(int) AS ASSIGNMENT; CREATE COLLATION ours (provider = icu, locale = 'de-DE');
      CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; CREATE OPERATOR CLASS ours FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
      CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION conf (COPY = english); ALTER TEXT SEARCH CONFIGURATION conf ALTER MAPPING FOR word WITH dict`,
    check: `SELECT (SELECT string_agg(CASE prokind WHEN 'a' THEN proname ELSE pg_get_functiondef(oid) END, ';' ORDER BY oid::regprocedure::text) FROM pg_proc WHERE oid >= 16384 AND pronamespace = 'public'::regnamespace) AS functions,
      (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum) AS labels, (SELECT string_agg(oid::regoperator::text, ',') FROM pg_operator WHERE oid >= 16384) AS operators,
      (SELECT count(*)::int FROM pg_cast WHERE oid >= 16384) AS casts, (SELECT count(*)::int FROM pg_conversion WHERE oid >= 16384) AS conversions, (SELECT string_agg(collname, ',') FROM pg_collation WHERE oid >= 16384) AS collations,
      (SELECT count(*)::int FROM pg_opclass WHERE oid >= 16384) AS classes, (SELECT count(*)::int FROM pg_ts_config_map WHERE mapcfg >= 16384) AS mapped, ('x'::text <> '') AND to_tsvector('conf', 'the words')::text = to_tsvector('conf', 'the words')::text AS parses`,
  },
  {
    row: 'pg_proc, pg_operator, pg_cast, pg_type, pg_conversion, pg_collation, pg_opclass, pg_ts_*',
    make: `CREATE FUNCTION gone(int, text) RETURNS text LANGUAGE c AS '$libdir/pgcrypto', 'pg_digest'; CREATE OPERATOR -?- (LEFTARG = int, RIGHTARG = text, FUNCTION = gone); ${SPOIL_GONE}`,
    check: `SELECT (SELECT count(*)::int FROM pg_operator WHERE oid >= 16384) AS operators, to_regprocedure('gone(int, text)') IS NOT NULL AS function`,
    becomes: [{ operators: 0, function: false }],
    logical: [
      'WARNING OBJECT_NOT_CARRIED public.-?- (integer, text)',
      'WARNING OBJECT_NOT_CARRIED public.gone(integer, text)',
    ],
  },
  {
    row: 'pg_proc in pg_catalog',
    make: `CREATE FUNCTION pg_catalog.ours(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 41'; CREATE PROCEDURE pg_catalog.ours_too() LANGUAGE sql AS ''`,
    check: `SELECT pg_catalog.ours(1), to_regprocedure('pg_catalog.ours_too()') IS NOT NULL AS procedure`,
  },
  {
    row: 'pg_proc in pg_catalog',
    make: `CREATE AGGREGATE pg_catalog.our_total(int) (SFUNC = int4pl, STYPE = int)`,
    check: `SELECT to_regprocedure('pg_catalog.our_total(int)') IS NOT NULL AS there`,
    becomes: [{ there: false }],
    logical: ['WARNING OBJECT_NOT_CARRIED pg_catalog.our_total'],
  },
  {
    row: 'pg_extension',
    server: `CREATE ROLE keeps_extension CREATEROLE`,
    make: `GRANT ALL ON DATABASE current TO keeps_extension; CREATE SCHEMA mine; GRANT ALL ON SCHEMA mine TO keeps_extension;
      SET SESSION AUTHORIZATION keeps_extension; CREATE EXTENSION hstore SCHEMA mine VERSION '1.4'; RESET SESSION AUTHORIZATION`,
    check: `SELECT extname, extversion, extnamespace::regnamespace::text AS schema, extowner::regrole::text AS owner FROM pg_extension ORDER BY 1`,
  },
  {
    row: 'pg_extension',
    make: `CREATE EXTENSION hstore; UPDATE pg_extension SET extversion = '0.9', extowner = (SELECT oid FROM pg_authid WHERE rolname = 'nobody') WHERE extname = 'hstore'`,
    check: `SELECT extversion = '0.9' AS same, pg_get_userbyid(extowner) AS owner FROM pg_extension WHERE extname = 'hstore'`,
    becomes: [{ same: false, owner: 'postgres' }],
    logical: ['WARNING EXTENSION_VERSION_CHANGED hstore', 'WARNING OWNER_CHANGED hstore'],
  },
  {
    row: 'members of extensions: triggers, indexes, constraints, policies and columns on their tables',
    needs: 'postgis',
    make: `CREATE EXTENSION postgis; ALTER TABLE spatial_ref_sys ADD our_note text; CREATE INDEX ours ON spatial_ref_sys (auth_name); ALTER TABLE spatial_ref_sys ADD CONSTRAINT our_check CHECK (srid > 0);
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON spatial_ref_sys FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY pol ON spatial_ref_sys USING (true)`,
    check: `SELECT (SELECT count(*)::int FROM pg_attribute WHERE attrelid = 'spatial_ref_sys'::regclass AND attname = 'our_note') AS columns, to_regclass('ours') IS NOT NULL AS index,
      (SELECT count(*)::int FROM pg_constraint WHERE conname = 'our_check') AS checks, (SELECT count(*)::int FROM pg_trigger WHERE tgname = 'tr') AS triggers, (SELECT count(*)::int FROM pg_policy) AS policies`,
  },
  {
    row: 'members of extensions: triggers, indexes, constraints, policies and columns on their tables',
    needs: 'postgis',
    make: `CREATE EXTENSION postgis; CREATE RULE ours AS ON DELETE TO spatial_ref_sys DO INSTEAD NOTHING`,
    check: `SELECT count(*)::int AS rules FROM pg_rewrite WHERE rulename = 'ours'`,
    becomes: [{ rules: 0 }],
    logical: ['WARNING EXTENSION_OBJECT_CHANGED public.spatial_ref_sys'],
  },
  {
    row: 'members of extensions: functions, views, stock rows',
    make: `CREATE EXTENSION hstore; CREATE OR REPLACE FUNCTION hstore(text, text) RETURNS hstore LANGUAGE sql IMMUTABLE AS $$SELECT 'a=>1'::hstore$$`,
    check: `SELECT hstore('x', 'y') -> 'x' AS x`,
    becomes: [{ x: 'y' }],
    logical: ['WARNING EXTENSION_OBJECT_CHANGED public.hstore(text,text)'],
  },
  {
    row: 'pg_largeobject',
    make: `SELECT lo_from_bytea(4711, '\\x00ff10'); ALTER LARGE OBJECT 4711 OWNER TO set_role; GRANT SELECT ON LARGE OBJECT 4711 TO owns_db; COMMENT ON LARGE OBJECT 4711 IS 'a picture'`,
    check: `SELECT oid::int, pg_get_userbyid(lomowner) AS owner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(lomacl) a) AS rights, encode(lo_get(oid), 'hex') AS bytes, obj_description(oid, 'pg_largeobject') AS said FROM pg_largeobject_metadata`,
  },
  {
    row: 'pg_largeobject',
    make: `SELECT lo_from_bytea(4712, '\\x01'); ALTER LARGE OBJECT 4712 OWNER TO nobody`,
    check: `SELECT pg_get_userbyid(lomowner) AS owner, encode(lo_get(oid), 'hex') AS bytes FROM pg_largeobject_metadata`,
    becomes: [{ owner: 'postgres', bytes: '01' }],
    logical: ['WARNING OWNER_CHANGED 4712'],
  },
  {
    row: 'pg_default_acl, grants everywhere',
    make: `CREATE TABLE t (a int, b int); GRANT SELECT (a) ON t TO set_role WITH GRANT OPTION; SET ROLE set_role; GRANT SELECT (a) ON t TO owns_db; RESET ROLE;
      ALTER DEFAULT PRIVILEGES FOR ROLE set_role IN SCHEMA public GRANT INSERT ON TABLES TO owns_db; REVOKE ALL ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC; REVOKE USAGE ON TYPE int4range FROM PUBLIC`,
    check: `SELECT (SELECT attacl::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'a') AS grants, (SELECT defaclacl::text FROM pg_default_acl) AS defaults,
      (SELECT proacl::text FROM pg_proc WHERE oid = 'pg_sleep(float8)'::regprocedure) AS sleep`,
  },
  {
    row: 'pg_default_acl, grants everywhere',
    make: `CREATE TABLE t (a int); GRANT SELECT ON t TO nobody; CREATE TABLE kept (a int); GRANT SELECT ON kept TO set_role`,
    check: `SELECT (SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE oid = 't'::regclass) AS t, (SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE oid = 'kept'::regclass) AS kept`,
    becomes: [{ t: 0, kept: 8 }],
    logical: ['WARNING PRIVILEGE_LEFT_OUT public.t'],
  },
  {
    row: 'pg_description, pg_seclabel',
    make: `CREATE TABLE t (a int); COMMENT ON TABLE t IS E'two\\nlines, ''quoted'''; COMMENT ON COLUMN t.a IS 'a column'; CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1; COMMENT ON FUNCTION f() IS 'a function'`,
    check: `SELECT objsubid, description FROM pg_description WHERE objoid >= 16384 ORDER BY description`,
  },
  {
    row: 'pg_description, pg_seclabel',
    make: `CREATE TABLE t (a int); INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 0, 'not here', 'secret')`,
    check: `SELECT count(*)::int AS labels FROM pg_seclabel`,
    becomes: [{ labels: 0 }],
    logical: ['WARNING OBJECT_NOT_CARRIED public.t'],
  },
  {
    row: 'pg_subscription',
    make: `CREATE SUBSCRIPTION sub CONNECTION 'host=203.0.113.1 dbname=x' PUBLICATION p WITH (connect = false, slot_name = 'sub'); ALTER SUBSCRIPTION sub ENABLE`,
    check: `SELECT subname, subconninfo, subslotname, subpublications, subenabled FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    becomes: [
      {
        subname: 'sub',
        subconninfo: 'host=203.0.113.1 dbname=x',
        subslotname: 'sub',
        subpublications: ['p'],
        subenabled: false,
      },
    ],
    becomesPhysical: [
      {
        subname: 'sub',
        subconninfo: 'host=203.0.113.1 dbname=x',
        subslotname: null,
        subpublications: ['p'],
        subenabled: false,
      },
    ],
    logical: ['INFO BACKGROUND_WORK_HELD sub'],
    physical: ['INFO BACKGROUND_WORK_HELD sub'],
  },
  {
    row: 'cron.job of pg_cron',
    needs: 'pg_cron',
    make: `CREATE EXTENSION pg_cron; SELECT cron.schedule('nightly', '3 4 * * *', 'SELECT 1')`,
    check: `SELECT jobname, schedule, command, active FROM cron.job`,
    becomes: [{ jobname: 'nightly', schedule: '3 4 * * *', command: 'SELECT 1', active: false }],
    becomesPhysical: [{ jobname: 'nightly', schedule: '3 4 * * *', command: 'SELECT 1', active: false }],
    logical: ['INFO BACKGROUND_WORK_HELD cron.job'],
    physical: ['INFO BACKGROUND_WORK_HELD cron.job'],
  },
  {
    row: 'pg_publication, pg_foreign_server, pg_user_mapping',
    make: `CREATE TABLE t (a int, b int); CREATE PUBLICATION pub FOR TABLE t (a) WHERE (a > 0) WITH (publish = 'insert'); CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x', dbname 'y');
      CREATE USER MAPPING FOR set_role SERVER far OPTIONS (user 'u', password 'p w'); CREATE FOREIGN TABLE ft (a int OPTIONS (column_name 'b')) SERVER far OPTIONS (table_name 'z')`,
    check: `SELECT (SELECT pg_get_expr(prqual, prrelid) || prattrs::text FROM pg_publication_rel) AS published, (SELECT pubinsert || ' ' || pubdelete FROM pg_publication) AS kinds,
      (SELECT array_agg(o ORDER BY o) FROM pg_foreign_server, unnest(srvoptions) o) AS server, (SELECT array_agg(o ORDER BY o) FROM pg_user_mapping, unnest(umoptions) o) AS mapping, (SELECT ftoptions::text FROM pg_foreign_table) AS table`,
  },
  {
    row: 'pg_publication, pg_foreign_server, pg_user_mapping',
    make: `CREATE FUNCTION gone_handler() RETURNS fdw_handler LANGUAGE c AS '$libdir/file_fdw', 'file_fdw_handler'; CREATE FOREIGN DATA WRAPPER w HANDLER gone_handler; CREATE SERVER s FOREIGN DATA WRAPPER w; ${SPOIL_GONE}`,
    check: `SELECT count(*)::int AS servers FROM pg_foreign_server`,
    becomes: [{ servers: 0 }],
    logical: [
      'WARNING OBJECT_NOT_CARRIED public.gone_handler()',
      'WARNING OBJECT_NOT_CARRIED s',
      'WARNING OBJECT_NOT_CARRIED w',
    ],
  },
  {
    row: 'pg_prepared_xacts',
    make: `CREATE TABLE t (a int); BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'held by nobody'`,
    check: `SELECT count(*)::int AS prepared FROM pg_prepared_xacts WHERE database = current_database()`,
    becomes: [{ prepared: 0 }],
    logical: [`INFO PREPARED_TRANSACTION_OPEN 'held by nobody'`],
    physical: [`INFO PREPARED_TRANSACTION_OPEN 'held by nobody'`],
  },
];
