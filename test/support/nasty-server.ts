import pg from 'pg';
import type { SourceServer } from './source-server.ts';

const name = pg.escapeIdentifier;

/** Names that break whatever pastes them into SQL, shell, connection strings, paths, lines or globs. */
export const NASTY_DATABASES = [
  '"we ird"; drop',
  'UPPER Case',
  'template0 ',
  "it's; $(touch /tmp/owned) `id`",
  'back\\slash\\',
  'host=evil dbname=postgres',
  'postgresql://evil:1/x',
  'two\nlines\n::toygres:: result {}',
  '--help',
  '*',
  'snow ☃ données',
  '%s%n$1&',
] as const;

export const NASTY_ROLES = [
  'Ro"le; DROP ROLE postgres;--',
  'CREATE ROLE postgres;',
  "o'brien $$ \\",
  'two\nCREATE ROLE postgres;\nlines',
  'ünïcode',
] as const;

const ROLES = `
  CREATE ROLE owner_one LOGIN PASSWORD 'owner''s pass' CONNECTION LIMIT 7 VALID UNTIL '2099-01-01';
  CREATE ROLE "group" NOLOGIN CREATEDB NOINHERIT;
  CREATE ROLE reader NOLOGIN BYPASSRLS;
  CREATE ROLE other_super SUPERUSER LOGIN PASSWORD 'x' REPLICATION;
  SET password_encryption = 'md5'; CREATE ROLE old_hash LOGIN PASSWORD 'md5 kept'; RESET password_encryption;
  GRANT "group" TO owner_one WITH ADMIN OPTION;
  GRANT reader TO "group";
  GRANT pg_monitor TO reader;
  ALTER ROLE owner_one SET work_mem = '9MB';
  ALTER ROLE owner_one SET search_path = 'a b', "$user", public;
  ALTER ROLE postgres SET statement_timeout = '1h';
  ALTER ROLE postgres SET default_transaction_read_only = 'on';
  ALTER ROLE postgres SET search_path = 'nowhere';
  COMMENT ON ROLE reader IS 'it''s a "comment"; \\ with
    lines';
  GRANT SET ON PARAMETER log_min_duration_statement TO reader;`;

const SHOP = `
  CREATE EXTENSION citext; CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm; CREATE EXTENSION postgres_fdw;
  CREATE EXTENSION pg_stat_statements; CREATE EXTENSION btree_gist;
  CREATE SCHEMA "Sch ema""x" AUTHORIZATION owner_one;
  COMMENT ON SCHEMA "Sch ema""x" IS 'commented';
  CREATE TYPE mood AS ENUM ('sad', 'o''k', 'Happy ☃'); ALTER TYPE mood OWNER TO owner_one;
  CREATE TYPE pair AS (left_one int, "Right" text COLLATE "C");
  CREATE DOMAIN positive AS int DEFAULT 1 CHECK (VALUE > 0) NOT NULL;
  CREATE TYPE span AS RANGE (subtype = float8);
  CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN a + b;
  CREATE FUNCTION noisy() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.note := coalesce(NEW.note, 'x'); RETURN NEW; END $f$;
  CREATE PROCEDURE act() LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS 'BEGIN NULL; END';
  CREATE AGGREGATE total(int) (SFUNC = add, STYPE = int, INITCOND = 0);
  CREATE OPERATOR @+@ (LEFTARG = int, RIGHTARG = int, FUNCTION = add);
  CREATE CAST (mood AS citext) WITH INOUT AS ASSIGNMENT;
  CREATE SEQUENCE odd START 7 INCREMENT 3 MINVALUE 1 CYCLE CACHE 5; SELECT nextval('odd'), nextval('odd');
  CREATE TABLE goods (
    id bigint GENERATED ALWAYS AS IDENTITY (START 1000) PRIMARY KEY,
    "Na me" text COLLATE "C" NOT NULL DEFAULT 'a''b', price numeric(10, 2) CHECK (price >= 0),
    doubled numeric GENERATED ALWAYS AS (price * 2) STORED, state mood DEFAULT 'sad', two pair, amount positive,
    during tstzrange, extra jsonb, tags text[], raw bytea, attributes hstore, label citext, note text,
    EXCLUDE USING gist (during WITH &&));
  INSERT INTO goods ("Na me", price, state, two, amount, extra, tags, raw, attributes, label)
    SELECT E'n\\n\\t\\\\' || i, i, (enum_range(NULL::mood))[1 + i % 3], ROW(i, 'r' || i)::pair, i, jsonb_build_object('k', i),
           ARRAY['a', NULL, 'c,"' || i], decode(md5(i::text), 'hex'), hstore('a', i::text), 'L' || i
    FROM generate_series(1, 500) i;
  ALTER TABLE goods ALTER COLUMN note SET STORAGE EXTERNAL, ALTER COLUMN price SET STATISTICS 55, SET (fillfactor = 70);
  ALTER TABLE goods DROP COLUMN tags;
  CREATE INDEX "in dex" ON goods (lower(note), price DESC NULLS LAST) WHERE price > 3;
  CREATE INDEX trgm ON goods USING gin ("Na me" gin_trgm_ops); CLUSTER goods USING goods_pkey;
  CREATE STATISTICS goods_stat (dependencies, ndistinct) ON price, state FROM goods;
  CREATE TRIGGER noise BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION noisy();
  ALTER TABLE goods DISABLE TRIGGER noise; ALTER TABLE goods REPLICA IDENTITY FULL;
  COMMENT ON COLUMN goods."Na me" IS 'col''s comment'; COMMENT ON INDEX trgm IS 'ix'; COMMENT ON FUNCTION add(int, int) IS 'adds';
  ALTER TABLE goods OWNER TO owner_one;
  GRANT SELECT ("Na me", price), UPDATE (note) ON goods TO reader; GRANT INSERT ON goods TO "group" WITH GRANT OPTION;
  GRANT EXECUTE ON FUNCTION add(int, int) TO reader; REVOKE ALL ON FUNCTION add(int, int) FROM PUBLIC;
  ALTER TABLE goods ENABLE ROW LEVEL SECURITY; ALTER TABLE goods FORCE ROW LEVEL SECURITY;
  CREATE POLICY "po licy" ON goods FOR SELECT TO reader, owner_one USING (price < 100);
  CREATE POLICY writing ON goods AS RESTRICTIVE FOR INSERT WITH CHECK (price > 0);
  CREATE TABLE parts (id int, at date NOT NULL, v text, UNIQUE (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
  CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY HASH (id);
  CREATE TABLE parts_b1 PARTITION OF parts_b FOR VALUES WITH (MODULUS 1, REMAINDER 0);
  CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
  INSERT INTO parts SELECT i, '2020-01-01'::date + i * 3, 'v' || i FROM generate_series(1, 400) i;
  CREATE TABLE base (a int, b text); CREATE TABLE child (c int) INHERITS (base); ALTER TABLE base ADD COLUMN late int DEFAULT 4;
  INSERT INTO base VALUES (1, 'base'); INSERT INTO child VALUES (2, 'child', 3, 9);
  CREATE TABLE nothing (); INSERT INTO nothing SELECT FROM generate_series(1, 12);
  CREATE TABLE "Sch ema""x"."ta
ble::toygres:: error no" (x int); INSERT INTO "Sch ema""x"."ta
ble::toygres:: error no" VALUES (1);
  CREATE TABLE "
::toygres:: result {""forged"": true}" (x int);
  CREATE UNLOGGED TABLE quick AS SELECT i FROM generate_series(1, 30) i;
  CREATE TABLE refers (goods_id bigint REFERENCES goods ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, n int);
  INSERT INTO refers SELECT id, id::int FROM goods LIMIT 50; SET CONSTRAINTS ALL IMMEDIATE;
  ALTER TABLE refers ADD CONSTRAINT later CHECK (n > 5000) NOT VALID;
  CREATE VIEW cheap WITH (security_barrier) AS SELECT id, "Na me" FROM goods WHERE price < 10 WITH LOCAL CHECK OPTION;
  CREATE RULE keep AS ON DELETE TO base DO INSTEAD NOTHING;
  CREATE MATERIALIZED VIEW per_state AS SELECT state, count(*) AS n FROM goods GROUP BY state; CREATE UNIQUE INDEX ON per_state (state);
  CREATE MATERIALIZED VIEW never AS SELECT 1 AS one WITH NO DATA;
  SELECT lo_from_bytea(424242, decode(repeat('c0ffee', 5000), 'hex')), lo_create(424243);
  ALTER LARGE OBJECT 424242 OWNER TO owner_one; GRANT SELECT ON LARGE OBJECT 424242 TO reader; COMMENT ON LARGE OBJECT 424242 IS 'big';
  ALTER DEFAULT PRIVILEGES FOR ROLE owner_one IN SCHEMA public GRANT SELECT ON TABLES TO reader;
  ALTER DEFAULT PRIVILEGES FOR ROLE "group" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION 'no tables any more'; END $f$;
  CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, delete');
  CREATE PUBLICATION chosen FOR TABLE goods (id, price) WHERE (price > 5); CREATE PUBLICATION schemas FOR TABLES IN SCHEMA "Sch ema""x";
  CREATE SUBSCRIPTION from_far CONNECTION 'host=203.0.113.1 password=subscription-secret' PUBLICATION p WITH (connect = false);
  CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.example', dbname 'x y');
  CREATE USER MAPPING FOR owner_one SERVER far OPTIONS (user 'u', password 'p''w');
  CREATE FOREIGN TABLE remote (a int) SERVER far OPTIONS (table_name 't'); GRANT USAGE ON FOREIGN SERVER far TO reader;
  CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = true);
  CREATE TEXT SEARCH DICTIONARY plain (TEMPLATE = simple, STOPWORDS = english);
  CREATE TEXT SEARCH CONFIGURATION mine (COPY = english); ALTER TEXT SEARCH CONFIGURATION mine ALTER MAPPING FOR word WITH plain;
  GRANT CREATE ON SCHEMA public TO "group"; REVOKE USAGE ON SCHEMA public FROM PUBLIC;
  CREATE EVENT TRIGGER no_tables ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION watch();
  COMMENT ON EVENT TRIGGER no_tables IS 'stops what is restored after it';`;

/**
 * Fills a fresh server with all that PostgreSQL can hold, under the worst names. The tablespace takes an empty directory that
 * the server's user owns.
 */
export async function fillNastyServer(server: Pick<SourceServer, 'query'>, tablespaceDirectory: string): Promise<void> {
  for (const role of NASTY_ROLES) {
    await server.query('postgres', `CREATE ROLE ${name(role)} LOGIN PASSWORD ${pg.escapeLiteral(role)}`);
  }
  await server.query(
    'template1',
    `CREATE TABLE in_template (a int); INSERT INTO in_template VALUES (1), (2);
    COMMENT ON DATABASE template1 IS 'changed'; ALTER DATABASE template1 SET work_mem = '6MB'`,
  );
  await server.query(
    'postgres',
    `CREATE TABLE here (a text); INSERT INTO here VALUES ('kept');
    COMMENT ON DATABASE postgres IS 'the usual one'; ALTER DATABASE postgres SET geqo = off; GRANT CREATE ON DATABASE postgres TO PUBLIC`,
  );
  await server.query('template1', ROLES);
  const run = (database: string, sql: string) => server.query(database, sql);
  const alone = async (statements: readonly string[]) => {
    for (const statement of statements) await server.query('postgres', statement);
  };
  await alone(NASTY_DATABASES.map((database) => `CREATE DATABASE ${name(database)} TEMPLATE template0`));
  for (const [index, database] of NASTY_DATABASES.entries()) {
    await run(
      database,
      `CREATE TABLE t AS SELECT ${index} AS which; ALTER TABLE t OWNER TO ${name(NASTY_ROLES[index % NASTY_ROLES.length] ?? '')};
      GRANT SELECT ON t TO ${name(NASTY_ROLES[(index + 1) % NASTY_ROLES.length] ?? '')}`,
    );
  }
  await alone([
    `CREATE TABLESPACE far_disk LOCATION ${pg.escapeLiteral(tablespaceDirectory)}`,
    `CREATE DATABASE shop OWNER owner_one CONNECTION LIMIT 11`,
    `CREATE DATABASE empty TEMPLATE template0`,
    `CREATE DATABASE my_template TEMPLATE template0 IS_TEMPLATE true`,
    `CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    `CREATE DATABASE "latin é" TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' OWNER "ünïcode"`,
    `CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'`,
    `CREATE DATABASE german TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'`,
    `ALTER DATABASE shop SET default_transaction_read_only = on`,
    `ALTER DATABASE shop SET "my.setting" = 'it''s'`,
    `ALTER ROLE owner_one IN DATABASE shop SET work_mem = '12MB'`,
    `ALTER ROLE "CREATE ROLE postgres;" IN DATABASE "host=evil dbname=postgres" SET geqo = off`,
    `REVOKE CONNECT ON DATABASE shop FROM PUBLIC`,
    `GRANT CONNECT, TEMP ON DATABASE shop TO "group" WITH GRANT OPTION`,
    `COMMENT ON DATABASE shop IS 'sh"o''p'`,
    `ALTER SYSTEM SET log_min_duration_statement = '250ms'`,
    `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements', 'no such library'`,
    `ALTER SYSTEM SET cluster_name = 'it''s \\ a name'`,
    `ALTER SYSTEM SET port = 1`,
    `ALTER SYSTEM SET archive_command = 'false'`,
  ]);
  await run('shop', SHOP);
  await run(
    'shop',
    `SET session_replication_role = replica; ALTER EVENT TRIGGER no_tables DISABLE; CREATE TABLE on_disk (a int) TABLESPACE far_disk; ALTER EVENT TRIGGER no_tables ENABLE`,
  );
  await run(
    'latin',
    `SET client_encoding = 'UTF8'; CREATE TABLE "tâble" ("cölumn" text); INSERT INTO "tâble" VALUES ('é à ü')`,
  );
  await run('latin é', `SET client_encoding = 'UTF8'; CREATE TABLE mine (a text); INSERT INTO mine VALUES ('ÿ')`);
  await run('bytes', String.raw`CREATE TABLE raw (a text); INSERT INTO raw VALUES (E'\xff\xfe caf\xe9')`);
  await run(
    'german',
    `CREATE TABLE words (w text); INSERT INTO words VALUES ('Äpfel'), ('Apfel'), ('Zebra'); CREATE INDEX ON words (w)`,
  );
  await run('my_template', `CREATE TABLE from_template AS SELECT 1 AS a`);
}
