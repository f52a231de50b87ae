import { z } from 'zod';
import { hexName } from '../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Question, Session } from '../../guarded-postgres/session.ts';
import { writeNames } from '../../guarded-postgres/written-name.ts';
import type { Report } from '../attempt/attempt.ts';
import { oid } from '../catalogue/columns.ts';

/** data_corrupted and index_corrupted. */
const DAMAGED = /^XX00[12]$/;

const Relation = z
  .tuple([oid, hexName, hexName])
  .transform(([id, schema, name]) => ({ id, name: writeNames(schema, name) }));

const named = (relkind: string, where: string): Question<z.infer<typeof Relation>> => ({
  sql: `
    SELECT c.oid, encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ${where}
    ${where === '' ? 'WHERE' : 'AND'} c.relkind ${relkind} AND c.relpersistence = 'p' ORDER BY c.oid`,
  row: Relation,
  timeoutMs: null,
});

const INDEXES = named(
  `= 'i'`,
  `JOIN pg_index x ON x.indexrelid = c.oid JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND x.indisvalid AND x.indisready`,
);
const TABLES = named(`IN ('r', 't', 'm')`, `JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'heap'`);

export interface IndexCheck {
  /** As people read it. */
  readonly database: string;
  /** Whether every row is looked for in its indexes, and every page of a table is looked through as well. */
  readonly isThorough: boolean;
  readonly report: Report;
}

/**
 * Looks through every B-tree with amcheck, where the server has it; it is gone afterwards. Answers with how many were looked
 * at, null without amcheck.
 */
export async function checkIndexes(
  session: Session,
  { database, isThorough, report }: IndexCheck,
): Promise<number | null> {
  const [has] = await session.ask({
    sql: `SELECT count(*)::text FROM pg_available_extensions WHERE name = 'amcheck'`,
    row: z.tuple([z.string()]),
  });
  if (has?.[0] !== '1') return null;
  await session.run('BEGIN');
  try {
    await session.run('CREATE SCHEMA toygres_amcheck');
    await session.run('CREATE EXTENSION IF NOT EXISTS amcheck WITH SCHEMA toygres_amcheck');
    const [schema] = await session.ask({
      sql: `SELECT encode(textsend(n.nspname::text), 'hex') FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'`,
      row: z.tuple([hexName]),
    });
    if (schema === undefined) return null;
    const at = writeNames(schema[0]);
    const indexes = await session.ask(INDEXES);
    for (const { id, name } of indexes) {
      await look(session, `SELECT ${at}.bt_index_check(${id}, ${isThorough})`, `index ${name}`, name, {
        database,
        report,
      });
    }
    const tables = isThorough ? await session.ask(TABLES) : [];
    for (const { id, name } of tables) {
      const statement = `
        DO $$ DECLARE found record; BEGIN
          SELECT * INTO found FROM ${at}.verify_heapam(${id}) LIMIT 1;
          IF FOUND THEN RAISE EXCEPTION USING ERRCODE = 'XX001', MESSAGE = format('block %s: %s', found.blkno, found.msg); END IF;
        END $$`;
      await look(session, statement, `table ${name}`, name, { database, report });
    }
    return indexes.length;
  } finally {
    await session.run('ROLLBACK').catch(() => undefined);
  }
}

async function look(
  session: Session,
  statement: string,
  what: string,
  object: string,
  { database, report }: Pick<IndexCheck, 'database' | 'report'>,
): Promise<void> {
  await session.run('SAVEPOINT looked');
  try {
    await session.run(statement, null);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    await session.run('ROLLBACK TO looked');
    if (DAMAGED.test(error.code)) {
      report.finding({
        code: 'DATA_DAMAGED',
        severity: 'CRITICAL',
        database,
        object,
        message: `${what} is damaged: ${error.words}`,
        remedy: what.startsWith('index') ? `REINDEX INDEX ${object};` : null,
      });
    } else report.log(`${database}: ${what} could not be looked through: ${error.words}`);
  }
  await session.run('RELEASE looked');
}
