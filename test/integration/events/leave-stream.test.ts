import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { collect, useStreamWorld } from './stream-world.ts';

const world = useStreamWorld();

describe('leaving', () => {
  it('leaves no listener and no timer, a thousand times, by return and by signal, parked or not begun', async () => {
    const id = await world.insertOperation();
    await world.tell(id);
    const instanceId = await world.insertInstance();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const caller = new AbortController();
    for (let round = 0; round < 250; round += 1) {
      const own = new AbortController();
      const opened = [
        world.streams.followOperation(id, 0, caller.signal),
        world.streams.followInstances(null, own.signal),
        world.streams.followInstances(instanceId, own.signal),
        world.streams.followOperations({ instanceId: null, imageId: null }, caller.signal),
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
    const unbegun = world.streams.followOperation(id, 0, caller.signal)[Symbol.asyncIterator]();
    await unbegun.return?.();
    expect(await unbegun.next()).toEqual({ done: true, value: undefined });
    expect(world.listener.subscribers).toBe(0);
    // The pool's idle connections have timers of their own, for 10 s.
    await eventually(timers, (count) => count <= before);
  });

  it('ends at once when the signal was aborted before, or while the reader does something else', async () => {
    const id = await world.insertOperation();
    await world.tell(id);
    expect(await collect(world.streams.followOperation(id, 0, AbortSignal.abort()))).toEqual([]);
    const leaving = new AbortController();
    const events = world.streams.followOperation(id, 0, leaving.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ sequence: 1 });
    leaving.abort();
    await expect.poll(() => world.listener.subscribers).toBe(0);
    expect((await events.next()).done).toBe(true);
  });
});
