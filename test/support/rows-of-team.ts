import { randomUUID } from 'node:crypto';
import {
  alerts,
  apiTokens,
  auditEntries,
  drift,
  healthChecks,
  imageFiles,
  jobs,
  operationEvents,
  operationSteps,
  scheduledImages,
  scheduleRuns,
  schedules,
  users,
  webhookDeliveries,
  webhooks,
} from '../../drizzle/tables/index.ts';
import type { Database } from '../../src/db/database.ts';
import { insertDrill, insertImage, insertInstance, insertOperation, PLATFORM, secrets } from './sample-rows.ts';

/** The ids of what a team has in every table. */
export interface Made {
  readonly instance: string;
  readonly image: string;
  readonly operation: string;
  readonly drill: string;
  readonly job: string;
  readonly schedules: readonly string[];
  readonly run: string;
  readonly alert: string;
  readonly user: string;
  readonly token: string;
  readonly webhook: string;
}

/** Something in every table, of one team, with the mark in every text. */
export async function insertRowsOfTeam(database: Database, team: string, mark: string): Promise<Made> {
  const { orm } = database;
  const failure = { code: 'STEP_FAILED', message: mark, step: mark };
  const findings = [
    { code: 'VIEW_LEFT_OUT', severity: 'WARNING', database: mark, object: mark, message: mark, remedy: mark },
  ] as never;
  const labels = { team, [mark]: mark };
  const instance = await insertInstance(database, {
    name: `${mark}-instance`,
    namespace: `${mark}-namespace`,
    labels,
    failure,
    findings,
    dnsLabel: mark,
    endpoint: { host: `${mark}.example`, port: 5432, dnsName: mark },
  });
  const image = await insertImage(database, {
    name: `${mark}-image`,
    description: mark,
    sourceInstanceId: instance,
    sourceInstanceName: `${mark}-instance`,
    databases: [{ name: mark, owner: mark, sizeBytes: 1 }],
    extensions: [{ database: mark, name: mark, version: mark }],
    notices: [mark],
    findings,
    labels,
    failure,
    takenAt: new Date(),
  });
  const operation = await insertOperation(database, {
    instanceId: instance,
    imageId: image,
    failure,
    requestedBy: mark,
    finishedAt: new Date(),
  });
  const progress = { percent: 1, bytesDone: 1, bytesTotal: 1, bytesPerSecond: 1, secondsLeft: 1, message: mark };
  await orm
    .insert(operationSteps)
    .values({ operationId: operation, position: 1, name: mark, weight: 1, state: 'FAILED', progress, failure });
  await orm.insert(operationEvents).values({ operationId: operation, sequence: 1, state: 'FAILED', percent: 1 });
  const drill = await insertDrill(database, {
    imageId: image,
    sourceInstanceId: instance,
    operationId: operation,
    namespace: mark,
    resourceName: `${mark}-drill`,
    state: 'PASSED',
    findings,
    failure,
  });
  const job = randomUUID();
  const place = { namespace: mark, name: `${mark}-job`, platform: PLATFORM };
  await orm.insert(jobs).values({ id: job, operationId: operation, kind: 'backup', ...place });
  await orm.insert(imageFiles).values({ imageId: image, name: mark, sizeBytes: 1, md5: mark, sha256: mark });
  await orm.insert(healthChecks).values({ instanceId: instance, at: new Date(), status: 'UNHEALTHY', message: mark });
  const run = randomUUID();
  const common = {
    platform: PLATFORM,
    enabled: true,
    cron: '0 0 * * *',
    timeZone: 'UTC',
    method: 'LOGICAL',
    retention: { keepLast: 1 },
    concurrency: 1,
    promisedSince: new Date(),
  } as never as Omit<typeof schedules.$inferInsert, 'id' | 'name'>;
  const made = [randomUUID(), randomUUID()] as const;
  await orm.insert(schedules).values([
    { ...common, id: made[0], name: `${mark}-schedule`, selector: labels },
    { ...common, id: made[1], name: `${mark}-schedule-of-one`, instanceId: instance },
  ]);
  const [scheduleId] = made;
  await orm.insert(scheduleRuns).values({ id: run, scheduleId, dueAt: new Date(), state: 'FAILED', message: mark });
  await orm.insert(scheduledImages).values({
    runId: run,
    instanceId: instance,
    instanceName: mark,
    imageId: image,
    operationId: operation,
    message: mark,
  });
  await database.pool.query('UPDATE cms.images SET schedule_id = $1 WHERE id = $2', [scheduleId, image]);
  const alert = randomUUID();
  await orm.insert(alerts).values({
    id: alert,
    platform: PLATFORM,
    kind: 'IMAGE_FAILED',
    thing: mark,
    severity: 'WARNING',
    message: mark,
    remedy: mark,
    instanceId: instance,
    imageId: image,
    scheduleId,
    operationId: operation,
  } as typeof alerts.$inferInsert);
  await orm.insert(drift).values({
    platform: PLATFORM,
    kind: 'VOLUME',
    namespace: mark,
    name: mark,
    ownerId: instance,
    firstSeen: new Date(),
    lastSeen: new Date(),
    state: 'REPORTED',
    reason: mark,
  });
  const [user, token, webhook] = [randomUUID(), randomUUID(), randomUUID()];
  await orm.insert(users).values({ id: user, username: mark, passwordHash: mark, role: 'OPERATOR', scope: { team } });
  await orm.insert(apiTokens).values({
    id: token,
    name: mark,
    role: 'OPERATOR',
    scope: { team },
    prefix: mark,
    tokenHash: mark,
    userId: user,
    createdByKind: 'USER',
    createdByName: mark,
  });
  await orm.insert(auditEntries).values(
    [instance, image, operation, user, token].map((target) => ({
      id: randomUUID(),
      actorKind: 'USER' as const,
      actorName: mark,
      address: mark,
      action: mark,
      target,
      outcome: 'ALLOWED' as const,
      detail: mark,
    })),
  );
  await orm.insert(webhooks).values({
    id: webhook,
    name: mark,
    url: `https://${mark}.example`,
    events: ['OPERATION_FAILED'],
    enabled: false,
    failure: mark,
    encryptedSecret: secrets.encrypt(mark, webhook),
  });
  await orm
    .insert(webhookDeliveries)
    .values({ webhookId: webhook, event: 'OPERATION_FAILED', error: mark, nextAttemptAt: null });
  return { instance, image, operation, drill, job, schedules: made, run, alert, user, token, webhook };
}
