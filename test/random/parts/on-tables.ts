import { newName, newPlace, type Part, roleOf } from '../world.ts';

export const indexes: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const { name } = dice.pick(world.tables);
  const f = world.functions.length > 0 ? dice.pick(world.functions) : 'abs';
  return dice.some([
    `CREATE INDEX ON ${name} (lower(v) text_pattern_ops DESC NULLS LAST) WHERE v IS NOT NULL`,
    `CREATE INDEX ${newName(world, dice)} ON ${name} (${f}(id::int), v)`,
    `CREATE INDEX ON ${name} (id) WHERE ${f}(id::int) > 3`,
    `CREATE INDEX ON ${name} USING brin (id) WITH (pages_per_range = 3)`,
    `CREATE INDEX ON ${name} USING hash (v)`,
    `CREATE INDEX ON ${name} USING gin (to_tsvector('simple', v))`,
    `CREATE INDEX ON ${name} USING spgist (v)`,
    `CREATE STATISTICS ${newPlace(world, dice)} (ndistinct, mcv) ON id, v FROM ${name}`,
    `CREATE STATISTICS ${newPlace(world, dice)} ON lower(v), id FROM ${name}`,
  ]);
};

export const foreignKeys: Part = (world, dice) => {
  const keys = world.tables.filter(({ hasKey }) => hasKey);
  if (keys.length === 0) return [];
  const parent = dice.pick(keys).name;
  const child = newPlace(world, dice);
  world.tables.push({ name: child, hasKey: false });
  const how = dice.pick([
    '',
    ' ON DELETE CASCADE',
    ' ON UPDATE SET NULL',
    ' DEFERRABLE INITIALLY DEFERRED',
    ' MATCH FULL',
    ' NOT VALID',
  ]);
  return [
    `CREATE TABLE ${child} (id int, v text, up int)${dice.once(4) ? ' PARTITION BY HASH (id)' : ''}`,
    `CREATE TABLE ${newPlace(world, dice)} PARTITION OF ${child} FOR VALUES WITH (MODULUS 1, REMAINDER 0)`,
    `INSERT INTO ${child} SELECT (row_number() OVER ())::int, 'c', id::int FROM ${parent} LIMIT 9`,
    `ALTER TABLE ${child} ADD CONSTRAINT ${newName(world, dice)} FOREIGN KEY (up) REFERENCES ${parent}${how}`,
  ];
};

export const triggers: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const { name } = dice.pick(world.tables);
  const [f, trigger, constraint] = [newPlace(world, dice), newName(world, dice), newName(world, dice)];
  return [
    `CREATE FUNCTION ${f}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no row is written''; END'`,
    `CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE OF v ON ${name} FOR EACH ROW WHEN (NEW.v <> 'x') EXECUTE FUNCTION ${f}('a''b', 2)`,
    `CREATE CONSTRAINT TRIGGER ${constraint} AFTER INSERT ON ${name} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${f}()`,
    `CREATE TRIGGER ${newName(world, dice)} AFTER INSERT ON ${name} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ${f}()`,
    ...(dice.once(2)
      ? [`ALTER TABLE ${name} ${dice.pick(['DISABLE', 'ENABLE ALWAYS', 'ENABLE REPLICA'])} TRIGGER ${trigger}`]
      : []),
  ];
};

export const policies: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const { name } = dice.pick(world.tables);
  const f = world.functions.length > 0 ? dice.pick(world.functions) : 'abs';
  return [
    `CREATE POLICY ${newName(world, dice)} ON ${name} AS RESTRICTIVE FOR UPDATE TO ${roleOf(dice)} USING (${f}(id::int) > 0) WITH CHECK (v = current_user)`,
    `CREATE POLICY ${newName(world, dice)} ON ${name} FOR SELECT USING (EXISTS (SELECT FROM ${dice.pick(world.tables).name} o WHERE o.id = 1))`,
    `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`,
    ...(dice.once(2) ? [`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`] : []),
  ];
};

export const views: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const from = dice.pick([...world.tables.map((one) => one.name), ...world.views]);
  const table = dice.pick(world.tables).name;
  const f = world.functions.length > 0 ? dice.pick(world.functions) : 'abs';
  const [plain, recursive, grouped, ruled] = Array.from({ length: 4 }, () => newPlace(world, dice));
  world.views.push(String(plain));
  return [
    `CREATE VIEW ${plain} WITH (security_barrier) AS SELECT id, v, ${f}(id::int) AS made FROM ${from} WHERE v IS DISTINCT FROM 'x'`,
    `CREATE RECURSIVE VIEW ${recursive} (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM ${recursive} WHERE n < 5`,
    `CREATE VIEW ${grouped} AS SELECT *, row_number() OVER w AS nth FROM ${table} WINDOW w AS (ORDER BY id)`,
    `CREATE VIEW ${ruled} AS SELECT 1 AS a`,
    `CREATE OR REPLACE VIEW ${ruled} AS SELECT 1 AS a, o.v FROM ${table} o JOIN ${table} p USING (id)`,
    `CREATE RULE ${newName(world, dice)} AS ON INSERT TO ${ruled} DO INSTEAD NOTHING`,
    ...(dice.once(2)
      ? [`ALTER VIEW ${plain} OWNER TO ${roleOf(dice)}`, `ALTER VIEW ${plain} ALTER v SET DEFAULT 'of the view'`]
      : []),
  ];
};

export const materializedViews: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const from = dice.pick([...world.tables.map((one) => one.name), ...world.views]);
  const f = world.functions.length > 0 ? dice.pick(world.functions) : 'abs';
  const [name, over] = [newPlace(world, dice), newPlace(world, dice)];
  return [
    `CREATE MATERIALIZED VIEW ${name} AS SELECT id, ${f}(id::int) AS made, count(*) AS n FROM ${from} GROUP BY id${dice.once(3) ? ' WITH NO DATA' : ''}`,
    `CREATE UNIQUE INDEX ON ${name} (id)`,
    `CREATE MATERIALIZED VIEW ${over} AS SELECT sum(n) FROM ${name}`,
    `COMMENT ON MATERIALIZED VIEW ${name} IS 'kept'`,
  ];
};

export const exclusion: Part = (world, dice) => {
  const name = newPlace(world, dice);
  world.tables.push({ name, hasKey: false });
  return [
    `CREATE TABLE ${name} (id int, v text, during tsrange, EXCLUDE USING gist (during WITH &&) WHERE (id > 0), UNIQUE NULLS NOT DISTINCT (v))`,
    `INSERT INTO ${name} SELECT i, 'u' || i, tsrange('2020-01-01'::timestamp + i * interval '1 day', '2020-01-01'::timestamp + (i + 1) * interval '1 day') FROM generate_series(1, 30) i`,
    ...(dice.once(2) ? [`ALTER TABLE ${name} ADD UNIQUE (id, v) INCLUDE (during) DEFERRABLE`] : []),
  ];
};

export const rules: Part = (world, dice) => {
  if (world.tables.length === 0) return [];
  const { name } = dice.pick(world.tables);
  const log = newPlace(world, dice);
  return [
    `CREATE TABLE ${log} (what text)`,
    `CREATE RULE ${newName(world, dice)} AS ON UPDATE TO ${name} WHERE old.v <> new.v DO ALSO INSERT INTO ${log} VALUES (old.v || '>' || new.v)`,
    `CREATE RULE ${newName(world, dice)} AS ON DELETE TO ${name} DO INSTEAD NOTHING`,
    ...(dice.once(3) ? [`ALTER TABLE ${name} DISABLE RULE ${newName(world, dice)}`] : []),
  ];
};
