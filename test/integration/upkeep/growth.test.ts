import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  drift,
  healthChecks,
  idempotencyKeys,
  jobs,
  leases,
  operationEvents,
  operationSteps,
  operationUndoSteps,
  workers,
} from '../../../drizzle/tables/index.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createPruner, type PrunerOptions } from '../../../src/upkeep/growth/pruner.ts';
import { insertImage, insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.stop());

const RETENTION = { operations: 30, healthChecks: 7, jobLogs: 30 };
const TABLES = {
  operations: ['created_at', 'started_at', 'finished_at'],
  operation_events: ['at'],
  operation_steps: ['started_at', 'finished_at'],
  operation_undo_steps: ['finished_at'],
  jobs: ['created_at'],
  health_checks: ['at'],
  idempotency_keys: ['created_at'],
  drift: ['first_seen', 'last_seen'],
  workers: ['started_at', 'seen_at'],
  leases: ['expires_at'],
} as const;

async function countRows(): Promise<Record<string, number>> {
  const counts = Object.keys(TABLES).map((table) => `(SELECT count(*)::int FROM cms.${table}) AS ${table}`);
  const { rows } = await test.database.pool.query<Record<string, number>>(`SELECT ${counts.join(', ')}`);
  return rows[0] ?? {};
}

/** Lets a day go by, for everything that is recorded. */
async function passDay(): Promise<void> {
  for (const [table, columns] of Object.entries(TABLES)) {
    const moved = columns.map((column) => `${column} = ${column} - interval '1 day'`);
    await test.database.pool.query(`UPDATE cms.${table} SET ${moved.join(', ')}`);
  }
}

const now = () => new Date();

/** An operation that has ended, with all that belongs to one; answers with its id. */
async function finishOperation(of: { instanceId?: string; imageId?: string }): Promise<string> {
  const { orm } = test.database;
  const operationId = await insertOperation(test.database, { ...of, state: 'FAILED', finishedAt: now(), sequence: 3 });
  const step = { operationId, position: 1, name: 'Back up', weight: 1, state: 'FAILED' } as const;
  await orm.insert(operationSteps).values(step);
  await orm.insert(operationUndoSteps).values({ operationId, run: 1, name: 'Remove what was uploaded' });
  const event = { operationId, state: 'RUNNING', percent: 0 } as const;
  await orm.insert(operationEvents).values([1, 2, 3].map((sequence) => ({ ...event, sequence })));
  const job = { operationId, kind: 'backup', namespace: 'test', name: `backup-${operationId.slice(0, 8)}` } as const;
  await orm.insert(jobs).values({ id: randomUUID(), platform: PLATFORM, ...job });
  return operationId;
}

/** What a day of work leaves behind. */
async function workForADay(instances: readonly string[], imageId: string, day: number): Promise<void> {
  const { orm } = test.database;
  for (const instanceId of instances) {
    await finishOperation({ instanceId });
    await finishOperation({ instanceId });
    await orm.insert(healthChecks).values({ instanceId, at: now(), status: 'HEALTHY' });
  }
  await finishOperation({ imageId });
  const shortLived = await insertInstance(test.database, { state: 'DELETED', encryptedPassword: null });
  await finishOperation({ instanceId: shortLived });
  await orm.insert(idempotencyKeys).values({
    caller: 'admin',
    mutation: 'createImage',
    key: `day ${day}`,
    inputDigest: 'x',
    outcome: { instanceId: null, imageId: null, operationId: null, notices: [] },
  });
  await orm.insert(drift).values({
    platform: PLATFORM,
    kind: 'VOLUME',
    namespace: 'test',
    name: `v-${day}`,
    firstSeen: now(),
    lastSeen: now(),
    state: day % 2 === 0 ? 'REMOVED' : 'RESOLVED',
    reason: 'left over',
  });
  const worker = { id: randomUUID(), platform: PLATFORM, host: 'here', pid: day, release: '1.0.0', workflows: [] };
  await orm.insert(workers).values(worker);
  await orm.insert(leases).values({ name: `health local:${day}`, holder: randomUUID(), expiresAt: now() });
}

const nothingRemoved = { removeJobLogsBefore: async () => 0, removeTrialsBefore: async () => 0 };
const pruner = (store: PrunerOptions['store'] = nothingRemoved) =>
  createPruner({
    database: test.database,
    store,
    retention: RETENTION,
    log: createLogger('silent'),
  });
const prune = () => pruner().pruneTables(new AbortController().signal);

describe('pruning', () => {
  it('lets no table grow for ever, whatever goes on', async () => {
    const instances = [await insertInstance(test.database), await insertInstance(test.database, { state: 'STOPPED' })];
    const imageId = await insertImage(test.database);
    const counts: Record<string, number>[] = [];
    for (let day = 0; day < 55; day += 1) {
      await workForADay(instances, imageId, day);
      await prune();
      counts.push(await countRows());
      await passDay();
    }
    expect(counts.at(-1)).toEqual(counts.at(-11));
    expect(counts.at(-1)).toEqual({
      // Six a day; of the image and the two instances the newest are younger than that anyway.
      operations: 6 * 30,
      operation_events: 3 * 6 * 30,
      operation_steps: 6 * 30,
      operation_undo_steps: 6 * 30,
      jobs: 6 * 30,
      health_checks: 2 * 7,
      idempotency_keys: 7,
      drift: 30,
      workers: 1,
      leases: 1,
    });
  });

  it('keeps the newest operations of what lives, however old, whole', async () => {
    await test.database.pool.query('TRUNCATE cms.operations, cms.instances, cms.images CASCADE');
    const living = await insertInstance(test.database);
    const gone = await insertInstance(test.database, { state: 'FAILED' });
    const image = await insertImage(test.database);
    const all: string[] = [];
    for (let index = 0; index < 25; index += 1) all.push(await finishOperation({ instanceId: living }));
    for (let index = 0; index < 3; index += 1) await finishOperation({ instanceId: gone });
    const ofImage = await finishOperation({ instanceId: gone, imageId: image });
    const running = await insertOperation(test.database, { state: 'RUNNING', instanceId: gone });
    for (let day = 0; day < 40; day += 1) await passDay();
    await prune();
    const { rows } = await test.database.pool.query<{ id: string; events: number }>(
      `SELECT o.id, (SELECT count(*)::int FROM cms.operation_events e WHERE e.operation_id = o.id) AS events
       FROM cms.operations o ORDER BY o.created_at`,
    );
    expect(rows.map(({ id }) => id).toSorted()).toEqual([...all.slice(5), ofImage, running].toSorted());
    expect(rows.filter(({ id }) => id !== running).every(({ events }) => events === 3)).toBe(true);
  });

  it('removes job logs after the days that were asked for, and what trials left after one', async () => {
    const ages: Record<string, number> = {};
    const ageOf = (what: string) => async (before: Date) => {
      ages[what] = Math.round((Date.now() - before.getTime()) / 86_400_000);
      return 0;
    };
    await pruner({ removeJobLogsBefore: ageOf('logs'), removeTrialsBefore: ageOf('trials') }).pruneBlobs();
    expect(ages).toEqual({ logs: RETENTION.jobLogs, trials: 1 });
  });

  it('takes a backlog in batches, and ends when it is told to stop', async () => {
    const { pool } = test.database;
    await pool.query('TRUNCATE cms.health_checks');
    await pool.query(`INSERT INTO cms.health_checks (instance_id, at, status)
      SELECT gen_random_uuid(), now() - interval '8 days', 'HEALTHY' FROM generate_series(1, 25000)`);
    const told = new AbortController();
    told.abort();
    await pruner().pruneTables(told.signal);
    expect((await countRows()).health_checks).toBe(25_000);
    await Promise.all([prune(), prune()]);
    expect((await countRows()).health_checks).toBe(0);
  });
});
