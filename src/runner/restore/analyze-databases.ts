import * as z from 'zod';
import type { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { sql } from '../../guarded-postgres/sql.ts';
import type { Report } from '../attempt/attempt.ts';
import { refusalOf } from '../load/load-session.ts';
import type { ImageDatabase } from './image-files.ts';

const Table = z.tuple([z.string().regex(/^([0-9a-f]{2})+$/)]).transform(([hex]) => Buffer.from(hex, 'hex'));
/** The largest first; those of another session are its own. */
const TABLES = `
  SELECT pg_catalog.encode(pg_catalog.textsend(pg_catalog.format('%I.%I', n.nspname, c.relname)), 'hex')
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
  ORDER BY c.relkind = 'p', c.relpages DESC, c.oid`;

/**
 * Gathers the statistics of a database, by as many sessions as there are. A table that cannot be analyzed, for its index
 * calls a function that fails, is no reason to have no server: a notice names the first.
 */
export async function analyzeDatabase(
  sessions: readonly Session[],
  { name }: ImageDatabase,
  searchPaths: readonly string[],
  report: Report,
): Promise<void> {
  const [first] = sessions;
  if (first === undefined) return;
  const tables = (await first.ask({ sql: TABLES, row: Table, timeoutMs: null })).values();
  let refused: ServerError | null = null;
  const work = async (session: Session) => {
    for (const table of tables) refused ??= await analyzeTable(session, table, searchPaths);
  };
  await Promise.all(sessions.map(work));
  const cause = refused as ServerError | null;
  if (cause !== null) {
    report.notice(`database ${name.text} could not be analyzed whole, run ANALYZE: ${cause.words}`);
  }
}

/** By the empty search_path, and then by those of the source, which the functions of an index may need. */
async function analyzeTable(session: Session, table: Buffer, paths: readonly string[]): Promise<ServerError | null> {
  let refused: ServerError | null = null;
  for (const path of ['', ...paths]) {
    try {
      if (path !== '') await session.run(`SET search_path TO ${path}`);
      await session.run(sql`ANALYZE ${table}`, null);
      return null;
    } catch (error) {
      refused ??= refusalOf(error);
    } finally {
      if (path !== '') await session.run(`SELECT pg_catalog.set_config('search_path', '', false)`);
    }
  }
  return refused;
}
