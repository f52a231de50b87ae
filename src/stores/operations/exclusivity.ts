import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import { images, instances, operations } from '../../../drizzle/tables/index.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { Claim } from '../../../jobs/workflow/operation-queue.ts';
import { AppError } from '../../../schema/errors.ts';
import { ACTIVE_OPERATION_STATES, type OperationKind } from '../../../schema/states.ts';
import { inside } from '../../db/database.ts';

/** The oldest operation under way on the instance or the image, or null. */
export async function findUnderWay(
  tx: Transaction,
  on: { readonly instanceId: string } | { readonly imageId: string },
): Promise<{ readonly id: string; readonly kind: OperationKind } | null> {
  const [found] = await inside(tx)
    .select({ id: operations.id, kind: operations.kind })
    .from(operations)
    .where(
      and(
        inArray(operations.state, [...ACTIVE_OPERATION_STATES]),
        'instanceId' in on ? eq(operations.instanceId, on.instanceId) : eq(operations.imageId, on.imageId),
      ),
    )
    .orderBy(operations.createdAt)
    .limit(1);
  return found ?? null;
}

/**
 * Makes sure that no active operation stands in the way: an excluding one suffers no other on its instance or image, one
 * that excludes nothing suffers no excluding one.
 *
 * Locks the rows of instance and image, in this order, until the transaction ends: of two callers at once the second
 * sees the operation of the first. Throws CONFLICT with the operation in the way; `except` is never in the way.
 */
export async function requireFree(tx: Transaction, claim: Claim, except: string | null = null): Promise<void> {
  const orm = inside(tx);
  const inTheWay: SQL[] = [];
  if (claim.instanceId !== null) {
    await orm.select({ id: instances.id }).from(instances).where(eq(instances.id, claim.instanceId)).for('update');
    const onInstance = eq(operations.instanceId, claim.instanceId);
    inTheWay.push(claim.excludesOnInstance ? onInstance : sql`(${onInstance} AND ${operations.excludesOnInstance})`);
  }
  if (claim.imageId !== null) {
    await orm.select({ id: images.id }).from(images).where(eq(images.id, claim.imageId)).for('update');
    const onImage = eq(operations.imageId, claim.imageId);
    inTheWay.push(claim.excludesOnImage ? onImage : sql`(${onImage} AND ${operations.excludesOnImage})`);
  }
  if (inTheWay.length === 0) return;
  const [found] = await orm
    .select({ id: operations.id, kind: operations.kind, instanceId: operations.instanceId })
    .from(operations)
    .where(
      and(
        inArray(operations.state, [...ACTIVE_OPERATION_STATES]),
        or(...inTheWay),
        except === null ? undefined : ne(operations.id, except),
      ),
    )
    .orderBy(operations.createdAt)
    .limit(1);
  if (found === undefined) return;
  const noun = claim.instanceId !== null && found.instanceId === claim.instanceId ? 'instance' : 'image';
  throw new AppError(
    'CONFLICT',
    `The ${noun} is busy: operation ${found.id} (${found.kind}) is under way. Wait until it is over, or cancel it.`,
    { details: { operationId: found.id } },
  );
}
