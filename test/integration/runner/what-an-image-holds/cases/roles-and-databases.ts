import type { HeldCase } from '../held-case.ts';

const SECRET =
  'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVkX2tleV9vZl8zMl9ieXRlc19leGFjdA==:c2VydmVyX2tleV9vZl8zMl9ieXRlc19leGFjdA==';

/** What lies beside or around the objects of a database. */
export const ROLES_AND_DATABASES: readonly HeldCase[] = [
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
    row: 'pg_parameter_acl',
    server: `GRANT SET ON PARAMETER log_min_duration_statement TO set_role WITH GRANT OPTION; GRANT ALTER SYSTEM ON PARAMETER wal_compression TO owns_db; GRANT SET ON PARAMETER "our.own" TO PUBLIC`,
    check: `SELECT parname, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(paracl) a) AS rights FROM pg_parameter_acl WHERE parname <> 'work_mem' ORDER BY 1`,
  },
  {
    row: 'pg_parameter_acl',
    server: `GRANT SET ON PARAMETER work_mem TO nobody`,
    check: `SELECT count(*)::int AS rights FROM pg_parameter_acl, aclexplode(paracl) WHERE parname = 'work_mem' AND grantee <> grantor`,
    becomes: [{ rights: 0 }],
    logical: ['/WARNING PRIVILEGE_LEFT_OUT null'],
  },
  {
    row: 'pg_replication_origin',
    server: `SELECT pg_replication_origin_create('it''s ours')`,
    check: `SELECT roname FROM pg_replication_origin WHERE roname NOT LIKE 'pg%'`,
    becomes: [],
    logical: [`/WARNING OBJECT_NOT_CARRIED it's ours`],
  },
  {
    row: 'pg_replication_slots',
    server: `SELECT pg_create_physical_replication_slot('a_standby', true)`,
    make: `SELECT pg_create_logical_replication_slot('a_follower', 'pgoutput')`,
    check: `SELECT slot_name, plugin FROM pg_replication_slots WHERE NOT temporary ORDER BY 1`,
    becomes: [],
    becomesPhysical: [],
    logical: ['/INFO OBJECT_NOT_CARRIED a_standby', 'INFO OBJECT_NOT_CARRIED a_follower'],
    physical: ['/INFO OBJECT_NOT_CARRIED a_standby', 'INFO OBJECT_NOT_CARRIED a_follower'],
  },
];
