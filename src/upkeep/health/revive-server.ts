import { sql } from 'drizzle-orm';
import type { Platform } from '../../../jobs/ports/platform.ts';
import { buildServerSpec } from '../../../jobs/servers/server-spec.ts';
import { AppError } from '../../../schema/errors.ts';
import { type Database, inside } from '../../db/database.ts';
import { toInstanceRecord } from '../../stores/instances/rows.ts';
import { lockInstance } from '../../stores/instances/writes.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import { type HeldLease, isHeld } from '../../stores/upkeep/leases.ts';

/** Longer than starting takes: a process that hangs in the middle must not keep others from the instance for good. */
const LOCK_LIMIT = '90s';

/**
 * Starts the server of an instance that is to run, as long as that is true and no operation is changing it: the row stays
 * locked meanwhile, so that none begins either. Throws CONFLICT when it is not so, or the lease is another's by now; else
 * what the platform says.
 */
export function reviveServer(
  database: Database,
  platform: Pick<Platform, 'ensureServer'>,
  lease: HeldLease,
  instanceId: string,
): Promise<void> {
  return database.transaction(async (tx) => {
    await inside(tx).execute(sql`SELECT set_config('idle_in_transaction_session_timeout', ${LOCK_LIMIT}, true)`);
    await requireFree(tx, { instanceId, imageId: null, excludesOnInstance: false, excludesOnImage: false });
    const row = await lockInstance(tx, instanceId);
    const { rows } = await inside(tx).execute<{ held: boolean }>(sql`SELECT ${isHeld(lease)} AS held`);
    if (row?.state !== 'RUNNING' || rows[0]?.held !== true) {
      throw new AppError('CONFLICT', 'The server is not to be started again from here.');
    }
    await platform.ensureServer(buildServerSpec(toInstanceRecord(row), instanceId));
  });
}
