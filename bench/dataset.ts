import { DATABASE, fillServer, readContent } from './sample-data.ts';
import { onDatabase, runSql } from './sql.ts';

/** What a bench takes images of. */
export interface Dataset {
  /** Fills a new database of the server; answers with its real size. */
  fill(connectionString: string, sizeBytes: number): Promise<number>;
  /** What must be the same in a copy. */
  read(connectionString: string): Promise<string>;
}

async function makeDatabase(connectionString: string): Promise<string> {
  await runSql(connectionString, `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`);
  return onDatabase(connectionString, DATABASE);
}

async function sizeOf(url: string): Promise<number> {
  await runSql(url, 'CHECKPOINT');
  const [row] = await runSql<{ size: string }>(url, 'SELECT pg_database_size(current_database()) AS size');
  return Number(row?.size);
}

/** Three large tables and six indexes. */
export const ROWS: Dataset = { fill: fillServer, read: readContent };

const SMALL_TABLES = 3_000;

/** Very many tables with hardly anything in them. */
export const TABLES: Dataset = {
  async fill(connectionString) {
    const url = await makeDatabase(connectionString);
    // A transaction holds a lock for each table that it makes.
    for (let from = 1; from <= SMALL_TABLES; from += 250) {
      await runSql(
        url,
        `DO $do$ BEGIN FOR n IN ${from}..${Math.min(from + 249, SMALL_TABLES)} LOOP
          EXECUTE format('CREATE TABLE t_%s (id serial PRIMARY KEY, at timestamptz DEFAULT now(),
            amount int CHECK (amount > 0), code text UNIQUE)', n);
          EXECUTE format('INSERT INTO t_%s (amount, code) VALUES (%s, %L), (%s, %L)', n, n, 'a' || n, n + 1, 'b' || n);
        END LOOP; END $do$`,
      );
    }
    return sizeOf(url);
  },
  async read(connectionString) {
    const url = onDatabase(connectionString, DATABASE);
    const [tables] = await runSql(
      url,
      `SELECT count(*)::int AS tables, sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname),
        false, true, '')))[1]::text::int)::int AS rows FROM pg_class WHERE relkind = 'r' AND relname LIKE 't\\_%'`,
    );
    const [rest] = await runSql(url, `SELECT count(*)::int AS keys FROM pg_constraint WHERE conrelid >= 16384`);
    return JSON.stringify({ ...tables, ...rest });
  },
};

const LARGE_OBJECTS = 20_000;
const ROW_BYTES = 96e6;

/** A few rows that are very large and do not compress, and very many large objects. */
export const OBJECTS: Dataset = {
  async fill(connectionString, sizeBytes) {
    const url = await makeDatabase(connectionString);
    await runSql(url, 'CREATE TABLE scans (id int PRIMARY KEY, page bytea)');
    await runSql(url, 'ALTER TABLE scans ALTER page SET STORAGE EXTERNAL');
    for (let n = 1; n <= Math.max(1, Math.round(sizeBytes / ROW_BYTES)); n += 1) {
      await runSql(
        url,
        `INSERT INTO scans SELECT $1::int, (SELECT string_agg(sha512((k::bigint * 104729 + $1::int)::text::bytea), ''::bytea)
          FROM generate_series(1, $2::int) k)`,
        [n, Math.ceil(ROW_BYTES / 64)],
      );
    }
    await runSql(
      url,
      `SELECT count(lo_from_bytea(0, decode(repeat(md5(n::text), 16 + n % 32), 'hex'))) FROM generate_series(1, ${LARGE_OBJECTS}) n`,
    );
    return sizeOf(url);
  },
  async read(connectionString) {
    const url = onDatabase(connectionString, DATABASE);
    const [rows] = await runSql(
      url,
      `SELECT count(*)::int AS rows, md5(string_agg(md5(page), '' ORDER BY id)) AS pages FROM scans`,
    );
    const [objects] = await runSql(
      url,
      `SELECT count(*)::int AS objects, md5(string_agg(md5(lo_get(oid)), '' ORDER BY oid)) AS contents FROM pg_largeobject_metadata`,
    );
    return JSON.stringify({ ...rows, ...objects });
  },
};
