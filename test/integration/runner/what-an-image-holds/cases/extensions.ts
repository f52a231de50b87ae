import type { HeldCase } from '../held-case.ts';

/** Extensions, and what users change of them. */
export const EXTENSIONS: readonly HeldCase[] = [
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
    row: 'members of extensions: triggers, indexes, constraints, policies and columns on their tables',
    needs: 'postgis',
    make: `CREATE EXTENSION postgis; ALTER TABLE spatial_ref_sys DROP CONSTRAINT spatial_ref_sys_srid_check; INSERT INTO spatial_ref_sys (srid, auth_name) VALUES (1000007, 'ours')`,
    check: `SELECT (SELECT count(*)::int FROM spatial_ref_sys WHERE auth_name = 'ours') AS rows, (SELECT count(*)::int FROM pg_constraint WHERE conname = 'spatial_ref_sys_srid_check') AS checks`,
  },
  {
    row: 'members of extensions: triggers, indexes, constraints, policies and columns on their tables',
    needs: 'postgis',
    make: `CREATE EXTENSION postgis; ALTER TABLE spatial_ref_sys DROP CONSTRAINT spatial_ref_sys_srid_check; ALTER TABLE spatial_ref_sys ADD CONSTRAINT spatial_ref_sys_srid_check CHECK (srid < 2000000); INSERT INTO spatial_ref_sys (srid, auth_name) VALUES (1000007, 'ours')`,
    check: `SELECT (SELECT count(*)::int FROM spatial_ref_sys WHERE auth_name = 'ours') AS rows, (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'spatial_ref_sys_srid_check') AS check`,
  },
  {
    row: 'members of extensions: triggers, indexes, constraints, policies and columns on their tables',
    needs: 'postgis_topology',
    make: `CREATE EXTENSION postgis; CREATE EXTENSION postgis_topology; ALTER TABLE topology.layer DISABLE TRIGGER layer_integrity_checks; ALTER TABLE topology.layer DROP CONSTRAINT layer_topology_id_fkey; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER off BEFORE INSERT ON topology.topology FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER always BEFORE INSERT ON topology.topology FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE topology.topology DISABLE TRIGGER off, ENABLE ALWAYS TRIGGER always`,
    check: `SELECT string_agg(tgname || ' ' || tgenabled::text, ', ' ORDER BY tgname) AS triggers, (SELECT count(*)::int FROM pg_constraint WHERE conname = 'layer_topology_id_fkey') AS keys FROM pg_trigger WHERE NOT tgisinternal`,
  },
  {
    row: 'members of extensions: triggers, indexes, constraints, policies and columns on their tables',
    needs: 'postgis_topology',
    make: `CREATE EXTENSION postgis; CREATE EXTENSION postgis_topology; DROP TRIGGER layer_integrity_checks ON topology.layer`,
    check: `SELECT count(*)::int AS triggers FROM pg_trigger WHERE NOT tgisinternal`,
  },
  {
    row: 'members of extensions: functions, views, stock rows',
    make: `CREATE EXTENSION hstore; ALTER EXTENSION hstore DROP FUNCTION akeys(hstore); DROP FUNCTION akeys(hstore)`,
    check: `SELECT to_regprocedure('akeys(hstore)') IS NOT NULL AS there`,
    becomes: [{ there: true }],
    logical: ['WARNING EXTENSION_OBJECT_CHANGED public.akeys(public.hstore)'],
  },
  {
    row: 'members of extensions: functions, views, stock rows',
    make: `CREATE EXTENSION hstore; CREATE OR REPLACE FUNCTION hstore(text, text) RETURNS hstore LANGUAGE sql IMMUTABLE AS $$SELECT 'a=>1'::hstore$$`,
    check: `SELECT hstore('x', 'y') -> 'x' AS x`,
    becomes: [{ x: 'y' }],
    logical: ['WARNING EXTENSION_OBJECT_CHANGED public.hstore(text,text)'],
  },
  {
    row: 'members of extensions: what ALTER says of them',
    server: `CREATE ROLE alters_members`,
    make: `CREATE EXTENSION hstore; ALTER FUNCTION akeys(hstore) COST 77 PARALLEL UNSAFE LEAKPROOF CALLED ON NULL INPUT STABLE SECURITY DEFINER;
      ALTER FUNCTION skeys(hstore) ROWS 7; ALTER FUNCTION avals(hstore) SET search_path = '$user', "x y"; ALTER FUNCTION avals(hstore) SET "my.own" = 'it''s, "so"'; ALTER TYPE hstore OWNER TO alters_members; ALTER FUNCTION hstore_in(cstring) OWNER TO alters_members`,
    check: `SELECT proname, procost, prorows, proparallel, proleakproof, proisstrict, provolatile, prosecdef, proconfig, proowner::regrole::text AS owner, (SELECT typowner::regrole::text FROM pg_type WHERE typname = 'hstore') AS of_type
      FROM pg_proc WHERE proname IN ('akeys', 'skeys', 'avals', 'hstore_in', 'hstore_out') ORDER BY 1`,
  },
  {
    row: 'members of extensions: what ALTER says of them',
    make: `CREATE EXTENSION hstore; ALTER TYPE hstore SET (STORAGE = external)`,
    check: `SELECT typstorage::text FROM pg_type WHERE typname = 'hstore'`,
    becomes: [{ typstorage: 'x' }],
    logical: ['WARNING EXTENSION_OBJECT_CHANGED public.hstore'],
  },
  {
    row: 'members of extensions: sequences',
    needs: 'postgis_topology',
    make: `CREATE EXTENSION postgis; CREATE EXTENSION postgis_topology; SELECT topology.CreateTopology('city'), topology.CreateTopology('county')`,
    check: `SELECT string_agg(name, ', ' ORDER BY id) AS names, (SELECT (last_value, is_called)::text FROM topology.topology_id_seq) AS last FROM topology.topology`,
  },
  {
    row: 'members of extensions: sequences',
    needs: 'postgis_topology',
    make: `CREATE EXTENSION postgis; CREATE EXTENSION postgis_topology; ALTER SEQUENCE topology.topology_id_seq INCREMENT -3 MINVALUE -50 MAXVALUE 90 START 80 CACHE 4 CYCLE; SELECT setval('topology.topology_id_seq', 40, false)`,
    check: `SELECT q.seqincrement::int, q.seqmin::int, q.seqmax::int, q.seqstart::int, q.seqcache::int, q.seqcycle, s.last_value::int, s.is_called FROM pg_sequence q, topology.topology_id_seq s WHERE q.seqrelid = 'topology.topology_id_seq'::regclass`,
  },
  {
    row: 'members of extensions: what users gave to one',
    make: `CREATE EXTENSION hstore; CREATE FUNCTION ours() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := 5; RETURN NEW; END'; CREATE TYPE ours AS ENUM ('x', 'it''s'); CREATE SCHEMA given; CREATE TABLE given.t (a int, o ours);
      CREATE TRIGGER tr BEFORE INSERT ON given.t FOR EACH ROW EXECUTE FUNCTION ours(); INSERT INTO given.t VALUES (1, 'x'); ALTER EXTENSION hstore ADD FUNCTION ours(); ALTER EXTENSION hstore ADD TYPE ours; ALTER EXTENSION hstore ADD SCHEMA given`,
    check: `SELECT t.*, (SELECT count(*)::int FROM pg_trigger WHERE tgname = 'tr') AS triggers, (SELECT count(*)::int FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
      AND objid IN ('ours()'::regprocedure, 'ours'::regtype, 'given'::regnamespace)) AS members FROM given.t`,
  },
  {
    row: 'members of extensions: what users gave to one',
    make: `CREATE EXTENSION hstore; CREATE TABLE given (a int); INSERT INTO given VALUES (1); ALTER EXTENSION hstore ADD TABLE given`,
    check: `SELECT to_regclass('given') IS NOT NULL AS there`,
    becomes: [{ there: false }],
    logical: ['CRITICAL ROWS_NOT_LOADABLE public.given', 'WARNING EXTENSION_OBJECT_CHANGED public.given'],
  },
  {
    row: 'members of extensions: what users gave to one',
    needs: 'address_standardizer_data_us',
    make: `CREATE EXTENSION address_standardizer_data_us; UPDATE pg_extension SET extconfig = NULL, extcondition = NULL; INSERT INTO us_gaz (seq, word, stdword, token) VALUES (1, 'ours', 'ours', 1)`,
    check: `SELECT count(*)::int AS ours, (SELECT count(*)::int FROM us_lex) AS words FROM us_gaz WHERE word = 'ours'`,
    becomes: [{ ours: 0, words: 2938 }],
    logical: ['CRITICAL ROWS_NOT_LOADABLE public.us_gaz'],
  },
  {
    row: 'members of extensions: what users gave to one',
    needs: 'address_standardizer_data_us',
    make: `CREATE EXTENSION address_standardizer_data_us; CREATE EXTENSION refint`,
    check: `SELECT (SELECT count(*)::int FROM us_gaz) AS places, (SELECT count(*)::int FROM us_lex) AS words`,
  },
  {
    row: 'pg_extension',
    make: `DROP EXTENSION plpgsql; CREATE TABLE t (a int)`,
    check: `SELECT (SELECT count(*)::int FROM pg_extension) AS extensions, (SELECT count(*)::int FROM pg_language WHERE lanispl) AS languages`,
  },
];
