import type { AlertKind } from '../../schema/states.ts';
import type { Database } from '../../src/db/database.ts';
import { readOpenAlerts, syncAlerts } from '../../src/stores/alerts/alerts.ts';
import { READINESS_RULES, RECORD_RULES } from '../../src/stores/alerts/rules.ts';
import { forgetChanges } from '../../src/stores/lists/change-feed.ts';
import { createReadinessWatch } from '../../src/stores/readiness/readiness-watch.ts';
import { readForgottenRuns, readStrandedRuns } from '../../src/stores/runs/sweep.ts';
import { readLiveWorkers, readStrandedVersions } from '../../src/stores/runs/worker-queries.ts';
import { readRetainedBatch } from '../../src/stores/schedules/retained-images.ts';
import { readRunsUnderWay } from '../../src/stores/schedules/runs.ts';
import { readNextDue } from '../../src/stores/schedules/writes.ts';
import { countOpenDrift, readOverdueDrift } from '../../src/stores/upkeep/drift.ts';
import { readWatched } from '../../src/stores/upkeep/health.ts';
import { readHealthSummary } from '../../src/stores/upkeep/health-summary.ts';
import { readImageOwners, readServerOwners } from '../../src/stores/upkeep/owners.ts';
import { countUnderWay, readKnownPlatforms } from '../../src/stores/upkeep/platforms.ts';
import { readLastPreflights } from '../../src/stores/upkeep/preflights.ts';
import {
  deleteAlerts,
  deleteDeliveries,
  deleteDrift,
  deleteDrills,
  deleteHealthChecks,
  deleteIdempotencyKeys,
  deleteOperations,
  deleteScheduleRuns,
  FROM_THE_OLDEST,
} from '../../src/stores/upkeep/prune.ts';
import { readRecordCounts } from '../../src/stores/upkeep/record-counts.ts';
import { readStopped } from '../../src/stores/upkeep/stopped.ts';
import { foldTallies } from '../../src/stores/upkeep/tallies.ts';
import { readNextDelivery, takeDue } from '../../src/stores/webhooks/outbox.ts';
import { QUEUE_SCHEMA } from '../../src/workflow/queue/boss.ts';
import { queueNamePattern } from '../../src/workflow/queue/queue-name.ts';
import type { RecordCall } from './record-call.ts';

/** What looks after a platform reads and deletes, what metrics count, and what diagnostics ask. */
export function listUpkeep(database: Database, platform: string): RecordCall[] {
  const call = (name: string, run: () => Promise<unknown>): RecordCall => ({ name, run });
  const since = new Date().toISOString();
  const owners = { platform, ids: [], since };
  const readiness = createReadinessWatch(database, platform);
  let hasLooked = false;
  return [
    call('sweep: runs that the queue lost', () => readForgottenRuns(database, platform, QUEUE_SCHEMA)),
    call('sweep: runs without a worker', () => readStrandedRuns(database, platform, 60_000)),
    call('upkeep: STOPPED and wanted', () => readStopped(database, platform)),
    call('upkeep: drift that is overdue', () => readOverdueDrift(database, platform, 60_000)),
    call('upkeep: retention, images whose time is over', () =>
      readRetainedBatch(database, platform, { after: null, onlyExpired: true, limit: 50 }),
    ),
    call('upkeep: retention, images of schedules', () =>
      readRetainedBatch(database, platform, { after: null, onlyExpired: false, limit: 50 }),
    ),
    call('upkeep: old operations', () => deleteOperations(365, 20, 50)(database, FROM_THE_OLDEST)),
    call('upkeep: old checks of health', () => deleteHealthChecks(7)(database, FROM_THE_OLDEST)),
    call('upkeep: old runs of schedules', () => deleteScheduleRuns(365, 50, 50)(database, FROM_THE_OLDEST)),
    call('upkeep: old drills', () => deleteDrills(365, 50)(database, FROM_THE_OLDEST)),
    call('upkeep: old alerts', () => deleteAlerts(365)(database, FROM_THE_OLDEST)),
    call('diagnostics: workers', () => readLiveWorkers(database, platform)),
    call('diagnostics: runs that nobody can take', () => readStrandedVersions(database, platform)),
    call('diagnostics: open drift', () => countOpenDrift(database, platform)),
    call('diagnostics: health', () => readHealthSummary(database, platform)),
    call('metrics: counts of records', () =>
      readRecordCounts(database, {
        platformId: platform,
        queueSchema: QUEUE_SCHEMA,
        queuePattern: queueNamePattern(platform),
        perInstance: false,
      }),
    ),
    call('diagnostics: preflights', () => readLastPreflights(database, platform)),
    call('diagnostics: open alerts', () => readOpenAlerts(database, platform)),
    {
      ...call('metrics: instances one by one', () =>
        readRecordCounts(database, {
          platformId: platform,
          queueSchema: QUEUE_SCHEMA,
          queuePattern: queueNamePattern(platform),
          perInstance: true,
        }),
      ),
      looksAtAllLive: true,
    },
    call('upkeep: tallies', () => foldTallies(database, platform)),
    call('upkeep: old idempotency keys', () => deleteIdempotencyKeys(7)(database, FROM_THE_OLDEST)),
    call('upkeep: old drift', () => deleteDrift(30)(database, FROM_THE_OLDEST)),
    call('upkeep: old messages to webhooks', () => deleteDeliveries(365)(database, FROM_THE_OLDEST)),
    call('upkeep: old changes', () => forgetChanges(database, 2)),
    call('upkeep: running instances', () => readWatched(database, platform, null)),
    call('upkeep: owners of servers', () => readServerOwners(database, owners)),
    call('upkeep: owners of images', () => readImageOwners(database, owners)),
    call('upkeep: platforms that are known', () => readKnownPlatforms(database, [platform])),
    call('upkeep: operations under way', () => countUnderWay(database, platform)),
    call('schedules: runs under way', () => readRunsUnderWay(database, platform)),
    call('schedules: the next one', () => readNextDue(database, platform)),
    call('webhooks: what is due', () => takeDue(database, { limit: 50, perWebhook: 5, busy: [], only: null })),
    call('webhooks: the next message', () => readNextDelivery(database)),
    // The first look is at all that lives, and the second passes what that has told; then they are of what changes.
    call('alerts: readiness', async () => {
      if (!hasLooked) await readiness.look();
      hasLooked = true;
      const ids = await readiness.look();
      for (const [kind, rule] of Object.entries(READINESS_RULES)) {
        await syncAlerts(database, platform, kind as AlertKind, rule(platform, ids), ids);
      }
    }),
    ...Object.entries(RECORD_RULES).map(([kind, rule]): RecordCall => {
      return {
        ...call(`alerts: ${kind}`, () => syncAlerts(database, platform, kind as AlertKind, rule(platform))),
        // Many are ill in these records.
        ...(kind === 'INSTANCE_UNHEALTHY' ? { looksAtAllLive: true } : {}),
      };
    }),
  ];
}
