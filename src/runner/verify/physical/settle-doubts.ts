import * as z from 'zod';
import { hexName } from '../../../guarded-postgres/raw-name.ts';
import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import { quoteIdentifier, type Sql, sql } from '../../../guarded-postgres/sql.ts';
import type { Report } from '../../attempt/attempt.ts';
import { count } from '../../catalogue/columns.ts';
import { refusalOf } from '../../load/load-session.ts';
import type { LookedThrough } from '../amcheck/look-through.ts';
import { damaged, leftOutCheck, saysDamage } from '../damage.ts';
import { readNaturalPaths, useUntilEnd } from '../natural-paths.ts';
import type { Stored } from './stored-rows.ts';

/** Something of which the rows could not be read as text. */
export interface Doubt extends Stored {
  readonly refusal: ServerError;
  /** A row may be larger than a text can be, and whole. Else the server cannot plan to read it. */
  readonly isTooLarge: boolean;
}

/** Whose tables of which what is stored apart must be looked for. */
export function oidsOf(doubts: readonly Doubt[]): ReadonlySet<number> {
  return new Set(doubts.map(({ oid }) => oid));
}

/**
 * Tells which of the doubts are damage: whatever amcheck does not find sound, with all that is stored apart of it, and of what
 * is sound and too large for a text whatever has a value that cannot be read by itself. Gives how many rows were read so.
 */
export async function settleDoubts(
  session: Session,
  doubts: readonly Doubt[],
  looked: LookedThrough | null,
  { database, report }: { readonly database: string; readonly report: Pick<Report, 'finding' | 'log'> },
): Promise<number> {
  let rows = 0;
  for (const doubt of doubts) {
    const { object, refusal, oid, toastOid } = doubt;
    const about = (message: string) => ({ database, object, message, remedy: null });
    const isSound = looked?.soundTables.has(oid) === true && (toastOid === 0 || looked.soundTables.has(toastOid));
    if (!isSound) {
      const why = looked === null ? 'the server has no amcheck to tell whether it is whole' : 'it is not whole';
      const say = looked === null ? leftOutCheck.bind(null, 'CRITICAL') : damaged;
      report.finding(say(about(`${object} cannot be read, and ${why}: ${refusal.words}`)));
      continue;
    }
    if (!doubt.isTooLarge) {
      const message = `${object} is whole, and its rows could not be read: ${refusal.words}`;
      report.finding(leftOutCheck('INFO', about(message)));
      continue;
    }
    const read = await readValues(session, doubt);
    if (read instanceof ServerError) {
      const say = saysDamage(read) ? damaged : leftOutCheck.bind(null, 'CRITICAL');
      report.finding(say(about(`${object} has a value that cannot be read: ${read.words}`)));
      continue;
    }
    rows += read;
    report.log(`${database}: rows of ${object} are larger than a text can be: each value was read by itself`);
  }
  return rows;
}

const COLUMNS = (oid: number) => ({
  sql: `
    SELECT encode(textsend(attname::text), 'hex') FROM pg_attribute
    WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped AND attgenerated <> 'v' ORDER BY attnum`,
  row: z.tuple([hexName]).transform(([name]) => quoteIdentifier(name)),
});

/** A type without a binary form has one as text. */
const WAYS = [
  (column: Buffer) => sql`, count(octet_length(record_send(ROW(t.${column}))))`,
  (column: Buffer) => sql`, count(octet_length(ROW(t.${column})::text))`,
];

/** Has the server write every value by itself, and sends none of them. Gives how many rows there are, or its refusal. */
async function readValues(session: Session, { oid, target }: Doubt): Promise<number | ServerError> {
  const columns = await session.ask(COLUMNS(oid));
  const paths = [null, ...(await readNaturalPaths(session))];
  let rows = 0;
  for (const column of columns) {
    let refusal: ServerError | null = null;
    for (const [way, path] of WAYS.flatMap((one) => paths.map((each) => [one, each] as const))) {
      const read = await askWithin(session, sql`SELECT count(*)${way(column)} FROM ONLY ${target} t`, path);
      if (read instanceof ServerError) {
        refusal ??= read;
        if (saysDamage(read)) break;
        continue;
      }
      rows = read;
      refusal = null;
      break;
    }
    if (refusal !== null) return refusal;
  }
  return rows;
}

async function askWithin(session: Session, statement: Sql, path: Buffer | null): Promise<number | ServerError> {
  await session.run('BEGIN');
  try {
    if (path !== null) await session.run(useUntilEnd(path));
    const [row] = await session.ask({ sql: statement, row: z.tuple([count, count]), timeoutMs: null });
    return row?.[0] ?? 0;
  } catch (error) {
    if (error instanceof ServerError && saysDamage(error)) return error;
    return refusalOf(error);
  } finally {
    await session.run('ROLLBACK').catch(() => undefined);
  }
}
