import pg from 'pg';
import { openSession } from '../src/guarded-postgres/session.ts';
import { checkDatabase } from '../src/runner/catalogue/check-database.ts';
import type { Place } from './place.ts';
import type { Measurement } from './report.ts';
import { onDatabase, runSql } from './sql.ts';

const DATABASE = 'looked_at';
const TABLES = 10_000;
/** What any look for objects must read. */
const CATALOGUES = ['pg_class', 'pg_attribute', 'pg_type', 'pg_index', 'pg_constraint', 'pg_attrdef', 'pg_depend'];

async function fill(connectionString: string): Promise<string> {
  await runSql(connectionString, `CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  const url = onDatabase(connectionString, DATABASE);
  // A transaction holds a lock for each table that it makes.
  for (let from = 1; from <= TABLES; from += 250) {
    await runSql(
      url,
      `DO $do$ BEGIN FOR n IN ${from}..${Math.min(from + 249, TABLES)} LOOP
        EXECUTE format('CREATE TABLE t_%s (id serial PRIMARY KEY, at timestamptz DEFAULT now(), amount int CHECK (amount > 0), code text UNIQUE)', n);
      END LOOP; END $do$`,
    );
  }
  await runSql(url, 'VACUUM ANALYZE');
  return url;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  await work();
  return (performance.now() - begunAt) / 1000;
}

/** The look before an image of a database with very many tables, against a client that reads the same catalogues, by turns. */
export async function measureLook(place: Place, connectionString: string, runs: number): Promise<Measurement[]> {
  place.say('a look: making 10,000 tables ...');
  const url = await fill(connectionString);
  const { hostname: host, port, username, password } = new URL(url);
  const login = {
    host,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  const found: string[] = [];
  const look = async () => {
    const session = await openSession(login, { database: DATABASE, major: null });
    try {
      await checkDatabase(session, DATABASE, ({ message }) => found.push(message));
    } finally {
      await session.close();
    }
  };
  const read = async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      for (const one of CATALOGUES) await client.query({ text: `SELECT * FROM ${one}`, rowMode: 'array' });
    } finally {
      await client.end();
    }
  };
  // What both find in memory is there from the first run on.
  await look();
  await read();
  const values: number[] = [];
  const plain: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    values.push(await secondsOf(look));
    plain.push(await secondsOf(read));
  }
  await runSql(connectionString, `DROP DATABASE ${DATABASE}`);
  if (found.length > 0) throw new Error(`the look found something where there is nothing: ${found[0]}`);
  return [
    {
      name: 'a look through 10,000 tables',
      unit: 's',
      values,
      against: [{ name: 'SELECT * of its catalogues', values: plain }],
    },
    { name: 'seconds of a look through 10,000 tables', unit: 's', values },
  ];
}
