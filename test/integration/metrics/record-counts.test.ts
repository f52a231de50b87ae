import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drift, jobs } from '../../../drizzle/tables/index.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { createReadinessWatch } from '../../../src/stores/readiness/readiness-watch.ts';
import { readRecordCounts } from '../../../src/stores/upkeep/record-counts.ts';
import { ensureQueue, QUEUE_SCHEMA, sendRun, startBoss } from '../../../src/workflow/queue/boss.ts';
import { queueName, queueNamePattern } from '../../../src/workflow/queue/queue-name.ts';
import { captureLog } from '../../support/capture-log.ts';
import { insertImage, insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let records: TestDatabase;
let boss: Awaited<ReturnType<typeof startBoss>>;

beforeEach(async () => {
  records = await createTestDatabase();
  boss = await startBoss({ url: records.url, log: captureLog().log });
});

afterEach(async () => {
  await boss.stop({ graceful: false });
  await records.stop();
});

function read(options: { platformId?: string; perInstance?: boolean } = {}) {
  const { platformId = PLATFORM, perInstance = false } = options;
  const queuePattern = queueNamePattern(platformId);
  return readRecordCounts(records.database, { platformId, queueSchema: QUEUE_SCHEMA, queuePattern, perInstance });
}

async function queue(platformId: string, operationId: string): Promise<string> {
  const name = queueName(platformId, 'create-image', '1.0.0');
  await ensureQueue(boss, name);
  await records.database.transaction(async (tx) => void (await sendRun(boss, tx, name, { operationId, run: 1 })));
  return name;
}

test('nothing on record is nothing, not an error', async () => {
  expect(await read()).toEqual({
    operations: [],
    instances: [],
    images: [],
    jobs: [],
    drift: [],
    queue: { depth: 0, oldestSeconds: 0 },
    alerts: [],
    readiness: [],
    readinessAgeSeconds: null,
    imageAges: null,
    drills: [],
    proofs: null,
    liveWorkers: 0,
    servers: null,
  });
});

test('records are counted by state, those of other platforms not', async () => {
  const { database } = records;
  await insertInstance(database, { health: 'HEALTHY' });
  await insertInstance(database, { health: 'HEALTHY' });
  await insertInstance(database, { state: 'STOPPED' });
  await insertInstance(database, { platform: 'local:another' });
  await insertImage(database, { sizeBytes: 3_000_000_000 });
  await insertImage(database, { sizeBytes: 4_000_000_000 });
  const operationId = await insertOperation(database, { state: 'FAILED' });
  await insertOperation(database, { kind: 'DELETE_IMAGE', state: 'RUNNING' });
  const job = { operationId, kind: 'backup' as const, namespace: 'n', name: 'backup-a', platform: PLATFORM };
  await database.orm.insert(jobs).values({ ...job, id: randomUUID(), state: 'RUNNING' });
  const seen = { platform: PLATFORM, namespace: 'n', reason: 'left over', firstSeen: new Date(), lastSeen: new Date() };
  await database.orm.insert(drift).values([
    { ...seen, kind: 'VOLUME', name: 'a', state: 'PENDING' },
    { ...seen, kind: 'VOLUME', name: 'b', state: 'RESOLVED' },
  ]);
  // Nobody has looked at how well they could be brought back by now.
  expect((await read()).readiness).toEqual([]);
  await createReadinessWatch(database, PLATFORM).look();
  const counts = await read();
  expect(counts.readinessAgeSeconds).toBeGreaterThanOrEqual(0);
  expect(counts.instances).toHaveLength(2);
  expect(counts.instances).toContainEqual({ state: 'RUNNING', health: 'HEALTHY', count: 2 });
  expect(counts.instances).toContainEqual({ state: 'STOPPED', health: 'UNKNOWN', count: 1 });
  expect(counts.readiness).toEqual([
    { status: 'UNPROTECTED', count: 3, oldestSeconds: null, oldestDrillSeconds: null, longestRecoverySeconds: null },
  ]);
  expect(counts.images).toEqual([{ state: 'AVAILABLE', count: 2, sizeBytes: 7_000_000_000 }]);
  expect(counts.operations).toHaveLength(2);
  expect(counts.operations).toContainEqual({ kind: 'CREATE_IMAGE', state: 'FAILED', count: 1 });
  expect(counts.jobs).toEqual([{ kind: 'backup', state: 'RUNNING', count: 1 }]);
  expect(counts.drift).toEqual([{ kind: 'VOLUME', state: 'PENDING', count: 1 }]);
  expect(counts.servers).toBeNull();
});

test('runs wait in the queue until a worker has them in hand, and their age is that of the longest wait', async () => {
  const name = await queue(PLATFORM, randomUUID());
  await queue(PLATFORM, randomUUID());
  await queue('local:another', randomUUID());
  // What is scheduled beside runs is no run, and what begins only later does not wait.
  const rounds = name.replace(/create-image.*/, 'rounds');
  await boss.createQueue(rounds);
  await boss.send(rounds, {});
  await boss.send(name, {}, { startAfter: 60 });
  await records.database.pool.query(
    `UPDATE pgboss.job SET start_after = now() - interval '1 minute' WHERE id = (
       SELECT id FROM pgboss.job WHERE name = $1 AND start_after <= now() LIMIT 1)`,
    [name],
  );
  const waiting = await read();
  expect(waiting.queue.depth).toBe(2);
  expect(waiting.queue.oldestSeconds).toBeGreaterThanOrEqual(60);
  expect(waiting.queue.oldestSeconds).toBeLessThan(90);
  const [fetched] = await boss.fetch(name, { batchSize: 1 });
  expect((await read()).queue.depth).toBe(1);
  // Handed back, it waits again, from now on.
  await boss.fail(name, fetched?.id ?? '', { reason: 'handed back' });
  const again = await read();
  expect(again.queue.depth).toBe(2);
  expect(again.queue.oldestSeconds).toBeLessThan(30);
});

test('running instances are listed one by one where that was asked for', async () => {
  await insertInstance(records.database, { name: 'orders', health: 'HEALTHY' });
  await insertInstance(records.database, { name: 'away', state: 'STOPPED' });
  const { servers } = await read({ perInstance: true });
  expect(servers).toEqual([{ name: 'orders', namespace: 'toygres-managed', health: 'HEALTHY' }]);
});

test('a database that does not answer is UNAVAILABLE', async () => {
  const gone = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nothing' });
  const options = { platformId: PLATFORM, queueSchema: QUEUE_SCHEMA, queuePattern: '%', perInstance: false };
  await expect(readRecordCounts(gone, options)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await gone.stop();
});
