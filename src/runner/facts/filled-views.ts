import * as z from 'zod';
import { ServerError } from '../../guarded-postgres/server-error.ts';
import type { Session } from '../../guarded-postgres/session.ts';
import { hexBytes } from '../catalogue/columns.ts';
import type { FilledView } from './database-facts.ts';

/** Larger ones, and more of them than this, are not read: a look at a database is to cost next to nothing beside its dump. */
const LARGEST_BYTES = 64 << 20;
const ALL_BYTES = 256 << 20;
const MOST_VIEWS = 1_000;
/** Who fills one holds it alone meanwhile, and no look waits for that. */
const PATIENCE = `SET LOCAL lock_timeout = '100ms'; SET LOCAL statement_timeout = '5s'`;

const word = hexBytes.transform((bytes) => bytes.toString('latin1'));
const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;

/** The size as the disk has it, read without a lock. */
const FILLED = `
  SELECT ${hex(`format('%I.%I', n.nspname, c.relname)`)}, coalesce((pg_stat_file(pg_relation_filepath(c.oid), true)).size, 0)::text
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm' AND c.relispopulated AND c.oid >= 16384 ORDER BY 2, 1 LIMIT ${MOST_VIEWS}`;
const Filled = z
  .tuple([word, z.string().regex(/^\d{1,18}$/)])
  .transform(([object, bytes]) => ({ object, bytes: Number(bytes) }));

const Sum = z.tuple([z.string().regex(/^\d{1,20}$/), z.string().regex(/^\d{1,40}$/)]);
const sumOf = (object: string) => `
  SELECT count(*)::text, coalesce(sum(('x' || substr(md5(t::text), 1, 12))::bit(48)::bigint), 0)::text FROM ${object} AS t`;

/**
 * What materialized views hold, by how many rows and a sum that knows no order; asked alike on the source and on the copy, in a
 * transaction. Those that cannot be read at once are left out.
 */
export async function readFilledViews(
  session: Session,
  ofThese: ReadonlySet<string> | null = null,
): Promise<FilledView[]> {
  const found: FilledView[] = [];
  let read = 0;
  for (const { object, bytes } of await session.ask({ sql: FILLED, row: Filled })) {
    if (bytes > LARGEST_BYTES || read + bytes > ALL_BYTES || ofThese?.has(object) === false) continue;
    read += bytes;
    await session.run('SAVEPOINT filled_view');
    try {
      await session.run(PATIENCE);
      const [sum] = await session.ask({ sql: Buffer.from(sumOf(object), 'latin1'), row: Sum });
      if (sum !== undefined) found.push({ object, rows: sum[0], sum: sum[1] });
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
    }
    // With it goes the lock: whoever fills a view does not wait for the dump.
    await session.run('ROLLBACK TO filled_view');
  }
  return found;
}
