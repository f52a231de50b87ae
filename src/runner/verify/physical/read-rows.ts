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
const NEWLINE = 10;

const Table = z
  .tuple([hexName, hexName, count])
  .transform(([schema, name, sizeBytes]) => ({ schema, name, sizeBytes, object: writeNames(schema, name) }));
type Table = z.infer<typeof Table>;

/** Tables and filled materialized views, the largest first. */
const TABLES: Question<Table> = {
  sql: `
    SELECT encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex'), pg_table_size(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.relispopulated
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY 3 DESC`,
  row: Table,
  timeoutMs: null,
};

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
  for (const { schema, name, sizeBytes, object } of tables) {
    const take = (chunk: Buffer) => {
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
    };
    try {
      await session.copyOut(sql`COPY (SELECT * FROM ONLY ${qualified(schema, name)}) TO STDOUT`, take, LARGEST_TABLE);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (!/^XX00[12]$/.test(error.code)) refusalOf(error);
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
