import { GONE, GONE_FINDS, SPOIL_GONE } from '../gone-library.ts';
import type { HeldCase } from '../held-case.ts';

/** What is parsed or run: views, triggers, functions. */
export const DEFINITIONS: readonly HeldCase[] = [
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
];
