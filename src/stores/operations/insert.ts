import { eq, sql } from 'drizzle-orm';
import { operationEvents, operationSteps, operations } from '../../../drizzle/tables/index.ts';
import type { Json } from '../../../jobs/ports/json.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { DeclaredStep } from '../../../jobs/workflow/define-workflow.ts';
import type { Claim } from '../../../jobs/workflow/operation-queue.ts';
import type { Actor } from '../../../schema/actor.ts';
import type { OperationKind } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';

/** An operation that is to be written, with the way that its run will take. */
export interface OperationInsert extends Claim {
  readonly id: string;
  readonly kind: OperationKind;
  readonly workflow: string;
  readonly version: string;
  readonly steps: readonly DeclaredStep[];
  readonly platform: string;
  readonly input: Json;
  readonly actor: Actor;
}

/** Writes the operation QUEUED, every step PENDING, and its first event. */
export async function insertOperation(tx: Transaction, operation: OperationInsert): Promise<void> {
  const { version, steps, actor, ...columns } = operation;
  const orm = inside(tx);
  await orm.insert(operations).values({
    ...columns,
    workflowVersion: version,
    state: 'QUEUED',
    sequence: 1,
    requestedBy: actor.name,
    actorKind: actor.kind,
    actorId: actor.id,
  });
  await insertSteps(tx, operation.id, steps);
  await orm.insert(operationEvents).values({
    operationId: operation.id,
    sequence: 1,
    at: sql`clock_timestamp()`,
    state: 'QUEUED',
    percent: 0,
  });
}

/** Lays the declared steps anew, all PENDING; what stood there is forgotten. */
export async function replaceSteps(
  tx: Transaction,
  operationId: string,
  steps: readonly DeclaredStep[],
): Promise<void> {
  await inside(tx).delete(operationSteps).where(eq(operationSteps.operationId, operationId));
  await insertSteps(tx, operationId, steps);
}

async function insertSteps(tx: Transaction, operationId: string, steps: readonly DeclaredStep[]): Promise<void> {
  if (steps.length === 0) return;
  await inside(tx)
    .insert(operationSteps)
    .values(steps.map((step, index) => ({ operationId, position: index + 1, ...step, state: 'PENDING' as const })));
}
