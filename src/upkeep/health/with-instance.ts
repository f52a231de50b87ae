import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import { AppError } from '../../../schema/errors.ts';
import type { InstanceState } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { type LockedInstance, lockInstance } from '../../stores/instances/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { type HeldLease, isHeld } from '../../stores/upkeep/leases.ts';

/** An instance that nobody else changes meanwhile. */
export interface HeldInstance {
  readonly tx: Transaction;
  readonly row: LockedInstance;
  /** The last one on the instance that is recorded: what we do to its server is done for what that asked for. */
  readonly operationId: string;
}

/** Longer than starting takes: a process that hangs in the middle must not keep others from the instance for good. */
const LOCK_LIMIT = '90s';

/**
 * Works on the server of an instance as long as its record is in this state and no operation is changing it: the row stays
 * locked meanwhile, so that none begins either. Throws CONFLICT when it is not so, or the lease is another's by now.
 */
export function withInstance(
  database: Database,
  lease: HeldLease,
  instanceId: string,
  state: InstanceState,
  work: (held: HeldInstance) => Promise<void>,
): Promise<void> {
  return database.transaction(async (tx) => {
    await inside(tx).execute(sql`SELECT set_config('idle_in_transaction_session_timeout', ${LOCK_LIMIT}, true)`);
    await requireFree(tx, { instanceId, imageId: null, excludesOnInstance: false, excludesOnImage: false });
    const row = await lockInstance(tx, instanceId);
    const { rows } = await inside(tx).execute<{ held: boolean; last: string | null }>(sql`
      SELECT ${isHeld(lease)} AS held, (SELECT o.id FROM cms.operations o WHERE o.instance_id = ${instanceId}::uuid
        ORDER BY o.created_at DESC LIMIT 1) AS last`);
    if (row?.state !== state || rows[0]?.held !== true) {
      throw new AppError('CONFLICT', 'The server is not to be worked on from here.');
    }
    await work({ tx, row, operationId: rows[0].last ?? instanceId });
  });
}
