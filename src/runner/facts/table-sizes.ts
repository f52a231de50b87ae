import * as z from 'zod';
import type { Session } from '../../guarded-postgres/session.ts';
import { count, hexBytes } from '../catalogue/columns.ts';
import { TABLE_BYTES, TABLES_BY_SIZE } from '../catalogue/tables.ts';
import type { TableSize } from './database-facts.ts';

/** Of smaller ones it does not matter when they are loaded. */
const LARGE_BYTES = 1 << 20;
const AT_MOST = 1_000;

const Size = z.tuple([hexBytes, hexBytes, count, count]).transform(
  ([schema, name, bytes, rows]): TableSize => ({
    schema: schema.toString('latin1'),
    name: name.toString('latin1'),
    bytes,
    rows,
  }),
);
const SIZES = `
  SELECT encode(textsend(s.schema), 'hex'), encode(textsend(s.name), 'hex'), s.bytes, s.rows
  FROM (SELECT n.nspname::text AS schema, c.relname::text AS name, ${TABLE_BYTES} AS bytes,
          greatest(c.reltuples, 0)::bigint AS rows
        FROM ${TABLES_BY_SIZE} WHERE c.relkind = 'r' AND c.relpersistence <> 't') s
  WHERE s.bytes >= ${LARGE_BYTES} ORDER BY s.bytes DESC LIMIT ${AT_MOST}`;

/** The largest tables of a database, looked at without a lock. */
export function readTableSizes(session: Session): Promise<TableSize[]> {
  return session.ask({ sql: SIZES, row: Size, timeoutMs: null });
}
