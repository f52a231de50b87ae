import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import { forgetChanges } from '../../stores/lists/change-feed.ts';
import {
  type DeleteBatch,
  deleteAlerts,
  deleteDeliveries,
  deleteDrift,
  deleteDrills,
  deleteHealthChecks,
  deleteIdempotencyKeys,
  deleteOperations,
  deleteScheduleRuns,
  deleteSilentLeases,
  deleteSilentWorkers,
  FROM_THE_OLDEST,
  type PrunedBatch,
  wholly,
} from '../../stores/upkeep/prune.ts';

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
/** Callers are promised a day. */
const CHANGES_DAYS = 2;
const SCHEDULE_RUN_DAYS = 90;
/** Of every schedule, however old: a yearly one has had some of them. */
const SCHEDULE_RUNS_KEPT = 20;
const ALERT_DAYS = 90;
const DRILL_DAYS = 90;
const DELIVERY_DAYS = 30;
/** A trial takes minutes and is removed with its job; a store that was slow may have written it after that. */
const TRIAL_DAYS = 1;

/** Keeps the tables and the blob store from growing for ever. */
export interface Pruner {
  /** Deletes what is too old in short transactions, one after another. Safe to repeat and in several processes at once. */
  pruneTables(signal: AbortSignal): Promise<void>;
  pruneBlobs(): Promise<void>;
}

export interface PrunerOptions {
  readonly database: Database;
  readonly store: Pick<ImageStore, 'removeJobLogsBefore' | 'removeTrialsBefore'>;
  readonly retention: Retention;
  readonly log: Logger;
}

export function createPruner({ database, store, retention, log }: PrunerOptions): Pruner {
  const rules: Readonly<Record<string, DeleteBatch>> = {
    // Before their operations, which stay as long as they do.
    drills: deleteDrills(DRILL_DAYS),
    operations: deleteOperations(retention.operations, OPERATIONS_KEPT),
    'health checks': deleteHealthChecks(retention.healthChecks),
    'idempotency keys': deleteIdempotencyKeys(IDEMPOTENCY_KEY_DAYS),
    drift: deleteDrift(DRIFT_DAYS),
    'schedule runs': deleteScheduleRuns(SCHEDULE_RUN_DAYS, SCHEDULE_RUNS_KEPT),
    alerts: deleteAlerts(ALERT_DAYS),
    deliveries: deleteDeliveries(DELIVERY_DAYS),
    workers: deleteSilentWorkers(),
    leases: deleteSilentLeases(),
    changes: wholly((cms) => forgetChanges(cms, CHANGES_DAYS)),
  };

  return {
    async pruneTables(signal) {
      for (const [what, deleteBatch] of Object.entries(rules)) {
        let total = 0;
        for (let from: string | null = FROM_THE_OLDEST; from !== null && !signal.aborted; ) {
          const { deleted, next }: PrunedBatch = await deleteBatch(database, from);
          total += deleted;
          from = next;
        }
        if (total > 0) log.info({ what, rows: total }, 'old rows were deleted');
      }
    },

    async pruneBlobs() {
      const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
      const logs = await store.removeJobLogsBefore(daysAgo(retention.jobLogs));
      const trials = await store.removeTrialsBefore(daysAgo(TRIAL_DAYS));
      if (logs + trials > 0) log.info({ logs, trials }, 'old files were removed from the blob store');
    },
  };
}
