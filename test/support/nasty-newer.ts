import type { SourceServer } from './source-server.ts';

/** What databases and settings of the whole server came with a version, one statement each. */
const DATABASES: Readonly<Record<number, readonly string[]>> = {
  16: [
    `CREATE DATABASE ruled TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' ICU_RULES '&V << w <<< W'`,
    `GRANT reader TO old_hash WITH INHERIT FALSE, SET FALSE`,
    `GRANT "group" TO other_super WITH ADMIN TRUE, INHERIT FALSE`,
  ],
  17: [
    `CREATE DATABASE built TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'`,
    `CREATE DATABASE bytewise TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C'`,
    `ALTER ROLE owner_one SET transaction_timeout = '1h'`,
    `GRANT pg_maintain TO reader`,
  ],
  18: [`CREATE DATABASE fast TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'`],
};

/** What a database can hold since then. */
const OBJECTS: Readonly<Record<number, string>> = {
  16: `CREATE COLLATION swapped (provider = icu, locale = 'und', rules = '&b < a');
    CREATE TABLE sorted (w text COLLATE swapped); INSERT INTO sorted VALUES ('a'), ('b'), ('c'); CREATE INDEX ON sorted (w);
    CREATE TABLE nulls (a int, b int, UNIQUE NULLS NOT DISTINCT (a, b));
    CREATE TABLE squeezed (a text STORAGE EXTENDED COMPRESSION lz4); INSERT INTO squeezed VALUES (repeat('squeeze ', 5000));`,
  17: `CREATE COLLATION byte_order (provider = builtin, locale = 'C.UTF-8');
    CREATE TABLE kept (id int GENERATED ALWAYS AS IDENTITY, at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE kept_a PARTITION OF kept FOR VALUES FROM ('2020-01-01') TO ('2030-01-01'); INSERT INTO kept (at) VALUES ('2025-01-01');
    GRANT MAINTAIN ON kept TO reader;
    CREATE FUNCTION at_login() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
    CREATE EVENT TRIGGER seen ON login EXECUTE FUNCTION at_login(); ALTER EVENT TRIGGER seen ENABLE ALWAYS;`,
  18: `CREATE EXTENSION btree_gist;
    CREATE TABLE stays (id int, during tstzrange NOT NULL, PRIMARY KEY (id, during WITHOUT OVERLAPS));
    INSERT INTO stays VALUES (1, '[2025-01-01,2026-01-01)'), (1, '[2026-01-01,2027-01-01)');
    CREATE TABLE worked (a int, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL); INSERT INTO worked VALUES (21);
    ALTER TABLE worked ADD CONSTRAINT loose CHECK (a > 0) NOT ENFORCED;
    ALTER TABLE worked ADD CONSTRAINT filled NOT NULL a NOT VALID;`,
};

const since = (major: number, version: string) => Number(version) <= major;

/** Adds to a server that `fillNastyServer` has filled what PostgreSQL can hold since 16, as far as this one can. */
export async function fillNewerServer(server: Pick<SourceServer, 'query'>, major: number): Promise<void> {
  for (const [version, statements] of Object.entries(DATABASES)) {
    if (since(major, version)) for (const statement of statements) await server.query('postgres', statement);
  }
  await server.query('postgres', 'CREATE DATABASE newer TEMPLATE template0');
  for (const [version, sql] of Object.entries(OBJECTS)) {
    if (since(major, version)) await server.query('newer', sql);
  }
  if (major < 17) return;
  const words = `CREATE TABLE words (w text); INSERT INTO words VALUES ('Äpfel'), ('apfel'), ('Zebra'); CREATE INDEX ON words (upper(w))`;
  await server.query('built', words);
}
