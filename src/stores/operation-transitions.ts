import { eq, sql } from 'drizzle-orm';
import { operationEvents, operationSteps, operations } from '../../drizzle/tables/index.ts';
import type { Transaction } from '../../jobs/ports/transaction.ts';
import { AppError } from '../../schema/errors.ts';
import type { OperationState } from '../../schema/states.ts';
import { inside } from '../db/database.ts';

/** The operation as a transition finds it, its row locked until the transaction ends. */
export type LockedOperation = typeof operations.$inferSelect;

/** Locks the row, so that only one moves the operation on. Throws NOT_FOUND. */
export async function lockOperation(tx: Transaction, operationId: string): Promise<LockedOperation> {
  const [row] = await inside(tx).select().from(operations).where(eq(operations.id, operationId)).for('update');
  if (row === undefined) throw new AppError('NOT_FOUND', `There is no operation ${operationId}.`);
  return row;
}

/** Moves a locked operation to another state, with the event that tells so. */
export async function moveOperation(
  tx: Transaction,
  operation: LockedOperation,
  to: { readonly state: OperationState; readonly percent: number } & Partial<
    Pick<LockedOperation, 'run' | 'workflowVersion' | 'failure' | 'finishedAt'>
  >,
): Promise<void> {
  const sequence = operation.sequence + 1;
  const orm = inside(tx);
  await orm
    .update(operations)
    .set({ ...to, sequence })
    .where(eq(operations.id, operation.id));
  await orm.insert(operationEvents).values({
    operationId: operation.id,
    sequence,
    at: sql`clock_timestamp()`,
    state: to.state,
    percent: to.percent,
  });
}

/** Puts every step that has not succeeded back to PENDING, as if it had never begun; answers with the percent done. */
export async function reopenSteps(tx: Transaction, operationId: string): Promise<number> {
  const orm = inside(tx);
  await orm
    .update(operationSteps)
    .set({
      state: 'PENDING',
      attempt: 0,
      result: null,
      progress: null,
      failure: null,
      startedAt: null,
      finishedAt: null,
    })
    .where(sql`${operationSteps.operationId} = ${operationId} AND ${operationSteps.state} <> 'SUCCEEDED'`);
  const [row] = await orm
    .select({
      percent: sql<number>`coalesce(round((100 * sum(${operationSteps.weight}) FILTER (WHERE ${operationSteps.state} = 'SUCCEEDED')
        / nullif(sum(${operationSteps.weight}), 0))::numeric, 2), 0)::float8`,
    })
    .from(operationSteps)
    .where(eq(operationSteps.operationId, operationId));
  return row?.percent ?? 0;
}
