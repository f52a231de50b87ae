import type { ServerError } from '../../../guarded-postgres/server-error.ts';
import { asBytes, type LoadSession, refusalOf } from '../load-session.ts';
import type { Task } from '../task.ts';

const BATCH_BYTES = 4 << 20;
const LINE_FEED = 10;

/** What came of a table of which not every row can be loaded. Rows are counted from 1. */
export interface Salvaged {
  readonly loaded: number;
  readonly lost: number;
  readonly firstLost: number;
  readonly cause: ServerError;
}

/**
 * Loads all rows that can be loaded, in one transaction, and leaves the others. The server names the line that it refuses;
 * what stands before it and behind it is sent again.
 */
export async function salvageRows(
  session: LoadSession,
  task: Task,
  rows: AsyncIterable<Buffer>,
  path: string,
): Promise<Salvaged | null> {
  let loaded = 0;
  let lost = 0;
  let firstLost = 0;
  let cause: ServerError | null = null;
  await session.attempt('BEGIN', path);
  try {
    for await (const batch of batches(rows)) {
      let left = batch;
      while (left.length > 0) {
        const refusal = await copyLines(session, task, left);
        if (refusal === null) {
          loaded += left.length;
          break;
        }
        cause ??= refusal;
        const bad = Math.min(Math.max(lineOf(refusal), 1), left.length);
        const before = left.slice(0, bad - 1);
        // Where it does not take what stands before the line either, the line is another than it says.
        const isTaken = before.length === 0 || (await copyLines(session, task, before)) === null;
        const skipped = isTaken ? 1 : left.length;
        loaded += isTaken ? before.length : 0;
        lost += skipped;
        if (firstLost === 0) firstLost = loaded + 1;
        left = left.slice(isTaken ? bad : left.length);
      }
    }
    await session.attempt('COMMIT', path);
  } catch (error) {
    await session.session.run('ROLLBACK');
    throw error;
  }
  return cause === null ? null : { loaded, lost, firstLost, cause };
}

async function copyLines(session: LoadSession, task: Task, lines: readonly Buffer[]): Promise<ServerError | null> {
  await session.session.run('SAVEPOINT lines');
  try {
    await session.session.copyIn(
      asBytes(task.entry.copy),
      (async function* () {
        yield Buffer.concat(lines);
      })(),
    );
    await session.session.run('RELEASE lines');
    return null;
  } catch (error) {
    const refusal = refusalOf(error);
    await session.session.run('ROLLBACK TO lines');
    return refusal;
  }
}

/** Which line of what was sent the server refuses; 1 where it does not say. */
function lineOf({ where }: ServerError): number {
  return Number(/^COPY [\s\S]*?, line ([0-9]+)/m.exec(where ?? '')?.[1] ?? 1);
}

/** Whole lines, each with its end; without the mark that ends the rows. */
async function* batches(rows: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let lines: Buffer[] = [];
  let bytes = 0;
  let rest: Buffer[] = [];
  for await (const chunk of rows) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, at + 1)]);
      rest = [];
      from = at + 1;
      if (line.length === 3 && line.toString('latin1') === '\\.\n') {
        if (lines.length > 0) yield lines;
        return;
      }
      lines.push(line);
      bytes += line.length;
      if (bytes < BATCH_BYTES) continue;
      yield lines;
      lines = [];
      bytes = 0;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (lines.length > 0) yield lines;
}
