import type { Caller } from '../../resolvers/ports/commands.ts';
import type { PageRequest } from '../../resolvers/ports/queries.ts';
import { AUDIT_OUTCOMES } from '../../schema/states.ts';
import type { Database } from '../../src/db/database.ts';
import type { SecretBox } from '../../src/secrets/secret-box.ts';
import { createAccessQueries } from '../../src/stores/access/queries.ts';
import { createAlertQueries } from '../../src/stores/alerts/alerts.ts';
import { createDrillQueries } from '../../src/stores/drills/queries.ts';
import { createImageQueries } from '../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../src/stores/instances/queries.ts';
import { readChanges } from '../../src/stores/lists/change-feed.ts';
import { createChangedOperations } from '../../src/stores/lists/changed-rows.ts';
import { readEvents } from '../../src/stores/operations/events.ts';
import { createOperationQueries } from '../../src/stores/operations/queries.ts';
import { createReadinessQueries } from '../../src/stores/readiness/readiness.ts';
import { createScheduleQueries } from '../../src/stores/schedules/queries.ts';
import { readRetained } from '../../src/stores/schedules/retained-images.ts';
import { createUpkeepQueries } from '../../src/stores/upkeep/queries.ts';
import { createWebhookQueries } from '../../src/stores/webhooks/webhooks.ts';
import type { RecordCall } from './record-call.ts';

/** Parts of names: of all of them, of some, of few, of one, of none, and none though its own parts are in all. */
const PARTS = ['nightly', 'shop', 'a3', 'a3f', 'a3f1', 'zz', 'ightly-nightly', 'opshop'];
const ADMIN: Caller = { kind: 'USER', id: null, name: 'admin', role: 'ADMIN' };

/** What the API reads: lists with each filter, lookups, what belongs to others, and what followers are told. */
export async function listReads(database: Database, secrets: SecretBox): Promise<RecordCall[]> {
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
  const access = createAccessQueries(database);
  const webhooks = createWebhookQueries(database);
  const old = new Date(Date.now() - 86_400_000);
  const ownScope = { team: 'team-10' };
  const own = {
    instances: createInstanceQueries(database, secrets, ownScope),
    images: createImageQueries(database, ownScope),
    operations: createOperationQueries(database, ownScope),
    alerts: createAlertQueries(database, ownScope),
    drift: createUpkeepQueries(database, ownScope),
  };
  const webhookId = await one('SELECT id FROM cms.webhooks LIMIT 1');
  const runId = await one('SELECT id FROM cms.schedule_runs LIMIT 1');
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

    call('instances by time', () => instances.page({ createdBefore: old }, page)),
    call('images', () => images.page({}, page)),
    call('images by state', () => images.page({ state: ['FAILED'] }, page)),
    call('images by labels', () => images.page({ labels: { team: 'team-10' } }, page)),

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
    call('health of an instance over a day', () => upkeep.healthDays([instanceId])),
    call('schedules', () => schedules.page(page)),
    call('runs of a schedule', () => schedules.runPages([scheduleId], page)),
    call('alerts', () => createAlertQueries(database).page(null, page)),
    call('open alerts', () => createAlertQueries(database).page(true, page)),
    call('drift', () => upkeep.drift({ first: 50, state: null })),
    call('changes since a moment', () => createChangedOperations(database).readSince(moment)),
    call('changes in one order', () => readChanges(database, { xid: moment.split(':')[0] ?? '0', position: '0' }, 100)),
    ...PARTS.map((part) =>
      call(`instances with "${part}" in the name`, () => instances.page({ nameContains: part }, page)),
    ),
    ...PARTS.map((part) =>
      call(`images whose name begins with "${part}"`, () => images.page({ nameStartsWith: part }, page)),
    ),
    ...PARTS.map((part) => call(`images with "${part}" in the name`, () => images.page({ nameContains: part }, page))),
    call('instances by readiness', () => instances.page({ readiness: ['UNPROVEN'] }, { ...page, first: 10 })),
    call('instances of a scope', () => own.instances.page({}, page)),
    call('images of a scope', () => own.images.page({}, page)),
    call('operations of a scope', () => own.operations.page({}, page)),
    call('alerts of a scope', () => own.alerts.page(null, page)),
    call('drift of a scope', () => own.drift.drift({ first: 50, state: null })),
    call('retention of a schedule', () => readRetained(database, { instanceId, scheduleId: null })),
    call('operations of runs of schedules', () => schedules.operationsOfRuns([runId])),
    call('webhooks', () => webhooks.list()),
    call('messages to a webhook', () => webhooks.deliveries([webhookId], 20)),
    call('audit log', () => access.auditLog(ADMIN, {}, page)),
    call('audit log by an action', () => access.auditLog(ADMIN, { action: ['deleteUser'] }, page)),
    ...AUDIT_OUTCOMES.map((outcome) =>
      call(`audit log of ${outcome}`, () => access.auditLog(ADMIN, { outcome: [outcome] }, page)),
    ),
    call('audit log by who', () => access.auditLog(ADMIN, { actorName: 'nobody' }, page)),
    call('audit log by what', () => access.auditLog(ADMIN, { target: imageId }, page)),
  ];
}
