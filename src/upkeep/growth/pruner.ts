import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import {
  type DeleteBatch,
  deleteDrift,
  deleteHealthChecks,
  deleteIdempotencyKeys,
  deleteOperations,
  deleteSilentLeases,
  deleteSilentWorkers,
} from '../../stores/prune-rows.ts';

/** How long what is kept, in days. */
export interface Retention {
  /** Operations that are over, with their steps, events and jobs. */
  readonly operations: number;
  readonly healthChecks: number;
  /** Kept logs of jobs in the blob store. */
  readonly jobLogs: number;
}

/** Of everything that lives the newest operations are kept however old: as many as a page shows. */
const OPERATIONS_KEPT = 20;
/** As promised to callers. */
const IDEMPOTENCY_KEY_DAYS = 7;
const DRIFT_DAYS = 30;

/** Keeps the tables and the blob store from growing for ever. */
export interface Pruner {
  /** Deletes what is too old in short transactions, one after another. Safe to repeat and in several processes at once. */
  pruneTables(signal: AbortSignal): Promise<void>;
  pruneLogs(): Promise<void>;
}

export interface PrunerOptions {
  readonly database: Database;
  readonly store: Pick<ImageStore, 'removeJobLogsBefore'>;
  readonly retention: Retention;
  readonly log: Logger;
}

export function createPruner({ database, store, retention, log }: PrunerOptions): Pruner {
  const rules: Readonly<Record<string, DeleteBatch>> = {
    operations: deleteOperations(retention.operations, OPERATIONS_KEPT),
    'health checks': deleteHealthChecks(retention.healthChecks),
    'idempotency keys': deleteIdempotencyKeys(IDEMPOTENCY_KEY_DAYS),
    drift: deleteDrift(DRIFT_DAYS),
    workers: deleteSilentWorkers(),
    leases: deleteSilentLeases(),
  };

  return {
    async pruneTables(signal) {
      for (const [what, deleteBatch] of Object.entries(rules)) {
        let total = 0;
        for (let deleted = -1; deleted !== 0 && !signal.aborted; total += deleted)
          deleted = await deleteBatch(database);
        if (total > 0) log.info({ what, rows: total }, 'old rows were deleted');
      }
    },

    async pruneLogs() {
      const before = new Date(Date.now() - retention.jobLogs * 86_400_000);
      const removed = await store.removeJobLogsBefore(before);
      if (removed > 0) log.info({ removed }, 'old job logs were removed');
    },
  };
}
