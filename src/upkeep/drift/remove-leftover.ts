import { eq, sql } from 'drizzle-orm';
import { drills, images, instances, jobs, operations } from '../../../drizzle/tables/index.ts';
import { keepLogAndRemove } from '../../../jobs/platform-jobs/end-job.ts';
import type { ServerRef } from '../../../jobs/ports/platform/servers.ts';
import type { Transaction } from '../../../jobs/ports/transaction.ts';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';
import { AppError, assertNever } from '../../../schema/errors.ts';
import { isEnded, isTerminal } from '../../../schema/states.ts';
import { type Database, inside } from '../../db/database.ts';
import { requireFree } from '../../stores/operations/exclusivity.ts';
import type { Leftover } from '../../stores/upkeep/drift.ts';
import { type PartKind, serverOfPart } from './compare-platform.ts';

export interface RemovalDependencies {
  readonly database: Database;
  readonly services: Pick<WorkflowServices, 'platform' | 'store' | 'jobs'>;
}

/** Longer than any removal should take: a process that hangs in the middle must not hold the row for good. */
const LOCK_LIMIT = '15min';

function notLeftOver(): AppError {
  return new AppError('CONFLICT', 'A record claims it again, or an operation is under way: it is left alone.');
}

/**
 * Removes something that is left over, after looking again whether it is: the row of its owner stays locked meanwhile, so
 * that no operation takes it up. Safe to repeat. Throws CONFLICT when it is not left over any more; else what the
 * platform or the store says, with as much removed as could be.
 */
export function removeLeftover(
  dependencies: RemovalDependencies,
  leftover: Leftover,
  signal: AbortSignal,
): Promise<void> {
  const { database, services } = dependencies;
  const { kind, ownerId } = leftover;
  return database.transaction(async (tx) => {
    await inside(tx).execute(sql`SELECT set_config('idle_in_transaction_session_timeout', ${LOCK_LIMIT}, true)`);
    switch (kind) {
      case 'SERVER':
      case 'VOLUME':
      case 'SECRET':
      case 'CONFIGURATION': {
        const ref = serverOfPart(kind, leftover);
        if (ref === null) throw notLeftOver();
        await requireDisownedServer(tx, services, kind, ownerId, ref);
        return removePart(services, kind, ref);
      }
      case 'IMAGE':
        await requireDisownedImage(tx, ownerId);
        await services.store.removeImage(ownerId);
        return;
      case 'JOB':
        return removeJob(tx, services, leftover, signal);
      default:
        return assertNever(kind);
    }
  });
}

async function requireDisownedServer(
  tx: Transaction,
  { platform }: RemovalDependencies['services'],
  kind: PartKind,
  instanceId: string,
  ref: ServerRef,
): Promise<void> {
  const alone = { instanceId, imageId: null, excludesOnInstance: true, excludesOnImage: false };
  await requireFree(tx, alone);
  const [row] = await inside(tx).select().from(instances).where(eq(instances.id, instanceId));
  if (row === undefined && (await isOfEndedDrill(tx, platform.id, instanceId, ref))) return;
  if (row === undefined) {
    // Without a record nothing says that data is not needed; the rest is nothing without data.
    if (kind === 'VOLUME') throw notLeftOver();
    const { phase } = await platform.readServer(ref);
    if (phase === 'STARTING' || phase === 'READY' || phase === 'STOPPING') throw notLeftOver();
    return;
  }
  const isIts =
    row.resourceName === ref.resourceName && row.namespace === ref.namespace && row.platform === platform.id;
  if (!isIts || !isEnded(row.state)) throw notLeftOver();
}

/** Whether a drill had it, which is over; throws while it is not, or where it is not the drill's. Locks its operation. */
async function isOfEndedDrill(tx: Transaction, platformId: string, drillId: string, ref: ServerRef): Promise<boolean> {
  const [drill] = await inside(tx).select().from(drills).where(eq(drills.id, drillId));
  if (drill === undefined) return false;
  const [row] = await inside(tx)
    .select({ state: operations.state })
    .from(operations)
    .where(eq(operations.id, drill.operationId))
    .for('update');
  const isIts =
    drill.resourceName === ref.resourceName && drill.namespace === ref.namespace && drill.platform === platformId;
  if (!isIts || row === undefined || !isTerminal(row.state)) throw notLeftOver();
  return true;
}

function removePart({ platform }: RemovalDependencies['services'], kind: PartKind, ref: ServerRef): Promise<void> {
  switch (kind) {
    case 'SERVER':
      return platform.removeServer(ref);
    case 'CONFIGURATION':
      return platform.removeConfiguration(ref);
    case 'SECRET':
      return platform.removeSecret(ref);
    case 'VOLUME':
      return platform.removeVolume(ref);
    default:
      return assertNever(kind);
  }
}

async function requireDisownedImage(tx: Transaction, imageId: string): Promise<void> {
  await requireFree(tx, { instanceId: null, imageId, excludesOnInstance: false, excludesOnImage: true });
  const [row] = await inside(tx).select({ state: images.state }).from(images).where(eq(images.id, imageId));
  if (row === undefined || row === null || !isEnded(row.state)) throw notLeftOver();
}

async function removeJob(
  tx: Transaction,
  services: RemovalDependencies['services'],
  { ownerId, namespace, name }: Leftover,
  signal: AbortSignal,
): Promise<void> {
  const ref = { id: ownerId, namespace, name };
  const [row] = await inside(tx)
    .select({ state: operations.state })
    .from(operations)
    .where(eq(operations.id, inside(tx).select({ id: jobs.operationId }).from(jobs).where(eq(jobs.id, ownerId))))
    .for('update');
  if (row === undefined) {
    const { state } = await services.platform.readJob(ref);
    // Whoever runs it has its record elsewhere.
    if (state === 'RUNNING' || state === 'PENDING') throw notLeftOver();
    return services.platform.removeJob(ref);
  }
  if (!isTerminal(row.state)) throw notLeftOver();
  await services.platform.cancelJob(ref);
  await keepLogAndRemove(services, ref, { attempt: 1, signal, report: () => undefined });
}
