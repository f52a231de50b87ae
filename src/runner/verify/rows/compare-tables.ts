import { ServerError } from '../../../guarded-postgres/server-error.ts';
import type { Session } from '../../../guarded-postgres/session.ts';
import type { DumpFiles } from '../../load/data/dump-files.ts';
import type { Told } from '../../load/findings.ts';
import { refusalOf } from '../../load/load-session.ts';
import { rowsOf } from './dumped-rows.ts';
import { type RowSummer, type RowsSum, sumInAnyOrder, sumInOrder } from './row-sums.ts';
import type { DumpedPart, TablePair } from './table-pairs.ts';

const LARGEST_TABLE = 2 ** 50;
/** Each row comes by itself. */
const TELL_EVERY_BYTES = 16 << 20;

/** Told of an image whose rows are not those that came back. */
export const ROWS_DIFFER = 'ROWS_DIFFER';
const REMEDY = 'Take another image and verify that; until it has passed, keep this one and the source.';

export interface TableGround {
  readonly session: Session;
  readonly files: DumpFiles;
  readonly told: Told;
  /** Takes how many bytes of rows were compared of a table so far. */
  readonly onBytes?: (object: string, bytes: number) => void;
}

async function sumDumped(files: DumpFiles, { file }: DumpedPart, summer: RowSummer): Promise<RowsSum> {
  for await (const chunk of rowsOf(files.read(file))) summer.take(chunk);
  return summer.end();
}

async function sumHere(
  session: Session,
  statements: readonly Buffer[],
  summer: RowSummer,
  onBytes: (bytes: number) => void,
): Promise<RowsSum> {
  let [bytes, told] = [0, 0];
  const take = (chunk: Buffer) => {
    summer.take(chunk);
    bytes += chunk.length;
    if (bytes - told < TELL_EVERY_BYTES) return;
    told = bytes;
    onBytes(bytes);
  };
  for (const statement of statements) await session.copyOut(statement, take, LARGEST_TABLE);
  return summer.end();
}

/** Adds up what stands in the files of several tables. */
async function sumParts(files: DumpFiles, parts: readonly DumpedPart[]): Promise<RowsSum> {
  const sums: RowsSum[] = [];
  for (const part of parts) sums.push(await sumDumped(files, part, sumInAnyOrder(part.arrangement)));
  return sums.reduce(addSums, { rows: 0, sum: '' });
}

/** The sum of both, as if all rows had been taken by one. */
export function addSums(a: RowsSum, b: RowsSum): RowsSum {
  if (a.sum === '') return b;
  const [left, right] = [Buffer.from(a.sum, 'hex'), Buffer.from(b.sum, 'hex')];
  const both = Buffer.alloc(left.length);
  for (let at = 0; at < both.length; at += 4) {
    both.writeUInt32LE((left.readUInt32LE(at) + right.readUInt32LE(at)) >>> 0, at);
  }
  return { rows: a.rows + b.rows, sum: both.toString('hex') };
}

/**
 * Compares the rows of one table with those of the dump: first as they come, which is how they were loaded, and only where
 * that differs in any order. Answers with how many the dump has.
 */
export async function compareTable({ session, files, told, onBytes }: TableGround, pair: TablePair): Promise<number> {
  const { object, parts, statements } = pair;
  const tell = (says: string, cause: ServerError | null = null) =>
    told.tell({ code: ROWS_DIFFER, severity: 'CRITICAL', object, says, cause, remedy: REMEDY });
  if (statements === null) {
    const { rows } = await sumParts(files, parts);
    tell('is not there');
    return rows;
  }
  const [only] = parts;
  const onRead = (bytes: number) => onBytes?.(object, bytes);
  try {
    if (only !== undefined && parts.length === 1 && statements.length === 1) {
      const [dumped, here] = await Promise.all([
        sumDumped(files, only, sumInOrder()),
        sumHere(session, statements, sumInOrder(), onRead),
      ]);
      if (dumped.sum === here.sum) return dumped.rows;
    }
    const [dumped, here] = await Promise.all([
      sumParts(files, parts),
      sumHere(session, statements, sumInAnyOrder(), onRead),
    ]);
    if (dumped.rows !== here.rows) tell(`has ${here.rows} rows instead of ${dumped.rows}`);
    // Of no file at all nothing was added up.
    else if (dumped.rows > 0 && dumped.sum !== here.sum) tell(`has as many rows, ${here.rows}, and not the same`);
    return dumped.rows;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    const refusal = refusalOf(error);
    tell('cannot be read', refusal);
    return (await sumParts(files, parts)).rows;
  }
}
