import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instances, operations } from '../../../drizzle/tables/index.ts';
import type { OperationEventRecord } from '../../../resolvers/ports/records.ts';
import type { EventStreams } from '../../../resolvers/ports/streams.ts';
import type { OperationState } from '../../../schema/states.ts';
import type { Database } from '../../../src/db/database.ts';
import { createEventStreams } from '../../../src/events/event-streams.ts';
import { createListener, type Listener } from '../../../src/events/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const log = createLogger('silent');
let cms: TestDatabase;
let database: Database;
let listener: Listener;
let streams: EventStreams;

beforeAll(async () => {
  cms = await createTestDatabase();
  database = cms.database;
});
afterAll(() => cms.stop());
beforeEach(async () => {
  listener = createListener({ url: cms.url, log });
  await listener.start();
  streams = createEventStreams({ database, listener, log });
});
afterEach(async () => {
  const left = listener.subscribers;
  await listener.stop();
  expect(left).toBe(0);
});

async function insertOperation(instanceId: string | null = null): Promise<string> {
  const id = randomUUID();
  await database.orm.insert(operations).values({
    id,
    kind: 'CREATE_IMAGE',
    workflow: 'w',
    workflowVersion: '1.0.0',
    platform: 'p',
    state: 'RUNNING',
    input: {},
    instanceId,
    excludesOnInstance: false,
    excludesOnImage: false,
    requestedBy: 'test',
  });
  return id;
}

/** Adds the next event in one statement, as the engine does. */
async function tell(id: string, state: OperationState = 'RUNNING'): Promise<void> {
  await database.orm.execute(sql`
    WITH op AS (
      UPDATE cms.operations SET sequence = sequence + 1, state = ${state} WHERE id = ${id} RETURNING sequence
    )
    INSERT INTO cms.operation_events (operation_id, sequence, state, percent)
    SELECT ${id}::uuid, sequence, ${state}, 0 FROM op`);
}

async function insertInstance(): Promise<string> {
  const id = randomUUID();
  await database.orm.insert(instances).values({
    id,
    name: `i-${id}`,
    resourceName: `i-${id}`,
    namespace: 'n',
    platform: 'p',
    imageType: 'STOCK',
    postgresVersion: '15',
    storageGib: 1,
    exposure: 'INTERNAL',
    state: 'CREATING',
    encryptedPassword: 'x',
  });
  return id;
}

const label = (id: string, value: string) =>
  database.orm.update(instances).set({ labels: { value } }).where(eq(instances.id, id));
const never = () => new AbortController().signal;

async function collect(events: AsyncIterable<OperationEventRecord>): Promise<number[]> {
  const sequences: number[] = [];
  for await (const event of events) sequences.push(event.sequence);
  return sequences;
}

const countTo = (length: number) => Array.from({ length }, (_, index) => index + 1);

describe('followOperation', () => {
  it('replays what is stored, goes on live, and ends after the terminal event', async () => {
    const id = await insertOperation();
    for (let index = 0; index < 450; index += 1) await tell(id);
    const all = collect(streams.followOperation(id, 0, never()));
    const tail = collect(streams.followOperation(id, 448, never()));
    for (let index = 0; index < 50; index += 1) await tell(id);
    await tell(id, 'SUCCEEDED');
    expect(await all).toEqual(countTo(501));
    expect(await tail).toEqual(countTo(501).slice(448));
    // One who comes when all is over, and one who has it all already.
    expect(await collect(streams.followOperation(id, 499, never()))).toEqual([500, 501]);
    expect(await collect(streams.followOperation(id, 501, never()))).toEqual([]);
  });

  it('goes on past a terminal event that a retry has followed', async () => {
    const id = await insertOperation();
    await tell(id, 'FAILED');
    await tell(id, 'QUEUED');
    await tell(id, 'SUCCEEDED');
    expect(await collect(streams.followOperation(id, 0, never()))).toEqual([1, 2, 3]);
  });

  it('answers NOT_FOUND at the first next', async () => {
    const events = streams.followOperation(randomUUID(), 0, never())[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { field: 'operationId' } });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('loses nothing and repeats nothing when the LISTEN connection is cut in the middle, again and again', async () => {
    const ids = await Promise.all([insertOperation(), insertOperation(), insertOperation()]);
    const followers = ids.map((id) => collect(streams.followOperation(id, 0, never())));
    for (let index = 0; index < 60; index += 1) {
      await Promise.all(ids.map((id) => tell(id)));
      if (index % 20 === 10) {
        await database.orm.execute(sql`SELECT pg_terminate_backend(${listener.backendPid})`);
      }
    }
    await Promise.all(ids.map((id) => tell(id, 'SUCCEEDED')));
    for (const sequences of await Promise.all(followers)) expect(sequences).toEqual(countTo(61));
  });

  it('needs no notification at all, only some seconds more', async () => {
    const deaf = createEventStreams({ database, listener: { subscribe: () => () => undefined }, log });
    const id = await insertOperation();
    const all = collect(deaf.followOperation(id, 0, never()));
    await tell(id);
    await tell(id, 'FAILED');
    expect(await all).toEqual([1, 2]);
  });

  it('reads once for many who stand at the same event', async () => {
    const id = await insertOperation();
    await tell(id);
    const many = Array.from({ length: 200 }, () => collect(streams.followOperation(id, 0, never())));
    let reads = 0;
    const { query } = database.pool;
    database.pool.query = ((...args: Parameters<typeof query>) => {
      if (JSON.stringify(args[0]).includes('operation_events WHERE')) reads += 1;
      return query.apply(database.pool, args);
    }) as typeof query;
    for (let index = 0; index < 10; index += 1) await tell(id);
    await tell(id, 'SUCCEEDED');
    for (const sequences of await Promise.all(many)) expect(sequences).toEqual(countTo(12));
    database.pool.query = query;
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(200);
  });
});

describe('leaving', () => {
  it('leaves no listener and no timer, a thousand times, by return and by signal, parked or not begun', async () => {
    const id = await insertOperation();
    await tell(id);
    const instanceId = await insertInstance();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const caller = new AbortController();
    for (let round = 0; round < 250; round += 1) {
      const own = new AbortController();
      const opened = [
        streams.followOperation(id, 0, caller.signal),
        streams.followInstances(null, own.signal),
        streams.followInstances(instanceId, own.signal),
        streams.followOperations({ instanceId: null, imageId: null }, caller.signal),
      ].map((stream) => stream[Symbol.asyncIterator]());
      const [events, , one] = opened;
      await events?.next();
      await one?.next();
      // Every one of them is parked now, and each is left while it is.
      const parked = opened.map((iterator) => iterator.next());
      if (round % 2 === 0) own.abort();
      await Promise.all(opened.map((iterator) => iterator.return?.()));
      for (const end of await Promise.all(parked)) expect(end.done).toBe(true);
    }
    const unbegun = streams.followOperation(id, 0, caller.signal)[Symbol.asyncIterator]();
    await unbegun.return?.();
    expect(await unbegun.next()).toEqual({ done: true, value: undefined });
    expect(listener.subscribers).toBe(0);
    // The pool's idle connections have timers of their own, for 10 s.
    await eventually(timers, (count) => count <= before);
  });

  it('ends at once when the signal was aborted before, or while the reader does something else', async () => {
    const id = await insertOperation();
    await tell(id);
    expect(await collect(streams.followOperation(id, 0, AbortSignal.abort()))).toEqual([]);
    const leaving = new AbortController();
    const events = streams.followOperation(id, 0, leaving.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ sequence: 1 });
    leaving.abort();
    await expect.poll(() => listener.subscribers).toBe(0);
    expect((await events.next()).done).toBe(true);
  });
});

describe('followInstances', () => {
  it('with an id: the present state first, then every change, until it is DELETED', async () => {
    const id = await insertInstance();
    const seen: string[] = [];
    const stream = streams.followInstances(id, never())[Symbol.asyncIterator]();
    const take = async () => {
      const { value } = await stream.next();
      seen.push(`${value.state} ${value.labels.value ?? ''}`);
    };
    await take();
    await label(id, 'a');
    await take();
    await label(await insertInstance(), 'another');
    await database.orm.update(instances).set({ state: 'DELETED', encryptedPassword: null }).where(eq(instances.id, id));
    await take();
    expect(seen).toEqual(['CREATING ', 'CREATING a', 'DELETED a']);
    expect((await stream.next()).done).toBe(true);
  });

  it('answers NOT_FOUND for an unknown id', async () => {
    const stream = streams.followInstances(randomUUID(), never())[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { field: expect.any(String) } });
  });

  it('without an id: every row that changes from now on, in its newest state, also over a cut connection', async () => {
    const heard: (string | null)[] = [];
    const unsubscribe = listener.subscribe('toygres_changes', (payload) => heard.push(payload));
    const old = await insertInstance();
    await label(old, 'before');
    // What is still on its way when somebody begins to follow may be told.
    await expect.poll(() => heard.filter((payload) => payload === `instance:${old}`)).toHaveLength(2);
    unsubscribe();
    const newest = new Map<string, string>();
    const leaving = new AbortController();
    const following = (async () => {
      for await (const record of streams.followInstances(null, leaving.signal)) {
        newest.set(record.id, record.labels.value ?? '');
      }
    })();
    await expect.poll(() => listener.subscribers).toBe(1);
    const ids = await Promise.all(Array.from({ length: 5 }, insertInstance));
    for (let index = 0; index < 20; index += 1) {
      await Promise.all(ids.map((id) => label(id, String(index))));
      if (index === 10) await database.orm.execute(sql`SELECT pg_terminate_backend(${listener.backendPid})`);
    }
    await expect.poll(() => ids.map((id) => newest.get(id)), { timeout: 10_000 }).toEqual(ids.map(() => '19'));
    expect(newest.has(old)).toBe(false);
    leaving.abort();
    await following;
  });

  it('tells a change only once, whatever told of it', async () => {
    const revisions: number[] = [];
    const leaving = new AbortController();
    const following = (async () => {
      for await (const record of streams.followInstances(null, leaving.signal)) revisions.push(record.revision);
    })();
    await expect.poll(() => listener.subscribers).toBe(1);
    const id = await insertInstance();
    await expect.poll(() => revisions).toEqual([1]);
    await database.orm.execute(sql`SELECT pg_notify('toygres_changes', ${`instance:${id}`})`);
    await database.orm.execute(sql`SELECT pg_terminate_backend(${listener.backendPid})`);
    await expect.poll(() => listener.backendPid).not.toBeNull();
    await label(id, 'x');
    await expect.poll(() => revisions).toEqual([1, 2]);
    leaving.abort();
    await following;
  });
});

describe('followOperations', () => {
  it('tells the changes of one instance alone when one is given', async () => {
    const instanceId = await insertInstance();
    const leaving = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const record of streams.followOperations({ instanceId, imageId: null }, leaving.signal)) {
        seen.push(record.id);
      }
    })();
    await expect.poll(() => listener.subscribers).toBe(1);
    await insertOperation();
    const id = await insertOperation(instanceId);
    await expect.poll(() => seen).toEqual([id]);
    leaving.abort();
    await following;
  });
});
