import { eq, sql } from 'drizzle-orm';
import { operations, operationUndoSteps } from '../../../drizzle/tables/index.ts';
import type { StoredFailure } from '../../../drizzle/tables/shapes.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { OperationState } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';
import { stepOfEvent } from '../operations/event-sql.ts';
import { type LockedOperation, moveOperation } from '../operations/transitions.ts';
import { jsonParameter, storableFailure } from '../stored-text.ts';
import { COMPENSATION_BEGUN } from './claim.ts';
import type { Attempt } from './steps.ts';

/** Locks the operation for the attempt; null when another one has taken over. */
export async function lockRun(tx: Transaction, by: Attempt): Promise<LockedOperation | null> {
  const [row] = await inside(tx).select().from(operations).where(eq(operations.id, by.id)).for('update');
  return row !== undefined && row.fence === by.fence && row.run === by.run ? row : null;
}

/**
 * Records the first cause of the end, and with it: what was RUNNING has FAILED of `ofSteps`, what was PENDING is SKIPPED,
 * and the compensation has begun. A later cause changes nothing: the first one is answered.
 */
export async function recordFailure(
  tx: Transaction,
  row: LockedOperation,
  ofSteps: StoredFailure,
  ofOperation: StoredFailure,
): Promise<StoredFailure> {
  if (row.failure !== null) return row.failure;
  const failure = storableFailure(ofOperation);
  const sequence = await endSteps(tx, row, storableFailure(ofSteps));
  const orm = inside(tx);
  await orm.update(operations).set({ failure, sequence }).where(eq(operations.id, row.id));
  await orm
    .insert(operationUndoSteps)
    .values({ operationId: row.id, run: row.run, name: COMPENSATION_BEGUN, finishedAt: sql`clock_timestamp()` })
    .onConflictDoNothing();
  return failure;
}

/** Ends the operation, with the event that is its last until somebody retries it. */
export async function endOperation(
  tx: Transaction,
  row: LockedOperation,
  state: Extract<OperationState, 'SUCCEEDED' | 'FAILED' | 'CANCELLED'>,
  failure: StoredFailure | null,
): Promise<number> {
  const sequence = await endSteps(tx, row, null);
  const [now] = await inside(tx)
    .update(operations)
    .set({ finishedAt: sql`clock_timestamp()`, failure: failure === null ? null : storableFailure(failure) })
    .where(eq(operations.id, row.id))
    .returning({ percent: operations.percent });
  await moveOperation(
    tx,
    { ...row, sequence },
    { state, percent: state === 'SUCCEEDED' ? 100 : (now?.percent ?? row.percent) },
  );
  return sequence + 1;
}

/** Ends what has not ended: RUNNING steps FAILED, PENDING ones SKIPPED, an event each. Answers with the last sequence. */
async function endSteps(tx: Transaction, row: LockedOperation, failure: StoredFailure | null): Promise<number> {
  const { rows } = await inside(tx).execute<{ sequence: number }>(sql`
    WITH s AS (
      UPDATE cms.operation_steps t
      SET state = CASE t.state WHEN 'RUNNING' THEN 'FAILED' ELSE 'SKIPPED' END,
        failure = CASE t.state WHEN 'RUNNING' THEN ${failure === null ? null : jsonParameter(failure)}::jsonb END,
        finished_at = clock_timestamp()
      WHERE t.operation_id = ${row.id} AND t.state IN ('RUNNING', 'PENDING') RETURNING t.*
    )
    INSERT INTO cms.operation_events (operation_id, sequence, at, state, percent, step)
    SELECT ${row.id}::uuid, ${row.sequence} + row_number() OVER (ORDER BY s.position), clock_timestamp(),
      ${row.state}, (SELECT percent FROM cms.operations WHERE id = ${row.id}), ${stepOfEvent}
    FROM s RETURNING sequence`);
  return Math.max(row.sequence, ...rows.map((written) => written.sequence));
}

/** Records that a step of the compensation is done; again: no effect. False when another attempt has taken over. */
export async function recordUndone(tx: Transaction, by: Attempt, name: string): Promise<boolean> {
  if ((await lockRun(tx, by)) === null) return false;
  await inside(tx).insert(operationUndoSteps).values({ operationId: by.id, run: by.run, name }).onConflictDoNothing();
  return true;
}
