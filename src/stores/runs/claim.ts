import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import { operationSteps, operations, operationUndoSteps } from '../../../drizzle/tables/index.ts';
import type { StoredFailure } from '../../../drizzle/tables/shapes.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { isTerminal } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { moveOperation } from '../operations/transitions.ts';
import { toldAfterwards } from './hints.ts';

/** Marks, among the finished undo steps of a run, that its compensation has begun, and when. */
export const COMPENSATION_BEGUN = '';

export type StepRow = typeof operationSteps.$inferSelect & { readonly hasResult: boolean };

/** A run as the worker that has just claimed it finds it. */
export interface ClaimedRun {
  readonly id: string;
  readonly workflow: string;
  readonly input: unknown;
  readonly run: number;
  /** The number of this attempt: whoever writes with a lower one is refused. */
  readonly fence: number;
  /** The number of the last event. */
  readonly sequence: number;
  readonly cancelling: boolean;
  /** It was RUNNING already: an earlier attempt has been at it. */
  readonly resumed: boolean;
  readonly failure: StoredFailure | null;
  readonly steps: readonly StepRow[];
}

/**
 * Takes the run over from whoever had it, for good: their writes are refused from now on. A QUEUED one is RUNNING then;
 * nobody is notified of it, the caller gives the hint. Null when there is nothing left to do: the operation is unknown or over, or has been retried as another run since.
 */
export function claimRun(database: Database, operationId: string, run: number): Promise<ClaimedRun | null> {
  return database.transaction(async (tx) => {
    const orm = inside(tx);
    const [row] = await orm
      .select({ ...getTableColumns(operations), told: toldAfterwards })
      .from(operations)
      .where(eq(operations.id, operationId))
      .for('update');
    if (row === undefined || row.run !== run || isTerminal(row.state)) return null;
    const fence = row.fence + 1;
    await orm
      .update(operations)
      .set({ fence, startedAt: sql`coalesce(${operations.startedAt}, clock_timestamp())` })
      .where(eq(operations.id, operationId));
    if (row.state === 'QUEUED') await moveOperation(tx, row, { state: 'RUNNING', percent: row.percent });
    return {
      id: row.id,
      workflow: row.workflow,
      input: row.input,
      run,
      fence,
      sequence: row.state === 'QUEUED' ? row.sequence + 1 : row.sequence,
      cancelling: row.state === 'CANCELLING',
      resumed: row.state === 'RUNNING',
      failure: row.failure,
      steps: await readSteps(tx, operationId),
    };
  });
}

function readSteps(tx: Transaction, operationId: string): Promise<StepRow[]> {
  return inside(tx)
    .select({
      operationId: operationSteps.operationId,
      position: operationSteps.position,
      name: operationSteps.name,
      weight: operationSteps.weight,
      state: operationSteps.state,
      attempt: operationSteps.attempt,
      result: operationSteps.result,
      progress: operationSteps.progress,
      failure: operationSteps.failure,
      startedAt: operationSteps.startedAt,
      finishedAt: operationSteps.finishedAt,
      hasResult: sql<boolean>`${operationSteps.result} IS NOT NULL`,
    })
    .from(operationSteps)
    .where(eq(operationSteps.operationId, operationId))
    .orderBy(operationSteps.position);
}

/** What of a compensation is done, and how long ago it began. */
export async function readUndone(
  database: Database,
  operationId: string,
  run: number,
): Promise<{ readonly names: ReadonlySet<string>; readonly elapsedMs: number }> {
  const rows = await database.orm
    .select({
      name: operationUndoSteps.name,
      elapsedMs: sql<number>`(extract(epoch FROM clock_timestamp() - ${operationUndoSteps.finishedAt}) * 1000)::float8`,
    })
    .from(operationUndoSteps)
    .where(and(eq(operationUndoSteps.operationId, operationId), eq(operationUndoSteps.run, run)));
  return {
    names: new Set(rows.map((row) => row.name)),
    elapsedMs: rows.find((row) => row.name === COMPENSATION_BEGUN)?.elapsedMs ?? 0,
  };
}
