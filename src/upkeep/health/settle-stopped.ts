import type { Platform } from '../../../jobs/ports/platform/platform.ts';
import type { ServerStatus } from '../../../jobs/ports/platform/servers.ts';
import type { InstanceRecords } from '../../../jobs/ports/records.ts';
import { buildServerSpec } from '../../../jobs/servers/server-spec.ts';
import { completeServer } from '../../../jobs/servers/server-steps.ts';
import { startedOf } from '../../../jobs/servers/started.ts';
import { AppError, assertNever } from '../../../schema/errors.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { toInstanceRecord } from '../../stores/instances/rows.ts';
import type { HeldLease } from '../../stores/upkeep/leases.ts';
import { isOperationOf, readStopped, type StoppedInstance } from '../../stores/upkeep/stopped.ts';
import { pause } from '../../waiting/pause.ts';
import { type HeldInstance, withInstance } from './with-instance.ts';

export interface SettlingDependencies {
  readonly database: Database;
  readonly platform: Pick<
    Platform,
    'kind' | 'id' | 'readServer' | 'stopServer' | 'ensureSecret' | 'ensureConfiguration' | 'ensureServer'
  >;
  readonly instances: Pick<InstanceRecords, 'markRunning'>;
  readonly secrets: Pick<SecretBox, 'decrypt'>;
  readonly log: Logger;
}

/** The end of a shutdown is not waited for: nobody may come to the record meanwhile. */
const STOP_HEAD_START_MS = 10_000;

/**
 * Looks at the servers that are STOPPED by their records. One whose start has failed and that runs by now is recorded
 * RUNNING, one that still tries is given what it lacks, and one that was to stop and runs is stopped, where the records
 * know who had it run. One that cannot be looked at holds up no other.
 */
export async function settleStopped(dependencies: SettlingDependencies, lease: HeldLease): Promise<void> {
  const { database, platform, log } = dependencies;
  for (const instance of await readStopped(database, platform.id)) {
    try {
      await settle(dependencies, lease, instance);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug({ instanceId: instance.id, reason: error.message }, 'a stopped server cannot be looked after now');
    }
  }
}

async function settle(dependencies: SettlingDependencies, lease: HeldLease, instance: StoppedInstance): Promise<void> {
  const { database, platform } = dependencies;
  const status = await platform.readServer(instance);
  if (!isThere(status)) return;
  if (!instance.isWanted) return endUnasked(dependencies, lease, instance, status);
  const isReady = status.phase === 'READY' && status.endpoint !== null;
  // A local server that did not come up does not try by itself.
  if (!isReady && platform.kind === 'local') return;
  await withInstance(database, lease, instance.id, 'STOPPED', (held) =>
    isReady ? adopt(dependencies, held, status) : complete(dependencies, held),
  );
}

/** Whether something of a server is there that runs, or is to. */
function isThere({ phase }: ServerStatus): boolean {
  switch (phase) {
    case 'READY':
    case 'STARTING':
    case 'FAILED':
      return true;
    case 'ABSENT':
    case 'STOPPED':
    case 'STOPPING':
      return false;
    default:
      return assertNever(phase);
  }
}

async function adopt(
  { instances, log }: SettlingDependencies,
  { tx, row: { id, resourceName } }: HeldInstance,
  { endpoint, ...status }: ServerStatus,
): Promise<void> {
  if (endpoint === null) return;
  await instances.markRunning(tx, id, { ...endpoint, ...startedOf(status) });
  log.warn({ instanceId: id, server: resourceName }, 'a server whose start had failed runs; the record says so now');
}

async function complete(
  { platform, secrets }: SettlingDependencies,
  { row, operationId }: HeldInstance,
): Promise<void> {
  if (row.encryptedPassword === null) return;
  const password = secrets.decrypt(row.encryptedPassword, row.id);
  await completeServer(platform, buildServerSpec(toInstanceRecord(row), operationId), password);
}

async function endUnasked(
  { database, platform, log }: SettlingDependencies,
  lease: HeldLease,
  { id, resourceName }: StoppedInstance,
  { askedBy = null }: ServerStatus,
): Promise<void> {
  // What these records do not know, newer ones may have asked for.
  if (askedBy === null || !(await isOperationOf(database, askedBy, id))) return;
  await withInstance(database, lease, id, 'STOPPED', async ({ row }) => {
    const leaving = new AbortController();
    const stopped = platform.stopServer(row).finally(() => leaving.abort());
    stopped.catch(() => undefined);
    await Promise.race([stopped, pause(STOP_HEAD_START_MS, leaving.signal)]);
    log.warn({ instanceId: id, server: resourceName }, 'a server that was to be stopped ran; it has been stopped');
  });
}
