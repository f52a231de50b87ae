import { newName, newPlace, type Part, type World } from '../world.ts';

/** Types of the system, with values that are hard to carry. */
export const PLAIN_TYPES = [
  { type: 'int', value: 'i' },
  { type: 'bigint', value: '(i::bigint << 40) - 1' },
  {
    type: 'numeric',
    value: `CASE i % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' ELSE repeat('9', 40)::numeric / 7 END`,
  },
  { type: 'numeric(30,8)', value: 'i / 3.0' },
  { type: 'float8', value: `CASE i % 3 WHEN 0 THEN 'NaN' WHEN 1 THEN 1.1::float8 / 3 ELSE '-Infinity' END` },
  { type: 'real', value: 'i / 7.0' },
  { type: 'text', value: `E'tab\\t nl\\n bs\\\\ \\\\N \\r ☃ ' || i` },
  { type: 'text COLLATE "C"', value: `repeat('Ä', i % 5)` },
  { type: 'varchar(20)', value: `CASE WHEN i % 3 = 0 THEN '' ELSE '\\.' END` },
  { type: 'char(7)', value: `'x' || i` },
  { type: 'name', value: `'n' || i` },
  { type: 'bytea', value: `decode(md5(i::text), 'hex') || '\\x00'` },
  {
    type: 'date',
    value: `CASE i % 4 WHEN 0 THEN 'infinity' WHEN 1 THEN '0044-03-15 BC' ELSE '2020-01-01'::date + i END`,
  },
  {
    type: 'timestamptz',
    value: `CASE i % 3 WHEN 0 THEN '-infinity' ELSE '1900-01-01 00:00:00.123456+00'::timestamptz + i * interval '37 days' END`,
  },
  { type: 'timestamp(3)', value: `'2020-02-29 23:59:59.999'::timestamp + i * interval '1 hour'` },
  { type: 'interval', value: `make_interval(years => i, days => -i, secs => i / 3.0)` },
  { type: 'time with time zone', value: `'12:00:00.5-07:30'::timetz` },
  { type: 'money', value: 'i::numeric::money' },
  { type: 'bool', value: 'i % 2 = 0' },
  { type: 'uuid', value: 'md5(i::text)::uuid' },
  { type: 'inet', value: `('10.0.0.' || i % 255 || '/24')::inet` },
  { type: 'macaddr', value: `'08:00:2b:01:02:03'::macaddr` },
  { type: 'bit varying(9)', value: `B'101'` },
  { type: 'point', value: 'point(i / 3.0, -i)' },
  { type: 'polygon', value: `'((0,0),(1,1),(2,0))'::polygon` },
  { type: 'json', value: `'{"b": 1, "a":  ' || i || ', "b": 2}'` },
  { type: 'jsonb', value: `jsonb_build_object('k', i, 'n', 1e-7, 's', E'\\u00e4')` },
  { type: 'jsonpath', value: `'$.a[*] ? (@ > 1)'::jsonpath` },
  { type: 'xml', value: `('<a b="' || i || '">&lt;</a>')::xml` },
  {
    type: 'int[]',
    value: `CASE i % 3 WHEN 0 THEN '[2:3][-1:0]={{1,2},{3,4}}'::int[] WHEN 1 THEN '{}' ELSE ARRAY[i, NULL] END`,
  },
  { type: 'text[]', value: `ARRAY['a,b', 'NULL', NULL, '"', E'\\\\', '', '{}']` },
  { type: 'int4range', value: 'int4range(i, i + 3)' },
  { type: 'nummultirange', value: `'{[1,2),(3.5,4]}'::nummultirange` },
  { type: 'tsvector', value: `to_tsvector('simple', 'fat cats ' || i)` },
  { type: 'tsquery', value: `'fat:ab & !(cat <-> rat)'::tsquery` },
  { type: 'regclass', value: `'pg_catalog.pg_class'::regclass` },
  { type: 'pg_lsn', value: `'16/B374D848'::pg_lsn` },
  { type: '"char"', value: `chr(65 + i % 20)::"char"` },
] as const;

/** Any type that is there. */
export function typesOf(world: World): readonly { readonly type: string; readonly value: string }[] {
  return [...PLAIN_TYPES, ...world.types, ...world.types];
}

export const enumType: Part = (world, dice) => {
  const name = newPlace(world, dice);
  world.types.push({ type: name, value: `(enum_range(NULL::${name}))[1 + i % 3]` });
  return [
    `CREATE TYPE ${name} AS ENUM ('b', 'it''s', 'Ä ☃')`,
    ...(dice.once(2)
      ? [`ALTER TYPE ${name} ADD VALUE 'a' BEFORE 'b'`, `ALTER TYPE ${name} ADD VALUE 'ba' AFTER 'b'`]
      : []),
    ...(dice.once(3) ? [`ALTER TYPE ${name} RENAME VALUE 'it''s' TO 'renamed'`] : []),
  ];
};

export const domainType: Part = (world, dice) => {
  const name = newPlace(world, dice);
  const checks = dice.some([
    `CONSTRAINT ${newName(world, dice)} CHECK (VALUE < 100000)`,
    'DEFAULT 7',
    'CHECK (VALUE IS DISTINCT FROM -1)',
    ...world.functions.map((one) => `CHECK (${one}(VALUE) > -1000000)`),
  ]);
  const list = checks.filter((one, at) => !one.startsWith('DEFAULT') || at === checks.indexOf('DEFAULT 7'));
  const over = `${newPlace(world, dice)}`;
  world.types.push({ type: name, value: 'i' }, { type: `${name}[]`, value: `ARRAY[i, NULL]::${name}[]` });
  const statements = [`CREATE DOMAIN ${name} AS int ${list.join(' ')}`];
  if (dice.once(2)) {
    world.types.push({ type: over, value: 'i' });
    statements.push(`CREATE DOMAIN ${over} AS ${name} CHECK (VALUE > -5)`);
  }
  if (dice.once(3)) statements.push(`ALTER DOMAIN ${name} ADD CHECK (VALUE <> 77) NOT VALID`);
  return statements;
};

export const compositeType: Part = (world, dice) => {
  const name = newPlace(world, dice);
  world.types.push(
    { type: name, value: `ROW(i, E'a"b\\\\,' || i, NULL)::${name}` },
    { type: `${name}[]`, value: `ARRAY[ROW(i, '', now()), NULL]::${name}[]` },
  );
  return [
    `CREATE TYPE ${name} AS (a int, "B b" text COLLATE "C", gone int, c timestamptz)`,
    `ALTER TYPE ${name} DROP ATTRIBUTE gone`,
    `COMMENT ON COLUMN ${name}."B b" IS 'an attribute'`,
  ];
};

export const rangeType: Part = (world, dice) => {
  const name = newPlace(world, dice);
  const multi = newPlace(world, dice);
  world.types.push({ type: name, value: `${name}(i::float8, i + 1.5::float8, '[]')` });
  world.types.push({ type: multi, value: `${multi}(${name}(i::float8, i + 1::float8))` });
  return [`CREATE TYPE ${name} AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = ${multi})`];
};

export const collations: Part = (world, dice) => {
  const name = newPlace(world, dice);
  const isIcu = dice.once(2);
  if (isIcu) world.types.push({ type: `text COLLATE ${name}`, value: `'Straße ' || i` });
  else world.types.push({ type: `text COLLATE ${name}`, value: `'s' || i` });
  return isIcu
    ? [`CREATE COLLATION ${name} (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = ${dice.once(2)})`]
    : [`CREATE COLLATION ${name} (LC_COLLATE = 'C', LC_CTYPE = 'C.UTF-8')`];
};
