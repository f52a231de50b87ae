import pg from 'pg';
import { CLUSTER_FACTS } from './cluster-facts.ts';
import { DATABASE_FACTS } from './database-facts.ts';

/** A superuser's login. */
export interface ServerLogin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** From what a fact is about to what is so, both in words. */
export type ServerFacts = ReadonlyMap<string, string>;

async function withClient<T>(
  login: ServerLogin,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  // What a database is set to holds before the first statement.
  const client = new pg.Client({ ...login, database, options: '-c statement_timeout=0' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    // A database without an encoding may hold bytes that are no text; names in full; nothing that a role is set to.
    await client.query(`SELECT set_config('client_encoding',
        CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END, false);
      SET search_path = ''; SET extra_float_digits = 1;
      SET default_transaction_read_only = off; SET statement_timeout = 0; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
      SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET row_security = off`);
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ask(client: pg.Client, sql: string): Promise<readonly (string | null)[][]> {
  const answer = await client.query<(string | null)[]>({ text: sql, rowMode: 'array' });
  return answer.rows;
}

/** Rows by column name, for the order of columns is not kept in every child; as a sum, for the order of rows is not either. */
const ROW_HASHES = `
  SELECT format('SELECT %L, count(*)::text || '' rows, sum '' || coalesce(sum(hashtextextended(%s, 0)::numeric), 0)::text FROM ONLY %s',
                c.oid::regclass::text,
                coalesce('ROW(' || (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute a
                                    WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped) || ')::text', ''''''),
                c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

async function readDatabase(client: pg.Client, database: string, facts: Map<string, string>): Promise<void> {
  for (const { topic, sql } of DATABASE_FACTS) {
    for (const [about, is] of await ask(client, sql)) facts.set(`${database}: ${topic} ${about}`, String(is));
  }
  const hashes = await ask(client, ROW_HASHES);
  // To plan a statement the server looks into functions of indexes, which may find their helpers by search_path.
  await client.query(
    `SELECT set_config('search_path', (SELECT string_agg(quote_ident(nspname), ', ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_'), false)`,
  );
  for (const [sql] of hashes) {
    for (const [table, is] of await ask(client, String(sql))) facts.set(`${database}: rows of ${table}`, String(is));
  }
}

/** What one database holds, with a hash of every table's rows. */
export async function readFactsOf(login: ServerLogin, database: string): Promise<ServerFacts> {
  const facts = new Map<string, string>();
  await withClient(login, database, (client) => readDatabase(client, database, facts));
  return facts;
}

/** Everything about a server that a copy must have too, read from its catalogues, with a hash of every table's rows. */
export async function readServerFacts(login: ServerLogin): Promise<ServerFacts> {
  const facts = new Map<string, string>();
  const databases = await withClient(login, 'template1', async (client) => {
    for (const { topic, sql } of CLUSTER_FACTS) {
      for (const [about, is] of await ask(client, sql)) facts.set(`${topic} ${about}`, String(is));
    }
    return ask(client, `SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template0'`);
  });
  for (const [name] of databases) {
    await withClient(login, String(name), (client) => readDatabase(client, String(name), facts));
  }
  return facts;
}
