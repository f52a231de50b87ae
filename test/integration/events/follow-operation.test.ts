import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createEventStreams } from '../../../src/events/event-streams.ts';
import { collect, log, never, useStreamWorld } from './stream-world.ts';

const world = useStreamWorld();

const countTo = (length: number) => Array.from({ length }, (_, index) => index + 1);

describe('followOperation', () => {
  it('replays what is stored, goes on live, and ends after the terminal event', async () => {
    const id = await world.insertOperation();
    for (let index = 0; index < 450; index += 1) await world.tell(id);
    const all = collect(world.streams.followOperation(id, 0, never()));
    const tail = collect(world.streams.followOperation(id, 448, never()));
    for (let index = 0; index < 50; index += 1) await world.tell(id);
    await world.tell(id, 'SUCCEEDED');
    expect(await all).toEqual(countTo(501));
    expect(await tail).toEqual(countTo(501).slice(448));
    // One who comes when all is over, and one who has it all already.
    expect(await collect(world.streams.followOperation(id, 499, never()))).toEqual([500, 501]);
    expect(await collect(world.streams.followOperation(id, 501, never()))).toEqual([]);
  });

  it('goes on past a terminal event that a retry has followed', async () => {
    const id = await world.insertOperation();
    await world.tell(id, 'FAILED');
    await world.tell(id, 'QUEUED');
    await world.tell(id, 'SUCCEEDED');
    expect(await collect(world.streams.followOperation(id, 0, never()))).toEqual([1, 2, 3]);
  });

  it('answers NOT_FOUND at the first next', async () => {
    const events = world.streams.followOperation(randomUUID(), 0, never())[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { field: 'operationId' } });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('loses nothing and repeats nothing when the LISTEN connection is cut in the middle, again and again', async () => {
    const ids = await Promise.all([world.insertOperation(), world.insertOperation(), world.insertOperation()]);
    const followers = ids.map((id) => collect(world.streams.followOperation(id, 0, never())));
    for (let index = 0; index < 60; index += 1) {
      await Promise.all(ids.map((id) => world.tell(id)));
      if (index % 20 === 10) await world.cutListener();
    }
    await Promise.all(ids.map((id) => world.tell(id, 'SUCCEEDED')));
    for (const sequences of await Promise.all(followers)) expect(sequences).toEqual(countTo(61));
  });

  it('needs no notification at all, only some seconds more', async () => {
    const deaf = createEventStreams({ database: world.database, listener: { subscribe: () => () => undefined }, log });
    const id = await world.insertOperation();
    const all = collect(deaf.followOperation(id, 0, never()));
    await world.tell(id);
    await world.tell(id, 'FAILED');
    expect(await all).toEqual([1, 2]);
  });

  it('reads once for many who stand at the same event', async () => {
    const id = await world.insertOperation();
    await world.tell(id);
    const many = Array.from({ length: 200 }, () => collect(world.streams.followOperation(id, 0, never())));
    let reads = 0;
    const { query } = world.database.pool;
    world.database.pool.query = ((...args: Parameters<typeof query>) => {
      if (JSON.stringify(args[0]).includes('operation_events WHERE')) reads += 1;
      return query.apply(world.database.pool, args);
    }) as typeof query;
    for (let index = 0; index < 10; index += 1) await world.tell(id);
    await world.tell(id, 'SUCCEEDED');
    for (const sequences of await Promise.all(many)) expect(sequences).toEqual(countTo(12));
    world.database.pool.query = query;
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(200);
  });
});
