import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import { buildServerSpec } from '../../../jobs/servers/server-spec.ts';
import { completeServer } from '../../../jobs/servers/server-steps.ts';
import { isPending } from '../../../jobs/servers/started.ts';
import type { Database } from '../../db/database.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { toInstanceRecord } from '../../stores/instances/rows.ts';
import { noteStarted } from '../../stores/instances/writes.ts';
import type { HeldLease } from '../../stores/upkeep/leases.ts';
import { withInstance } from './with-instance.ts';

/**
 * Starts the server of an instance that is to run, and makes what of it is missing. Throws CONFLICT when it is not so, or
 * the lease is another's by now; else what the platform says.
 */
export function reviveServer(
  database: Database,
  platform: Pick<Platform, 'readServer' | 'ensureSecret' | 'ensureConfiguration' | 'ensureServer'>,
  secrets: Pick<SecretBox, 'decrypt'>,
  lease: HeldLease,
  instanceId: string,
): Promise<void> {
  return withInstance(database, lease, instanceId, 'RUNNING', async ({ tx, row, operationId }) => {
    if (row.encryptedPassword === null) throw new Error(`instance ${instanceId} is RUNNING without a password`);
    const password = secrets.decrypt(row.encryptedPassword, instanceId);
    await completeServer(platform, buildServerSpec(toInstanceRecord(row), operationId), password);
    if (isPending(row)) await noteStarted(tx, instanceId, await platform.readServer(row));
  });
}
