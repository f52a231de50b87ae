import { lit, newName, newPlace, type Part, roleOf } from '../world.ts';

export const schema: Part = (world, dice) => {
  const name = newName(world, dice);
  world.schemas.push(name);
  return [
    `CREATE SCHEMA ${name}${dice.once(2) ? ` AUTHORIZATION ${roleOf(dice)}` : ''}`,
    ...(dice.once(2) ? [`GRANT USAGE ON SCHEMA ${name} TO ${roleOf(dice)} WITH GRANT OPTION`] : []),
    ...(dice.once(2) ? [`COMMENT ON SCHEMA ${name} IS 'a schema'`] : []),
  ];
};

export const grants: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const { name } = dice.pick(world.tables);
  const [one, two] = [roleOf(dice), roleOf(dice)];
  return [
    `GRANT SELECT, INSERT ON ${name} TO ${one} WITH GRANT OPTION`,
    `GRANT UPDATE (v), REFERENCES (id) ON ${name} TO ${two}`,
    `SET SESSION AUTHORIZATION ${one}; GRANT SELECT ON ${name} TO ${two}; RESET SESSION AUTHORIZATION`,
    ...(dice.once(3) ? [`REVOKE ALL ON ${name} FROM CURRENT_USER`] : []),
    ...(dice.once(3) ? [`GRANT SELECT ON ${name} TO PUBLIC`] : []),
  ];
};

export const defaultPrivileges: Part = (world, dice) => [
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${roleOf(dice)} GRANT SELECT ON TABLES TO ${roleOf(dice)} WITH GRANT OPTION`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${roleOf(dice)} IN SCHEMA ${dice.pick(world.schemas)} GRANT ${dice.pick(['USAGE ON SEQUENCES', 'EXECUTE ON FUNCTIONS', 'USAGE ON TYPES'])} TO ${roleOf(dice)}`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE ${roleOf(dice)} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
];

export const largeObjects: Part = (world, dice) => {
  const number = 500_000 + world.count++;
  return [
    `SELECT lo_from_bytea(${number}, ${dice.pick([`decode(repeat('c0ff00', 3000), 'hex')`, `''::bytea`, `'\\x00'::bytea`])})`,
    ...(dice.once(2) ? [`ALTER LARGE OBJECT ${number} OWNER TO ${roleOf(dice)}`] : []),
    ...(dice.once(2) ? [`GRANT SELECT ON LARGE OBJECT ${number} TO ${roleOf(dice)}`] : []),
    ...(dice.once(2) ? [`COMMENT ON LARGE OBJECT ${number} IS 'large'`] : []),
  ];
};

export const publications: Part = (world, dice) => {
  const [all, chosen, schemas] = [newName(world, dice), newName(world, dice), newName(world, dice)];
  const keyed = world.tables.filter(({ hasKey }) => hasKey);
  return [
    `CREATE PUBLICATION ${all} FOR ALL TABLES WITH (publish = 'insert, truncate', publish_via_partition_root)`,
    `CREATE PUBLICATION ${schemas} FOR TABLES IN SCHEMA ${dice.pick(world.schemas)}`,
    ...(keyed.length === 0
      ? []
      : [`CREATE PUBLICATION ${chosen} FOR TABLE ${dice.pick(keyed).name} (id, v) WHERE (id > 5)`]),
    `ALTER PUBLICATION ${schemas} OWNER TO CURRENT_USER`,
    `COMMENT ON PUBLICATION ${all} IS 'of all'`,
  ];
};

export const foreignServers: Part = (world, dice) => {
  if (!world.extensions.has('postgres_fdw')) return [];
  const [server, table] = [newName(world, dice), newPlace(world, dice)];
  return [
    `CREATE SERVER ${server} TYPE 'a type' VERSION '9' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.example', dbname 'x y')`,
    `CREATE USER MAPPING FOR ${roleOf(dice)} SERVER ${server} OPTIONS (user 'u', password 'p''w')`,
    `CREATE USER MAPPING FOR PUBLIC SERVER ${server} OPTIONS (user 'all')`,
    `CREATE FOREIGN TABLE ${table} (id int OPTIONS (column_name 'I D') NOT NULL, v text DEFAULT 'x', CHECK (id > 0)) SERVER ${server} OPTIONS (table_name 'far')`,
    `GRANT USAGE ON FOREIGN SERVER ${server} TO ${roleOf(dice)}`,
  ];
};

/** What bends how data is read or written, for whoever connects. `current` stands for the database. */
export const settings: Part = (_world, dice) =>
  dice
    .some([
      `SET DateStyle = 'SQL, DMY'`,
      `SET IntervalStyle = 'iso_8601'`,
      `SET TimeZone = 'Asia/Kathmandu'`,
      `SET search_path = public, ${lit('no such "schema')}`,
      `SET standard_conforming_strings = off`,
      `SET bytea_output = 'escape'`,
      `SET extra_float_digits = -5`,
      `SET default_transaction_read_only = on`,
      `SET statement_timeout = '1ms'`,
      `SET session_replication_role = replica`,
      `SET row_security = off`,
      `SET default_table_access_method = heap`,
      `SET array_nulls = off`,
      `SET lc_monetary = 'C.UTF-8'`,
      `SET my.own = ${lit('a, "b" \'c')}`,
      'CONNECTION LIMIT 9',
    ])
    .map((one) => `ALTER DATABASE current ${one}`);

/** What users add to operator families of the system, to the schema of the system, or to tables of extensions. */
export const additions: Part = (world, dice) => {
  const [type, compare] = [newPlace(world, dice), newPlace(world, dice)];
  const f = newName(world, dice);
  return dice.once(2)
    ? [
        `CREATE DOMAIN ${type} AS int`,
        `CREATE FUNCTION ${compare}(int, int2) RETURNS int LANGUAGE sql IMMUTABLE STRICT RETURN $1 - $2`,
        `CREATE FUNCTION pg_catalog.${f}(int) RETURNS int LANGUAGE sql AS 'SELECT $1'`,
      ]
    : [
        `CREATE TYPE ${type}`,
        `CREATE FUNCTION ${compare.replace(/"?$/, (end) => `_in${end}`)}(cstring) RETURNS ${type} LANGUAGE internal IMMUTABLE STRICT AS 'int4in'`,
        `CREATE FUNCTION ${compare}_out(${type}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out'`,
      ];
};
