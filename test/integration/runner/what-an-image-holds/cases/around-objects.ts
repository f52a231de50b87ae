import { SPOIL_GONE } from '../gone-library.ts';
import type { HeldCase } from '../held-case.ts';

/** What is kept beside objects, and what leads out of the server. */
export const AROUND_OBJECTS: readonly HeldCase[] = [
  {
    row: 'pg_largeobject, pg_largeobject_metadata',
    make: `SELECT lo_from_bytea(4711, '\\x00ff10'); ALTER LARGE OBJECT 4711 OWNER TO set_role; GRANT SELECT ON LARGE OBJECT 4711 TO owns_db; COMMENT ON LARGE OBJECT 4711 IS 'a picture'`,
    check: `SELECT oid::int, pg_get_userbyid(lomowner) AS owner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(lomacl) a) AS rights, encode(lo_get(oid), 'hex') AS bytes, obj_description(oid, 'pg_largeobject') AS said FROM pg_largeobject_metadata`,
  },
  {
    row: 'pg_largeobject, pg_largeobject_metadata',
    make: `SELECT lo_from_bytea(4712, '\\x01'); ALTER LARGE OBJECT 4712 OWNER TO nobody`,
    check: `SELECT pg_get_userbyid(lomowner) AS owner, encode(lo_get(oid), 'hex') AS bytes FROM pg_largeobject_metadata`,
    becomes: [{ owner: 'postgres', bytes: '01' }],
    logical: ['WARNING OWNER_CHANGED 4712'],
  },
  {
    row: 'pg_default_acl, pg_init_privs, grants everywhere',
    make: `CREATE TABLE t (a int, b int); GRANT SELECT (a) ON t TO set_role WITH GRANT OPTION; SET ROLE set_role; GRANT SELECT (a) ON t TO owns_db; RESET ROLE;
      ALTER DEFAULT PRIVILEGES FOR ROLE set_role IN SCHEMA public GRANT INSERT ON TABLES TO owns_db; REVOKE ALL ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC; REVOKE USAGE ON TYPE int4range FROM PUBLIC`,
    check: `SELECT (SELECT attacl::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'a') AS grants, (SELECT defaclacl::text FROM pg_default_acl) AS defaults,
      (SELECT proacl::text FROM pg_proc WHERE oid = 'pg_sleep(float8)'::regprocedure) AS sleep`,
  },
  {
    row: 'pg_default_acl, pg_init_privs, grants everywhere',
    make: `CREATE TABLE t (a int); GRANT SELECT ON t TO nobody; CREATE TABLE kept (a int); GRANT SELECT ON kept TO set_role`,
    check: `SELECT (SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE oid = 't'::regclass) AS t, (SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE oid = 'kept'::regclass) AS kept`,
    becomes: [{ t: 0, kept: 8 }],
    logical: ['WARNING PRIVILEGE_LEFT_OUT public.t'],
  },
  {
    row: 'pg_description, pg_shdescription, pg_seclabel, pg_shseclabel',
    make: `CREATE TABLE t (a int); COMMENT ON TABLE t IS E'two\\nlines, ''quoted'''; COMMENT ON COLUMN t.a IS 'a column'; CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1; COMMENT ON FUNCTION f() IS 'a function'`,
    check: `SELECT objsubid, description FROM pg_description WHERE objoid >= 16384 ORDER BY description`,
  },
  {
    row: 'pg_description, pg_shdescription, pg_seclabel, pg_shseclabel',
    make: `COMMENT ON TABLE pg_class IS 'ours: one'; COMMENT ON FUNCTION lower(text) IS 'ours: it''s'; COMMENT ON AGGREGATE count(*) IS 'ours: three'; COMMENT ON COLUMN pg_class.relname IS 'ours: four';
      COMMENT ON LANGUAGE plpgsql IS 'ours: five'; COMMENT ON OPERATOR + (int, int) IS 'ours: six'; COMMENT ON SCHEMA pg_catalog IS E'ours:\\nseven'; COMMENT ON TYPE int4 IS 'ours: eight';
      CREATE EXTENSION citext; COMMENT ON FUNCTION citext_eq(citext, citext) IS 'ours: nine'; COMMENT ON TYPE citext IS 'ours: ten'; COMMENT ON EXTENSION citext IS 'ours: eleven'`,
    check: `SELECT classoid::regclass::text AS of, objsubid, description FROM pg_description WHERE description LIKE 'ours:%' ORDER BY 3`,
  },
  {
    row: 'pg_description, pg_shdescription, pg_seclabel, pg_shseclabel',
    make: `CREATE TABLE t (a int); INSERT INTO pg_seclabel VALUES ('t'::regclass, 'pg_class'::regclass, 0, 'not here', 'secret')`,
    check: `SELECT count(*)::int AS labels FROM pg_seclabel`,
    becomes: [{ labels: 0 }],
    logical: ['WARNING OBJECT_NOT_CARRIED public.t'],
  },
  {
    row: 'pg_subscription, pg_subscription_rel',
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
    logical: ['INFO BACKGROUND_WORK_HELD pg_subscription', 'INFO BACKGROUND_WORK_HELD sub'],
    physical: ['INFO BACKGROUND_WORK_HELD pg_subscription', 'INFO BACKGROUND_WORK_HELD sub'],
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
    row: 'pg_publication, pg_publication_rel, pg_publication_namespace, pg_foreign_data_wrapper, pg_foreign_server, pg_foreign_table, pg_user_mapping',
    make: `CREATE TABLE t (a int, b int); CREATE PUBLICATION pub FOR TABLE t (a) WHERE (a > 0) WITH (publish = 'insert'); CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x', dbname 'y');
      CREATE USER MAPPING FOR set_role SERVER far OPTIONS (user 'u', password 'p w'); CREATE FOREIGN TABLE ft (a int OPTIONS (column_name 'b')) SERVER far OPTIONS (table_name 'z')`,
    check: `SELECT (SELECT pg_get_expr(prqual, prrelid) || prattrs::text FROM pg_publication_rel) AS published, (SELECT pubinsert || ' ' || pubdelete FROM pg_publication) AS kinds,
      (SELECT array_agg(o ORDER BY o) FROM pg_foreign_server, unnest(srvoptions) o) AS server, (SELECT array_agg(o ORDER BY o) FROM pg_user_mapping, unnest(umoptions) o) AS mapping, (SELECT ftoptions::text FROM pg_foreign_table) AS table`,
  },
  {
    row: 'pg_publication, pg_publication_rel, pg_publication_namespace, pg_foreign_data_wrapper, pg_foreign_server, pg_foreign_table, pg_user_mapping',
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
  {
    row: 'pg_default_acl, pg_init_privs, grants everywhere',
    make: `REVOKE USAGE ON SCHEMA information_schema FROM PUBLIC; GRANT SELECT ON information_schema.sql_parts TO set_role WITH GRANT OPTION`,
    check: `SELECT (SELECT nspacl::text FROM pg_namespace WHERE nspname = 'information_schema') AS schema, (SELECT array_agg(a::text ORDER BY a::text) FROM pg_class, unnest(relacl) a WHERE oid = 'information_schema.sql_parts'::regclass) AS parts`,
  },
  {
    row: 'pg_default_acl, pg_init_privs, grants everywhere',
    make: `CREATE EXTENSION pg_stat_statements; REVOKE SELECT ON pg_stat_statements FROM PUBLIC; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset(oid, oid, bigint) TO set_role; CREATE EXTENSION pgcrypto; REVOKE EXECUTE ON FUNCTION crypt(text, text) FROM PUBLIC`,
    check: `SELECT (SELECT string_agg(concat_ws(' ', pg_describe_object(classoid, objoid, objsubid), privtype, initprivs), ', ' ORDER BY pg_describe_object(classoid, objoid, objsubid)) FROM pg_init_privs WHERE objoid >= 16384) AS first, (SELECT relacl::text FROM pg_class WHERE relname = 'pg_stat_statements') AS view,
      (SELECT string_agg(proacl::text, ', ' ORDER BY proname) FROM pg_proc WHERE proname IN ('pg_stat_statements_reset', 'crypt')) AS functions`,
  },
  {
    row: 'pg_description, pg_shdescription, pg_seclabel, pg_shseclabel',
    server: `CREATE ROLE labelled; COMMENT ON ROLE labelled IS 'said of it'; SET allow_system_table_mods = on; INSERT INTO pg_shseclabel VALUES ('labelled'::regrole, 'pg_authid'::regclass, 'not here', 'secret')`,
    check: `SELECT shobj_description('labelled'::regrole, 'pg_authid') AS said, (SELECT count(*)::int FROM pg_shseclabel) AS labels`,
    becomes: [{ said: 'said of it', labels: 0 }],
    logical: ['/WARNING OBJECT_NOT_CARRIED null'],
  },
  {
    row: 'pg_publication, pg_publication_rel, pg_publication_namespace, pg_foreign_data_wrapper, pg_foreign_server, pg_foreign_table, pg_user_mapping',
    make: `CREATE SCHEMA "S s"; CREATE TABLE "S s".t (a int PRIMARY KEY); CREATE TABLE one (a int); CREATE PUBLICATION whole FOR TABLES IN SCHEMA "S s", TABLE one WITH (publish_via_partition_root = true); CREATE PUBLICATION everything FOR ALL TABLES; ALTER PUBLICATION whole OWNER TO CURRENT_USER; ALTER TABLE one REPLICA IDENTITY FULL`,
    check: `SELECT (SELECT string_agg(pnnspid::regnamespace::text, ', ') FROM pg_publication_namespace) AS schemas, (SELECT string_agg(prrelid::regclass::text, ', ') FROM pg_publication_rel) AS tables, (SELECT string_agg(concat_ws(' ', pubname, puballtables, pubviaroot), ', ' ORDER BY pubname) FROM pg_publication) AS kinds, (SELECT relreplident FROM pg_class WHERE relname = 'one') AS identity`,
  },
];
