import * as z from 'zod';
import type { Question } from '../../guarded-postgres/session.ts';
import { count, oid } from '../catalogue/columns.ts';
import { LARGE_OBJECTS, type TableRow } from '../catalogue/tables.ts';

const Copying = z.tuple([oid, count, count]).transform(([table, bytes, rows]) => ({ table, bytes, rows }));
export type Copying = z.infer<typeof Copying>;

/** What is being copied in a database at the moment; what is copied of a query, as rows of an extension's table are, has no table. */
export function copyingIn(databaseOid: number): Question<Copying> {
  return {
    sql: `SELECT relid, bytes_processed, tuples_processed FROM pg_stat_progress_copy WHERE datid = ${databaseOid} AND relid <> 0`,
    row: Copying,
    limits: { rows: 10_000, bytes: 4 << 20 },
    timeoutMs: 30_000,
  };
}

/**
 * How much of a table is read, from 0 to 1; it grows as long as the table is read. Rows tell it well until the estimate
 * turns out too low; the bytes of the text have no firm ratio to the table's.
 */
export function shareDone(table: TableRow, { bytes, rows }: Copying): number {
  if (table.rows <= 0) return bytes / (bytes + table.sizeBytes + 1);
  const share = rows / table.rows;
  return share <= 0.9 ? share : 1 - 0.09 / share;
}

/** How far the dump of one database is. */
export interface TableProgress {
  /** The table that a line of pg_dump says is dumped now; null for other lines. */
  take(line: string): string | null;
  /** From what is copied at the moment, the share of the database that is dumped, from 0 to 1. */
  look(copying: readonly Copying[]): number;
  /** What is worked on, in words. */
  readonly label: string;
  /** Whether rows are dumped: all definitions are read by then. */
  readonly hasBegun: boolean;
}

const DUMPING = /^pg_dump: dumping contents of table "(.*?)"?$/;
const BLOBS = /^pg_dump: saving (large objects|BLOBs)/;

export function createTableProgress(tables: readonly TableRow[], database: string): TableProgress {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const total = tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  /** Tables that were begun, and whether one look has missed them. */
  const open = new Map<number, boolean>();
  let finished = 0;
  let hasBegun = false;
  let label = `database ${database}`;

  return {
    take: (line) => {
      const [, name] = DUMPING.exec(line) ?? [];
      if (name !== undefined) {
        hasBegun = true;
        label = name;
        const table = byName.get(name);
        if (table !== undefined) open.set(table.oid, false);
        return name;
      }
      if (BLOBS.test(line)) {
        hasBegun = true;
        label = 'large objects';
        open.set(LARGE_OBJECTS, false);
      } else if (line.startsWith('pg_dump: reading ')) {
        label = `database ${database}: ${line.slice('pg_dump: '.length)}`;
      }
      return null;
    },
    look: (copying) => {
      if (total === 0) return 0;
      const running = new Map(copying.map((one) => [one.table, one]));
      let done = finished;
      for (const [id, wasLookedFor] of open) {
        const table = byOid.get(id);
        if (table === undefined) continue;
        const one = running.get(id);
        if (one !== undefined) {
          done += table.sizeBytes * shareDone(table, one);
          open.set(id, true);
        } else if (wasLookedFor) {
          // Begun, and no COPY reads it any more when it is looked for the second time.
          finished += table.sizeBytes;
          done += table.sizeBytes;
          open.delete(id);
        } else {
          open.set(id, true);
        }
      }
      return Math.min(1, done / total);
    },
    get hasBegun() {
      return hasBegun;
    },
    get label() {
      return label;
    },
  };
}
