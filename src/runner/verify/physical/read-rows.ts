import { z } from 'zod';
import { hexName } from '../../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Question, Session } from '../../../guarded-postgres/session.ts';
import { qualified, sql } from '../../../guarded-postgres/sql.ts';
import { writeNames } from '../../../guarded-postgres/written-name.ts';
import type { Report } from '../../attempt/attempt.ts';
import { count } from '../../catalogue/columns.ts';
import { refusalOf } from '../../load/load-session.ts';

const LARGEST_TABLE = 2 ** 50;
/** data_corrupted and index_corrupted. */
const DAMAGED = /^XX00[12]$/;
const TOO_LARGE = /invalid memory alloc request size|cannot enlarge string buffer|out of memory/i;
const NEWLINE = 10;
const MIB = 1 << 20;
/** Each row comes by itself. */
const TELL_EVERY_BYTES = 16 << 20;

const Table = z.tuple([hexName, hexName, count, z.enum(['t', 'f'])]).transform(([schema, name, sizeBytes, isTable]) => {
  const target = qualified(schema, name);
  // As pg_dump reads a table, without a plan; a materialized view has no other way.
  const rows = isTable === 't' ? sql`COPY ${target} TO STDOUT` : sql`COPY (SELECT * FROM ${target}) TO STDOUT`;
  return { target, rows, sizeBytes, object: writeNames(schema, name) };
});
type Table = z.infer<typeof Table>;

/** Tables and filled materialized views, the largest first. */
const TABLES: Question<Table> = {
  sql: `
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), pg_table_size(c.oid), c.relkind = 'r'
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.relispopulated
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY 3 DESC`,
  row: Table,
  timeoutMs: null,
};

/** A value of more than a gigabyte cannot be written as text, and is whole. Throws on what the server itself fails of. */
function describeRefusal(error: ServerError): string {
  return TOO_LARGE.test(error.message) ? error.words : refusalOf(error).words;
}

/** Reads every row of a database, with all that is stored apart of them. What cannot be read is told. */
export async function readRows(
  session: Session,
  {
    database,
    report,
    onTable,
  }: { readonly database: string; readonly report: Report; readonly onTable: (bytes: number, what: string) => void },
): Promise<{ readonly tables: number; readonly rows: number }> {
  const tables = await session.ask(TABLES);
  let rows = 0;
  for (const { target, rows: statement, sizeBytes, object } of tables) {
    const before = rows;
    let [bytes, told] = [0, 0];
    const take = (chunk: Buffer) => {
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
      bytes += chunk.length;
      if (bytes - told < TELL_EVERY_BYTES) return;
      told = bytes;
      onTable(0, `reading ${object} of database ${database}: ${Math.floor(bytes / MIB)} MiB`);
    };
    try {
      await session.copyOut(statement, take, LARGEST_TABLE);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (!DAMAGED.test(error.code)) {
        report.log(`${database}: the rows of ${object} are counted only: ${describeRefusal(error)}`);
        const [counted] = await session.ask({
          sql: sql`SELECT count(*) FROM ONLY ${target}`,
          row: z.tuple([count]),
          timeoutMs: null,
        });
        rows = before + (counted?.[0] ?? 0);
        onTable(sizeBytes, `counted ${object} of database ${database}`);
        continue;
      }
      report.finding({
        code: 'DATA_DAMAGED',
        severity: 'CRITICAL',
        database,
        object,
        message: `${object} cannot be read: ${error.words}`,
        remedy: null,
      });
    }
    onTable(sizeBytes, `read ${object} of database ${database}`);
  }
  return { tables: tables.length, rows };
}
