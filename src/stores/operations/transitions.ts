import { and, eq, ne, sql } from 'drizzle-orm';
import { operationEvents, operationSteps, operations } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { AppError } from '../../../schema/errors.ts';
import type { OperationState } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';
import { stepOfEvent } from './event-sql.ts';

/** The operation as a transition finds it, its row locked until the transaction ends. */
export type LockedOperation = typeof operations.$inferSelect;

/** Locks the row, so that only one moves the operation on; null when there is none. */
export async function findOperation(tx: Transaction, operationId: string): Promise<LockedOperation | null> {
  const [row] = await inside(tx).select().from(operations).where(eq(operations.id, operationId)).for('update');
  return row ?? null;
}

/** The same. Throws NOT_FOUND. */
export async function lockOperation(tx: Transaction, operationId: string): Promise<LockedOperation> {
  const row = await findOperation(tx, operationId);
  if (row === null) throw new AppError('NOT_FOUND', `There is no operation ${operationId}.`);
  return row;
}

/** Moves a locked operation to another state, with the event that tells so. */
export async function moveOperation(
  tx: Transaction,
  operation: LockedOperation,
  to: { readonly state: OperationState; readonly percent: number } & Partial<
    Omit<LockedOperation, 'id' | 'sequence' | 'state' | 'percent'>
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

/** What became of the steps of an operation that is to run again. */
export interface Reopened {
  /** What is done already. */
  readonly percent: number;
  /** The steps that are PENDING again. */
  readonly positions: readonly number[];
}

/** Puts every step that has not succeeded back to PENDING, as if it had never begun. */
export async function reopenSteps(tx: Transaction, operationId: string): Promise<Reopened> {
  const orm = inside(tx);
  const reopened = await orm
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
    .where(and(eq(operationSteps.operationId, operationId), ne(operationSteps.state, 'SUCCEEDED')))
    .returning({ position: operationSteps.position });
  const [row] = await orm
    .select({
      percent: sql<number>`coalesce(round((100 * sum(${operationSteps.weight}) FILTER (WHERE ${operationSteps.state} = 'SUCCEEDED')
        / nullif(sum(${operationSteps.weight}), 0))::numeric, 2), 0)::float8`,
    })
    .from(operationSteps)
    .where(eq(operationSteps.operationId, operationId));
  return { percent: row?.percent ?? 0, positions: reopened.map(({ position }) => position) };
}

/** Tells of steps that are PENDING again, an event each, after the operation's own. */
export async function tellReopened(tx: Transaction, operationId: string, { positions }: Reopened): Promise<void> {
  if (positions.length === 0) return;
  await inside(tx).execute(sql`
    WITH op AS (
      UPDATE cms.operations SET sequence = sequence + ${positions.length} WHERE id = ${operationId}
      RETURNING id, sequence - ${positions.length}::int AS before, state, percent
    )
    INSERT INTO cms.operation_events (operation_id, sequence, at, state, percent, step)
    SELECT op.id, op.before + row_number() OVER (ORDER BY s.position), clock_timestamp(), op.state, op.percent, ${stepOfEvent}
    FROM op JOIN cms.operation_steps s ON s.operation_id = op.id AND s.position IN ${[...positions]}`);
}
