import * as z from 'zod';
import { hexName, type RawName } from '../../../guarded-postgres/raw-name.ts';
import type { Question, Session } from '../../../guarded-postgres/session.ts';
import { qualified, quoteIdentifier, sql } from '../../../guarded-postgres/sql.ts';
import { count, oid } from '../columns.ts';
import { type LookedAt, lookAtRows } from './look-at-rows.ts';

/** What a page takes of one row at most: MaxHeapTupleSize, with pages of 8 kB. */
const LARGEST_ROW = 8_160;

const Candidate = z.tuple([oid, hexName, hexName]).transform(([id, schema, name]) => ({ oid: id, schema, name }));

/**
 * Tables whose columns of fixed width alone do not fit a page. Rows can be there all the same: columns that were added with a
 * default take no room until a row is written anew, as every restore of a dump does.
 */
const CANDIDATES: Question<z.infer<typeof Candidate>> = {
  sql: `
    SELECT c.oid, encode(textsend(n.nspname::text), 'hex'), encode(textsend(c.relname::text), 'hex')
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attlen > 0
    WHERE c.relkind = 'r' AND c.oid >= 16384 AND c.relnatts > 100
    GROUP BY c.oid, n.nspname, c.relname
    HAVING sum(a.attlen) > ${LARGEST_ROW} AND bool_or(a.atthasmissing)`,
  row: Candidate,
};

const Column = z.tuple([hexName, count]);

/** A table with rows that fit no page when they are written anew, or one of which that is not known. */
export interface WideRows {
  readonly schema: RawName;
  readonly name: RawName;
  /** Never false. */
  readonly looked: LookedAt;
}

/** Tables with at least one such row. A look of some seconds at most for each. */
export async function findWideRows(session: Session): Promise<readonly WideRows[]> {
  const found: WideRows[] = [];
  for (const { oid: table, schema, name } of await session.ask(CANDIDATES)) {
    const columns = await session.ask({
      sql: `
        SELECT encode(textsend(attname::text), 'hex'), attlen FROM pg_attribute
        WHERE attrelid = ${table} AND attnum > 0 AND NOT attisdropped AND attlen > 0`,
      row: Column,
    });
    const width = Buffer.concat(
      columns.flatMap(([column, bytes], index) => [
        Buffer.from(index === 0 ? '' : ' + '),
        sql`CASE WHEN ${quoteIdentifier(column)} IS NULL THEN 0 ELSE ${String(bytes)} END`,
      ]),
    );
    const question = sql`SELECT EXISTS (SELECT FROM ONLY ${qualified(schema, name)} WHERE ${width} > ${String(LARGEST_ROW)})`;
    const looked = await lookAtRows(session, question);
    if (looked !== false) found.push({ schema, name, looked });
  }
  return found;
}
