import type { PageRequest } from '../../resolvers/ports/queries.ts';
import type { Database } from '../../src/db/database.ts';
import type { SecretBox } from '../../src/secrets/secret-box.ts';
import { createAlertQueries, readOpenAlerts } from '../../src/stores/alerts/alerts.ts';
import { createDrillQueries } from '../../src/stores/drills/queries.ts';
import { createImageQueries } from '../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../src/stores/instances/queries.ts';
import { readChanges } from '../../src/stores/lists/change-feed.ts';
import { createChangedOperations } from '../../src/stores/lists/changed-rows.ts';
import { readEvents } from '../../src/stores/operations/events.ts';
import { createOperationQueries } from '../../src/stores/operations/queries.ts';
import { createReadinessQueries } from '../../src/stores/readiness/readiness.ts';
import { readForgottenRuns, readStrandedRuns } from '../../src/stores/runs/sweep.ts';
import { readLiveWorkers, readStrandedVersions } from '../../src/stores/runs/worker-queries.ts';
import { createScheduleQueries } from '../../src/stores/schedules/queries.ts';
import { readRetainedBatch } from '../../src/stores/schedules/retained-images.ts';
import { countOpenDrift, readOverdueDrift } from '../../src/stores/upkeep/drift.ts';
import { readHealthSummary } from '../../src/stores/upkeep/health-summary.ts';
import { readLastPreflights } from '../../src/stores/upkeep/preflights.ts';
import {
  deleteAlerts,
  deleteDrills,
  deleteHealthChecks,
  deleteOperations,
  deleteScheduleRuns,
} from '../../src/stores/upkeep/prune.ts';
import { createUpkeepQueries } from '../../src/stores/upkeep/queries.ts';
import { readRecordCounts } from '../../src/stores/upkeep/record-counts.ts';
import { readStopped } from '../../src/stores/upkeep/stopped.ts';
import { QUEUE_SCHEMA } from '../../src/workflow/queue/boss.ts';
import { queueNamePattern } from '../../src/workflow/queue/queue-name.ts';

/** Something that is asked of the records, by its name. */
export interface RecordCall {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** What is asked of the records by lists, filters, lookups, followers, upkeep and diagnostics, one call each. */
export async function listRecordCalls(database: Database, secrets: SecretBox, platform: string): Promise<RecordCall[]> {
  const one = async (sql: string): Promise<string> =>
    (await database.pool.query<{ id: string }>(sql)).rows[0]?.id ?? '';
  const instanceId = await one(`SELECT id FROM cms.instances WHERE state = 'RUNNING' ORDER BY created_at LIMIT 1`);
  const imageId = await one(`SELECT id FROM cms.images WHERE state = 'AVAILABLE' ORDER BY created_at LIMIT 1`);
  const operationId = await one('SELECT id FROM cms.operations ORDER BY created_at LIMIT 1');
  const scheduleId = await one('SELECT id FROM cms.schedules LIMIT 1');
  const moment = await one('SELECT pg_current_snapshot()::text AS id');
  const page: PageRequest = { first: 50, after: null, counted: false };
  const instances = createInstanceQueries(database, secrets);
  const images = createImageQueries(database);
  const operations = createOperationQueries(database);
  const schedules = createScheduleQueries(database);
  const upkeep = createUpkeepQueries(database);
  const old = new Date(Date.now() - 86_400_000);
  const call = (name: string, run: () => Promise<unknown>): RecordCall => ({ name, run });
  return [
    call('instance by id', () => instances.byIds([instanceId])),
    call('instance by name', () => instances.byName('shop')),
    call('image by id', () => images.byIds([imageId])),
    call('image by name', () => images.byName('nightly')),
    call('operation by id', () => operations.byIds([operationId])),
    call('steps of an operation', () => operations.steps([operationId])),
    call('jobs of an operation', () => operations.jobs([operationId])),
    call('events of an operation', () => readEvents(database, operationId, 0, 200)),
    call('instances', () => instances.page({}, page)),
    call('instances by state', () => instances.page({ state: ['RUNNING'] }, page)),
    call('instances by labels', () => instances.page({ labels: { team: 'team-10' } }, page)),
    call('instances by a part of a name', () => instances.page({ nameContains: 'a3f' }, page)),
    call('instances by time', () => instances.page({ createdBefore: old }, page)),
    call('images', () => images.page({}, page)),
    call('images by state', () => images.page({ state: ['FAILED'] }, page)),
    call('images by labels', () => images.page({ labels: { team: 'team-10' } }, page)),
    call('images by a part of a name', () => images.page({ nameContains: 'a3f' }, page)),
    call('images by method', () => images.page({ method: ['PHYSICAL'] }, page)),
    call('images by source', () => images.page({ sourceInstanceId: instanceId }, page)),
    call('images by schedule', () => images.page({ scheduleId }, page)),
    call('images of instances', () => images.pagesOfInstances([instanceId], page)),
    call('operations', () => operations.page({}, page)),
    call('operations by an ended state', () => operations.page({ state: ['FAILED'] }, page)),
    call('operations by kind', () => operations.page({ kind: ['STOP_INSTANCE'] }, page)),
    call('operations by instance', () => operations.page({ instanceId }, page)),
    call('operations by image', () => operations.page({ imageId }, page)),
    call('operations of instances', () => operations.pagesOfInstances([instanceId], page)),
    call('drills of images', () => createDrillQueries(database).ofImages([imageId], 20)),
    call('readiness of a page of instances', () => createReadinessQueries(database).ofInstances([instanceId])),
    call('health of an instance', () => upkeep.healthChecks([instanceId], 20)),
    call('schedules', () => schedules.page(page)),
    call('runs of a schedule', () => schedules.runPages([scheduleId], page)),
    call('alerts', () => createAlertQueries(database).page(null, page)),
    call('open alerts', () => createAlertQueries(database).page(true, page)),
    call('drift', () => upkeep.drift({ first: 50, state: null })),
    call('changes since a moment', () => createChangedOperations(database).readSince(moment)),
    call('changes in one order', () =>
      readChanges(database, { xid: moment.split(':')[0] ?? '0', position: '0' }, null, 100),
    ),
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
    call('upkeep: old operations', () => deleteOperations(365, 20)(database)),
    call('upkeep: old checks of health', () => deleteHealthChecks(7)(database)),
    call('upkeep: old runs of schedules', () => deleteScheduleRuns(365, 50)(database)),
    call('upkeep: old drills', () => deleteDrills(365)(database)),
    call('upkeep: old alerts', () => deleteAlerts(365)(database)),
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
  ];
}
