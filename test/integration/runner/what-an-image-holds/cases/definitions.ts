import { GONE, GONE_FINDS, SPOIL_GONE } from '../gone-library.ts';
import type { HeldCase } from '../held-case.ts';

/** What is parsed or run: views, triggers, functions. */
export const DEFINITIONS: readonly HeldCase[] = [
  {
    row: 'every stored expression: of columns, checks, indexes, views, rules, triggers, policies, domains, functions, keys of partitions, statistics',
    make: `CREATE SCHEMA "of texts"; CREATE EXTENSION citext SCHEMA "of texts"; SET search_path = public, "of texts"; CREATE TABLE t (a citext); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION f(); CREATE FUNCTION same(x citext, y citext) RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT x IS NOT DISTINCT FROM y; END;
      CREATE DOMAIN named AS citext CHECK (nullif(VALUE, 'X') IS NOT NULL); CREATE STATISTICS st ON (CASE a WHEN 'x' THEN 1 END) FROM t; CREATE TABLE parts (a citext) PARTITION BY LIST ((a IS DISTINCT FROM 'x'::citext))`,
    check: `SELECT same('a', 'A'), to_jsonb(array(SELECT (regexp_match(tree, ':opno ([0-9]+)'))[1]::oid::regoperator::text FROM (SELECT tgqual::text FROM pg_trigger UNION ALL
      SELECT conbin::text FROM pg_constraint WHERE contypid <> 0 AND conname = 'named_check' UNION ALL SELECT stxexprs::text FROM pg_statistic_ext UNION ALL SELECT partexprs::text FROM pg_partitioned_table) AS x (tree))) AS uses`,
    logical: [
      'INFO MEANING_MAY_CHANGE public.named',
      'INFO MEANING_MAY_CHANGE public.parts',
      'INFO MEANING_MAY_CHANGE public.same',
      'INFO MEANING_MAY_CHANGE public.st',
      'INFO MEANING_MAY_CHANGE public.t',
    ],
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
    row: 'pg_proc, pg_aggregate, pg_operator, pg_cast, pg_type, pg_enum, pg_range, pg_conversion, pg_collation',
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
    row: 'pg_proc, pg_aggregate, pg_operator, pg_cast, pg_type, pg_enum, pg_range, pg_conversion, pg_collation',
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
    make: `ALTER FUNCTION to_char(timestamptz, text) IMMUTABLE; CREATE TABLE t (at timestamptz); INSERT INTO t VALUES ('2026-01-02Z'); CREATE INDEX by_month ON t (to_char(at, 'YYYY-MM'));
      ALTER FUNCTION pg_catalog.lower(text) SET "my.own" = 'it''s'`,
    check: `SELECT (SELECT provolatile FROM pg_proc WHERE oid = 'to_char(timestamptz, text)'::regprocedure) AS way, to_regclass('by_month') IS NOT NULL AS index, (SELECT proconfig FROM pg_proc WHERE oid = 'lower(text)'::regprocedure) AS set`,
  },
  {
    row: 'pg_proc in pg_catalog',
    make: `CREATE OR REPLACE FUNCTION pg_catalog.lpad(text, integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 1 RETURN 'ours: ' || $1`,
    check: `SELECT lpad('it', 1)`,
  },
  {
    row: 'pg_cast of the system',
    make: `UPDATE pg_cast SET castcontext = 'i' WHERE castsource = 'int4'::regtype AND casttarget = 'bool'::regtype; CREATE TABLE t (is_there bool DEFAULT 1); INSERT INTO t DEFAULT VALUES`,
    check: `SELECT is_there, (SELECT castcontext FROM pg_cast WHERE castsource = 'int4'::regtype AND casttarget = 'bool'::regtype) AS how, (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef) AS made FROM t`,
  },
  {
    row: 'views of the system',
    make: `CREATE OR REPLACE VIEW information_schema.information_schema_catalog_name AS SELECT 'ours'::information_schema.sql_identifier AS catalog_name;
      SET allow_system_table_mods = on; CREATE OR REPLACE VIEW pg_catalog.pg_timezone_abbrevs AS SELECT * FROM pg_timezone_abbrevs() AS a(abbrev, utc_offset, is_dst) WHERE abbrev = 'UTC'`,
    check: `SELECT catalog_name::text, (SELECT count(*)::int FROM pg_timezone_abbrevs) AS zones FROM information_schema.information_schema_catalog_name`,
  },
  {
    row: 'pg_namespace',
    make: `DROP SCHEMA information_schema CASCADE`,
    check: `SELECT to_regnamespace('information_schema') IS NULL AS gone`,
  },
  {
    row: 'pg_rewrite',
    make: `CREATE FUNCTION gone() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW "De ad" AS SELECT gone() AS a; CREATE MATERIALIZED VIEW dead_too AS SELECT gone() AS a; CREATE VIEW beyond AS SELECT * FROM "De ad"; CREATE TABLE alive (a int);
      DELETE FROM pg_depend WHERE refclassid = 'pg_proc'::regclass AND refobjid = 'gone()'::regprocedure; DROP FUNCTION gone()`,
    check: `SELECT to_regclass('"De ad"') IS NOT NULL AS dead, to_regclass('dead_too') IS NOT NULL AS dead_too, to_regclass('beyond') IS NOT NULL AS beyond, to_regclass('alive') IS NOT NULL AS alive`,
    becomes: [{ dead: false, dead_too: false, beyond: false, alive: true }],
    logical: [
      'WARNING VIEW_LEFT_OUT public."De ad"',
      'WARNING VIEW_LEFT_OUT public.dead_too',
      'WARNING VIEW_LEFT_OUT public.beyond',
    ],
  },
  {
    row: 'pg_proc in pg_catalog',
    make: `CREATE AGGREGATE pg_catalog.our_total(int) (SFUNC = int4pl, STYPE = int)`,
    check: `SELECT to_regprocedure('pg_catalog.our_total(int)') IS NOT NULL AS there`,
    becomes: [{ there: false }],
    logical: ['WARNING OBJECT_NOT_CARRIED pg_catalog.our_total'],
  },
  {
    row: 'pg_language',
    make: `CREATE EXTENSION hstore; CREATE FUNCTION handles() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'; ALTER EXTENSION hstore ADD FUNCTION handles();
      CREATE TRUSTED LANGUAGE "Ours" HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator; CREATE LANGUAGE given HANDLER handles;
      CREATE FUNCTION f() RETURNS int LANGUAGE "Ours" AS 'BEGIN RETURN 6; END'; CREATE FUNCTION g() RETURNS int LANGUAGE given AS 'BEGIN RETURN 7; END'; CREATE TABLE t (a int DEFAULT f() + g()); INSERT INTO t DEFAULT VALUES`,
    check: `SELECT lanname, lanpltrusted, lanplcallfoid::regproc::text AS handler, laninline::regproc::text AS inline, lanvalidator::regproc::text AS validator, (SELECT a FROM t) AS a, f(), g()
      FROM pg_language WHERE oid >= 16384 ORDER BY 1`,
  },
  {
    row: 'pg_class (materialized views)',
    server: `CREATE ROLE sees_some`,
    make: `CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); ALTER TABLE t OWNER TO sees_some; ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a = 2);
      GRANT ALL ON SCHEMA public TO sees_some; CREATE MATERIALIZED VIEW mv AS SELECT * FROM t; ALTER MATERIALIZED VIEW mv OWNER TO sees_some; REFRESH MATERIALIZED VIEW mv`,
    check: `SELECT * FROM mv`,
  },
  {
    row: 'pg_trigger, pg_policy, pg_event_trigger, pg_statistic_ext',
    make: `CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE f (k int CONSTRAINT "f K" REFERENCES k, n int UNIQUE DEFERRABLE); ALTER TABLE f DISABLE TRIGGER ALL; CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE CONSTRAINT TRIGGER first_name AFTER INSERT ON k DEFERRABLE FOR EACH ROW EXECUTE FUNCTION tf(); ALTER TRIGGER first_name ON k RENAME TO second_name`,
    check: `SELECT o.conname, p.proname, t.tgrelid::regclass::text AS table, t.tgenabled, CASE WHEN NOT t.tgisinternal THEN t.tgname END AS name FROM pg_trigger t JOIN pg_constraint o ON o.oid = t.tgconstraint JOIN pg_proc p ON p.oid = t.tgfoid
      ORDER BY 1, 2, 3`,
  },
  {
    row: 'pg_ts_config, pg_ts_dict in pg_catalog',
    make: `CREATE EXTENSION unaccent; CREATE TABLE t (v text, w tsvector GENERATED ALWAYS AS (to_tsvector('french', v)) STORED); ALTER TEXT SEARCH CONFIGURATION french ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
      ALTER TEXT SEARCH CONFIGURATION german DROP MAPPING FOR email, url; ALTER TEXT SEARCH DICTIONARY english_stem (StopWords); INSERT INTO t VALUES ('Hôtel de la Mer')`,
    check: `SELECT w::text, to_tsvector('french', 'Hôtel')::text AS french, to_tsvector('german', 'a@b.de')::text AS german, to_tsvector('english', 'the end')::text AS english FROM t`,
  },
  {
    row: 'pg_ts_config, pg_ts_dict in pg_catalog',
    make: `CREATE TEXT SEARCH CONFIGURATION pg_catalog.ours (COPY = simple)`,
    check: `SELECT count(*)::int AS ours FROM pg_ts_config WHERE cfgname = 'ours'`,
    becomes: [{ ours: 0 }],
    logical: ['WARNING OBJECT_NOT_CARRIED pg_catalog.ours'],
  },
  {
    row: 'pg_am, pg_opclass, pg_opfamily, pg_amop, pg_amproc, pg_transform',
    make: `CREATE ACCESS METHOD "our heap" TYPE TABLE HANDLER heap_tableam_handler; CREATE ACCESS METHOD our_gist TYPE INDEX HANDLER gisthandler; COMMENT ON ACCESS METHOD our_gist IS 'ours'; CREATE TABLE t USING "our heap" AS SELECT 1 AS a;
      CREATE OPERATOR FAMILY fam USING btree; ALTER OPERATOR FAMILY fam USING btree ADD OPERATOR 1 < (int4, int8), OPERATOR 3 = (int4, int8), FUNCTION 1 btint48cmp(int4, int8); CREATE OPERATOR CLASS cls FOR TYPE anyenum USING hash FAMILY integer_ops AS OPERATOR 1 =, FUNCTION 1 hashenum(anyenum);
      CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE hashed (a mood); CREATE INDEX hashed_a ON hashed USING hash (a cls); CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal))`,
    check: `SELECT (SELECT string_agg(concat_ws(' ', amname, amtype, amhandler, obj_description(oid, 'pg_am')), ', ' ORDER BY amname) FROM pg_am WHERE oid >= 16384) AS methods, (SELECT amname FROM pg_class c JOIN pg_am m ON m.oid = relam WHERE relname = 't') AS heap, (SELECT a FROM t) AS a,
      (SELECT string_agg(opfname, ', ') FROM pg_opfamily WHERE oid >= 16384) AS families, (SELECT string_agg(amopopr::regoperator::text, ', ' ORDER BY amopopr::regoperator::text) FROM pg_amop WHERE oid >= 16384 AND amoppurpose = 's') AS operators,
      (SELECT string_agg(amproc::regprocedure::text, ', ' ORDER BY amproc::regprocedure::text) FROM pg_amproc WHERE oid >= 16384) AS procedures, pg_get_indexdef('hashed_a'::regclass) AS index, (SELECT concat_ws(' ', trftype::regtype, trffromsql, trftosql) FROM pg_transform) AS transform`,
  },
  {
    row: 'pg_am, pg_opclass, pg_opfamily, pg_amop, pg_amproc, pg_transform',
    make: `CREATE FUNCTION f(text, int4range) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT 1'; CREATE FUNCTION less(text, int4range) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE OPERATOR < (LEFTARG = text, RIGHTARG = int4range, FUNCTION = less);
      ALTER OPERATOR FAMILY text_ops USING btree ADD OPERATOR 1 < (text, int4range), FUNCTION 1 (text, int4range) f(text, int4range)`,
    check: `SELECT (SELECT string_agg(amopopr::regoperator::text, ',') FROM pg_amop WHERE oid >= 16384) AS operators, (SELECT string_agg(amproc::regprocedure::text, ',') FROM pg_amproc WHERE oid >= 16384) AS functions`,
  },
  {
    row: 'pg_am, pg_opclass, pg_opfamily, pg_amop, pg_amproc, pg_transform',
    make: `CREATE OPERATOR CLASS pg_catalog.our_class FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int4); CREATE COLLATION pg_catalog.our_collation (provider = icu, locale = 'de-DE'); CREATE OPERATOR FAMILY pg_catalog.our_family USING gin`,
    check: `SELECT (SELECT count(*)::int FROM pg_opclass WHERE oid >= 16384) AS classes, (SELECT count(*)::int FROM pg_collation WHERE oid >= 16384) AS collations, (SELECT count(*)::int FROM pg_opfamily WHERE oid >= 16384) AS families`,
    becomes: [{ classes: 0, collations: 0, families: 0 }],
    logical: [
      'WARNING OBJECT_NOT_CARRIED pg_catalog.our_class',
      'WARNING OBJECT_NOT_CARRIED pg_catalog.our_collation',
      'WARNING OBJECT_NOT_CARRIED pg_catalog.our_family',
    ],
  },
  {
    row: 'pg_ts_config, pg_ts_config_map, pg_ts_dict, pg_ts_parser, pg_ts_template',
    make: `CREATE TEXT SEARCH PARSER par (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline); CREATE TEXT SEARCH TEMPLATE tmpl (LEXIZE = dsimple_lexize, INIT = dsimple_init);
      CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = tmpl, accept = false); CREATE TEXT SEARCH CONFIGURATION conf (PARSER = par); ALTER TEXT SEARCH CONFIGURATION conf ADD MAPPING FOR word, asciiword WITH dict, english_stem; COMMENT ON TEXT SEARCH PARSER par IS 'ours'`,
    check: `SELECT (SELECT concat_ws(' ', prsname, prsstart, prstoken, prsend, prsheadline, prslextype, obj_description(oid, 'pg_ts_parser')) FROM pg_ts_parser WHERE oid >= 16384) AS parser, (SELECT concat_ws(' ', tmplname, tmplinit, tmpllexize) FROM pg_ts_template WHERE oid >= 16384) AS template,
      (SELECT dictinitoption FROM pg_ts_dict WHERE oid >= 16384) AS option, (SELECT string_agg(concat_ws(' ', maptokentype, mapseqno, mapdict::regdictionary), ', ' ORDER BY maptokentype, mapseqno) FROM pg_ts_config_map WHERE mapcfg >= 16384) AS mapped, to_tsvector('conf', 'The Houses')::text AS parsed`,
  },
  {
    row: 'pg_depend, pg_shdepend',
    make: `CREATE EXTENSION citext; CREATE TABLE t (a int); CREATE INDEX t_a ON t (a); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
      ALTER INDEX t_a DEPENDS ON EXTENSION citext; ALTER MATERIALIZED VIEW m DEPENDS ON EXTENSION citext; ALTER FUNCTION f() DEPENDS ON EXTENSION citext; ALTER TRIGGER tr ON t DEPENDS ON EXTENSION citext; GRANT SELECT ON t TO set_role`,
    check: `SELECT (SELECT string_agg(pg_describe_object(classid, objid, objsubid), ', ' ORDER BY pg_describe_object(classid, objid, objsubid)) FROM pg_depend WHERE deptype = 'x') AS depends,
      (SELECT string_agg(concat_ws(' ', refobjid::regrole, pg_describe_object(classid, objid, objsubid), deptype), ', ' ORDER BY refobjid::regrole::text, pg_describe_object(classid, objid, objsubid)) FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND refclassid = 'pg_authid'::regclass) AS roles`,
  },
];
