import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { sql } from '../../../guarded-postgres/sql.ts';
import type { Report } from '../../attempt/attempt.ts';
import { refusalOf } from '../../load/load-session.ts';
import { damaged, leftOutCheck, saysDamage } from '../damage.ts';
import { readNaturalPaths, useUntilEnd } from '../natural-paths.ts';
import type { Doubt } from './settle-doubts.ts';
import { STORED, type Stored } from './stored-rows.ts';

const LARGEST_TABLE = 2 ** 50;
/** An answer that is larger than the server may make one: of a row that is very wide, or of one whose lengths are damaged. */
const IS_TOO_LARGE = /invalid memory alloc request size/;
const LIMIT_OF_THE_SERVER = '54000';
const NEWLINE = 10;
const MIB = 1 << 20;
/** Each row comes by itself. */
const TELL_EVERY_BYTES = 16 << 20;

export interface RowReading {
  /** As people read it. */
  readonly database: string;
  readonly report: Pick<Report, 'finding' | 'log'>;
  readonly onTable: (bytes: number, what: string) => void;
}

export interface ReadRows {
  readonly tables: number;
  readonly rows: number;
  /** Of which reading their rows told nothing; they are not among the rows. */
  readonly doubts: readonly Doubt[];
}

/** Reads every row of a database, with all that is stored apart of them. What cannot be read is told, or is a doubt. */
export async function readRows(session: Session, reading: RowReading): Promise<ReadRows> {
  const { database, report, onTable } = reading;
  const stored = await session.ask(STORED);
  const doubts: Doubt[] = [];
  let rows = 0;
  for (const one of stored) {
    const { object, sizeBytes } = one;
    const { rows: found, refusal } = await readOne(session, one, reading);
    if (one.kind === 'table' || one.kind === 'view') rows += found;
    const about = { database, object, remedy: null };
    if (refusal === null) {
      if (one.kind === 'sequence' && found !== 1) {
        report.finding(damaged({ ...about, message: `sequence ${object} has ${found} rows instead of one` }));
      }
    } else if (isTooLarge(refusal)) doubts.push({ ...one, refusal, isTooLarge: true });
    else if (saysDamage(refusal)) {
      report.finding(damaged({ ...about, message: `${object} cannot be read: ${refusal.words}` }));
    } else if (one.kind === 'view') doubts.push({ ...one, refusal, isTooLarge: false });
    else report.finding(leftOutCheck('CRITICAL', { ...about, message: `${object} cannot be read: ${refusal.words}` }));
    onTable(sizeBytes, `read ${object} of database ${database}`);
  }
  return { tables: stored.filter(({ kind }) => kind === 'table' || kind === 'view').length, rows, doubts };
}

function isTooLarge(refusal: ServerError): boolean {
  return refusal.code === LIMIT_OF_THE_SERVER || IS_TOO_LARGE.test(refusal.message);
}

/**
 * How many rows came, and why no more did. A plan may need what functions of a view's indexes call, and those find it by the
 * search paths of the database.
 */
async function readOne(
  session: Session,
  one: Stored,
  { database, onTable }: RowReading,
): Promise<{ readonly rows: number; readonly refusal: ServerError | null }> {
  let rows = 0;
  let [bytes, told] = [0, 0];
  const take = (chunk: Buffer) => {
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) rows += 1;
    bytes += chunk.length;
    if (bytes - told < TELL_EVERY_BYTES) return;
    told = bytes;
    onTable(0, `reading ${one.object} of database ${database}: ${Math.floor(bytes / MIB)} MiB`);
  };
  const read = async (path: Buffer | null) => {
    rows = 0;
    try {
      if (path !== null) await session.run(sql`BEGIN; ${useUntilEnd(path)}`);
      await session.copyOut(one.rows, take, LARGEST_TABLE);
      return null;
    } catch (error) {
      if (error instanceof ServerError && (saysDamage(error) || isTooLarge(error))) return error;
      return refusalOf(error);
    } finally {
      if (path !== null) await session.run('ROLLBACK').catch(() => undefined);
    }
  };
  const refusal = await read(null);
  if (one.kind !== 'view' || refusal === null || saysDamage(refusal) || isTooLarge(refusal)) return { rows, refusal };
  for (const path of await readNaturalPaths(session)) {
    const again = await read(path);
    if (again === null || saysDamage(again) || isTooLarge(again)) return { rows, refusal: again };
  }
  return { rows, refusal };
}
