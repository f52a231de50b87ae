import { onDatabase, runSql } from './sql.ts';

export const DATABASE = 'bench';

const WORDS = `ARRAY['invoice','delivered late','customer in','Lisboa','Kraków','asks for','a refund of','order','damaged',
  'two boxes','the warehouse','returned on','Monday','and again','with thanks','see attached','no answer','called twice',
  'priority','account','closed','paid by card','partially','shipping address','changed to','second floor','ring the bell',
  'fragile','documents','signed','missing','replacement sent']`;

/** One third tables as pgbench makes them (narrow, padded), one third text in words, one third numbers with three indexes. */
const TABLES = [
  {
    bytesEach: 155,
    create: `CREATE TABLE accounts (aid int NOT NULL, bid int, abalance int, filler char(84))`,
    fill: `INSERT INTO accounts SELECT n, n / 100000, (random() * 10000)::int, '' FROM generate_series(1, $1::int) n`,
    after: ['ALTER TABLE accounts ADD PRIMARY KEY (aid)'],
  },
  {
    bytesEach: 310,
    create: `CREATE TABLE letters (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, subject text, body text)`,
    fill: `INSERT INTO letters (at, subject, body) SELECT timestamptz '2025-01-01' + n * interval '1 minute', 'Letter no. ' || n,
      concat_ws(' ', w[1+(random()*31)::int], w[1+(random()*31)::int], w[1+(random()*31)::int], n, w[1+(random()*31)::int],
        w[1+(random()*31)::int], md5(n::text), w[1+(random()*31)::int], w[1+(random()*31)::int], w[1+(random()*31)::int],
        w[1+(random()*31)::int], w[1+(random()*31)::int], w[1+(random()*31)::int], w[1+(random()*31)::int])
      FROM generate_series(1, $1::int) n, (SELECT ${WORDS} AS w) words`,
    after: ['ALTER TABLE letters ADD PRIMARY KEY (id)', 'CREATE INDEX ON letters (subject)'],
  },
  {
    bytesEach: 165,
    create: `CREATE TABLE readings (device int, at timestamptz, value double precision, quality smallint)`,
    fill: `INSERT INTO readings SELECT (random() * 5000)::int, timestamptz '2026-01-01' + n * interval '1 second',
      sin(n / 1000.0) * 40 + random(), n % 5 FROM generate_series(1, $1::int) n`,
    after: [
      'CREATE INDEX ON readings (device, at)',
      'CREATE INDEX ON readings (at)',
      'CREATE INDEX ON readings (value)',
    ],
  },
];

/** Fills a new database of about this size; answers with its real one. */
export async function fillServer(connectionString: string, sizeBytes: number): Promise<number> {
  await runSql(connectionString, `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'`);
  const url = onDatabase(connectionString, DATABASE);
  await runSql(url, 'SELECT setseed(0.42)');
  for (const { bytesEach, create, fill, after } of TABLES) {
    await runSql(url, create);
    await runSql(url, fill, [Math.ceil(sizeBytes / TABLES.length / bytesEach)]);
    for (const statement of after) await runSql(url, statement);
  }
  await runSql(url, 'VACUUM ANALYZE');
  await runSql(url, 'CHECKPOINT');
  const [row] = await runSql<{ size: string }>(url, 'SELECT pg_database_size(current_database()) AS size');
  return Number(row?.size);
}

/** What must be the same in a copy: the rows of each table, and a sum over what they hold. */
export async function readContent(connectionString: string): Promise<string> {
  const [row] = await runSql(
    onDatabase(connectionString, DATABASE),
    `SELECT (SELECT (count(*), sum(aid), sum(abalance))::text FROM accounts) AS accounts,
      (SELECT (count(*), sum(hashtext(body)::bigint))::text FROM letters) AS letters,
      (SELECT (count(*), sum(device), round(sum(value)::numeric, 3))::text FROM readings) AS readings,
      (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public') AS indexes`,
  );
  return JSON.stringify(row);
}
