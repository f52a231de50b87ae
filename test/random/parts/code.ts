import { lit, newName, newPlace, type Part, roleOf } from '../world.ts';

/** Contrib of PostgreSQL that every package of it has, with an operator class or function to use it by where that is worth it. */
const EXTENSIONS = [
  'citext',
  'hstore',
  'ltree',
  'pg_trgm',
  'unaccent',
  'cube',
  'earthdistance',
  'tablefunc',
  'postgres_fdw',
  'file_fdw',
  'pgcrypto',
  'uuid-ossp',
  'btree_gist',
  'btree_gin',
  'intarray',
  'isn',
  'seg',
  'fuzzystrmatch',
  'lo',
  'bloom',
  'dict_int',
  'dict_xsyn',
  'intagg',
  'tsm_system_rows',
  'autoinc',
  'insert_username',
  'moddatetime',
  'tcn',
  'pageinspect',
  'amcheck',
  'pgrowlocks',
  'pgstattuple',
  'pg_buffercache',
  'pg_freespacemap',
  'pg_visibility',
  'sslinfo',
  'xml2',
  'dblink',
] as const;

const VALUES: Readonly<Record<string, readonly [string, string]>> = {
  citext: ['citext', `'Mixed ' || i`],
  hstore: ['hstore', `'"a b"=>"' || i || '", c=>NULL'`],
  ltree: ['ltree', `('a.b' || i)`],
  cube: ['cube', `'(1,2),(3,4)'`],
  seg: ['seg', `'1.5 .. 3'`],
  isn: ['isbn', `'978-0-393-04002-9'`],
};

export const extension: Part = (world, dice) => {
  const name = dice.pick(EXTENSIONS);
  if (world.extensions.has(name)) return [];
  const schema = dice.pick(world.schemas);
  const needs = name === 'earthdistance' && !world.extensions.has('cube') ? ['cube'] : [];
  world.extensions.add(name);
  for (const one of needs) world.extensions.add(one);
  const value = VALUES[name];
  if (value !== undefined)
    world.types.push({ type: `${schema}.${value[0]}`, value: `(${value[1]})::${schema}.${value[0]}` });
  return [
    ...needs.map((one) => `CREATE EXTENSION "${one}" SCHEMA ${schema}`),
    `CREATE EXTENSION "${name}" SCHEMA ${schema}`,
    ...(dice.once(3) ? [`COMMENT ON EXTENSION "${name}" IS 'a comment of ours'`] : []),
  ];
};

/** Functions that find their helper by search_path, or that say where it is. */
export const functions: Part = (world, dice) => {
  const schema = dice.pick(world.schemas);
  const helper = newName(world, dice);
  const f = newPlace(world, dice);
  world.functions.push(f);
  const call = dice.once(2) ? helper : `${schema}.${helper}`;
  const body = dice.pick([
    `LANGUAGE sql IMMUTABLE AS ${lit(`SELECT ${call}($1)`)}`,
    `LANGUAGE plpgsql IMMUTABLE AS ${lit(`BEGIN RETURN ${call}($1); END`)}`,
    `LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT ${schema}.${helper}($1); END`,
    `LANGUAGE plpgsql IMMUTABLE SET search_path = ${schema}, pg_temp AS ${lit(`BEGIN RETURN ${helper}($1); END`)}`,
  ]);
  return [
    `CREATE FUNCTION ${schema}.${helper}(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'`,
    `CREATE FUNCTION ${f}(a int) RETURNS int ${body}`,
    ...(dice.once(2) ? [`ALTER FUNCTION ${f}(int) COST 7 PARALLEL SAFE STRICT`] : []),
    ...(dice.once(3)
      ? [
          `ALTER FUNCTION ${f}(int) OWNER TO ${roleOf(dice)}`,
          `GRANT EXECUTE ON FUNCTION ${schema}.${helper}(int) TO PUBLIC`,
        ]
      : []),
    ...(dice.once(3) ? [`REVOKE ALL ON FUNCTION ${schema}.${helper}(int) FROM PUBLIC`] : []),
  ];
};

export const moreCode: Part = (world, dice) => {
  const [state, total, operator, cast, procedure, wide] = Array.from({ length: 6 }, () => newPlace(world, dice));
  const sign = `${dice.pick(world.schemas)}.${dice.pick(['@+@', '<=>?', '##'])}${'#'.repeat(world.count % 7)}`;
  return [
    `CREATE FUNCTION ${state}(int, int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 + coalesce($2, 0)`,
    `CREATE AGGREGATE ${total}(int) (SFUNC = ${state}, STYPE = int, INITCOND = '0', PARALLEL = SAFE)`,
    `CREATE FUNCTION ${operator}(a int, VARIADIC b int[] DEFAULT '{1}', OUT c int, OUT d text) LANGUAGE sql AS 'SELECT a, b::text'`,
    `CREATE OPERATOR ${sign} (LEFTARG = int, RIGHTARG = int, FUNCTION = ${state}, COMMUTATOR = OPERATOR(${sign}))`,
    `CREATE TYPE ${cast} AS ENUM ('one')`,
    `CREATE CAST (${cast} AS varchar) WITH INOUT AS IMPLICIT`,
    `CREATE PROCEDURE ${procedure}(INOUT a int) LANGUAGE plpgsql SECURITY DEFINER SET work_mem = '5MB' SET "my.own" = 'a, "b' AS 'BEGIN NULL; END'`,
    `CREATE FUNCTION ${wide}() RETURNS TABLE (a int, "B b" text) LANGUAGE sql STABLE ROWS 7 AS 'SELECT 1, ''x'''`,
    `COMMENT ON AGGREGATE ${total}(int) IS 'sums'`,
  ];
};

export const textSearch: Part = (world, dice) => {
  const [dictionary, configuration] = [newPlace(world, dice), newPlace(world, dice)];
  return [
    `CREATE TEXT SEARCH DICTIONARY ${dictionary} (TEMPLATE = simple, STOPWORDS = english, ACCEPT = false)`,
    `CREATE TEXT SEARCH CONFIGURATION ${configuration} (COPY = german)`,
    `ALTER TEXT SEARCH CONFIGURATION ${configuration} ALTER MAPPING FOR asciiword, word WITH ${dictionary}, simple`,
    `ALTER TEXT SEARCH CONFIGURATION ${configuration} OWNER TO ${roleOf(dice)}`,
  ];
};

export const operatorClass: Part = (world, dice) => {
  const [type, family, compare] = [newPlace(world, dice), newPlace(world, dice), newPlace(world, dice)];
  const table = newPlace(world, dice);
  return [
    `CREATE TYPE ${type} AS (a int)`,
    `CREATE FUNCTION ${compare}(int, int) RETURNS int LANGUAGE sql IMMUTABLE STRICT RETURN $2 - $1`,
    `CREATE OPERATOR FAMILY ${family} USING btree`,
    `CREATE OPERATOR CLASS ${family} FOR TYPE int USING btree FAMILY ${family} AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 ${compare}(int, int)`,
    ...(dice.once(2) ? [`ALTER OPERATOR FAMILY ${family} USING btree ADD OPERATOR 1 > (int, bigint)`] : []),
    `CREATE TABLE ${table} (id int, v text)`,
    `INSERT INTO ${table} SELECT i, 'v' FROM generate_series(1, 20) i`,
    `CREATE INDEX ON ${table} (id ${family})`,
  ];
};

export const eventTrigger: Part = (world, dice) => {
  const [f, name] = [newPlace(world, dice), newName(world, dice)];
  return [
    `CREATE FUNCTION ${f}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''nothing is made any more''; END'`,
    `CREATE EVENT TRIGGER ${name} ON ${dice.pick(['sql_drop', 'table_rewrite'])} EXECUTE FUNCTION ${f}()`,
    ...(dice.once(2)
      ? [`ALTER EVENT TRIGGER ${name} ${dice.pick(['DISABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])}`]
      : []),
    `COMMENT ON EVENT TRIGGER ${name} IS 'stops'`,
  ];
};
