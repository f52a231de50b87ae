import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { instances } from '../../../drizzle/tables/index.ts';
import { never, useStreamWorld } from './stream-world.ts';

const world = useStreamWorld();

const label = (id: string, value: string) =>
  world.database.orm.update(instances).set({ labels: { value } }).where(eq(instances.id, id));

/**
 * Follows, and resolves when what is written from then on is told: what is written while somebody begins to follow may be.
 * `probe` writes something that is told; of that `seen` has nothing.
 */
async function followFromNow<T extends { readonly id: string }>(
  follow: (signal: AbortSignal) => AsyncIterable<T>,
  probe: () => Promise<string>,
) {
  const [leaving, probes, all]: [AbortController, Set<string>, T[]] = [new AbortController(), new Set(), []];
  const following = (async () => {
    for await (const record of follow(leaving.signal)) all.push(record);
  })();
  await expect
    .poll(async () => {
      probes.add(await probe());
      return all.length;
    })
    .toBeGreaterThan(0);
  return {
    seen: () => all.filter(({ id }) => !probes.has(id)),
    async leave() {
      leaving.abort();
      await following;
    },
  };
}

describe('followInstances', () => {
  it('with an id: the present state first, then every change, until it is DELETED', async () => {
    const id = await world.insertInstance();
    const seen: string[] = [];
    const stream = world.streams.followInstances(id, never())[Symbol.asyncIterator]();
    const take = async () => {
      const { value } = await stream.next();
      seen.push(`${value.state} ${value.labels.value ?? ''}`);
    };
    await take();
    await label(id, 'a');
    await take();
    await label(await world.insertInstance(), 'another');
    await world.database.orm
      .update(instances)
      .set({ state: 'DELETED', encryptedPassword: null })
      .where(eq(instances.id, id));
    await take();
    expect(seen).toEqual(['CREATING ', 'CREATING a', 'DELETED a']);
    expect((await stream.next()).done).toBe(true);
  });

  it('answers NOT_FOUND for an unknown id', async () => {
    const stream = world.streams.followInstances(randomUUID(), never())[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ code: 'NOT_FOUND', details: { field: expect.any(String) } });
  });

  it('without an id: every row that changes from now on, in its newest state, also over a cut connection', async () => {
    const heard: (string | null)[] = [];
    const unsubscribe = world.listener.subscribe('toygres_changes', (payload) => heard.push(payload));
    // What changes before the database is listened to is told to nobody.
    const nobody = 'instance:00000000-0000-4000-8000-000000000000';
    await expect
      .poll(async () => {
        await world.database.orm.execute(sql`SELECT pg_notify('toygres_changes', ${nobody})`);
        return heard.includes(nobody);
      })
      .toBe(true);
    const old = await world.insertInstance();
    await label(old, 'before');
    // What is still on its way when somebody begins to follow may be told.
    await expect.poll(() => heard.filter((payload) => payload === `instance:${old}`)).toHaveLength(2);
    unsubscribe();
    const newest = new Map<string, string>();
    const leaving = new AbortController();
    const following = (async () => {
      for await (const record of world.streams.followInstances(null, leaving.signal)) {
        newest.set(record.id, record.labels.value ?? '');
      }
    })();
    // What is written while somebody begins to follow may be told, or not.
    await expect
      .poll(async () => {
        await world.insertInstance();
        return newest.size;
      })
      .toBeGreaterThan(0);
    const ids = await Promise.all(Array.from({ length: 5 }, world.insertInstance));
    for (let index = 0; index < 20; index += 1) {
      await Promise.all(ids.map((id) => label(id, String(index))));
      if (index === 10) await world.cutListener();
    }
    await expect.poll(() => ids.map((id) => newest.get(id))).toEqual(ids.map(() => '19'));
    expect(newest.has(old)).toBe(false);
    leaving.abort();
    await following;
  });

  it('tells a change only once, whatever told of it', async () => {
    const { seen, leave } = await followFromNow(
      (signal) => world.streams.followInstances(null, signal),
      world.insertInstance,
    );
    const revisions = () => seen().map(({ revision }) => revision);
    const id = await world.insertInstance();
    await expect.poll(revisions).toEqual([1]);
    await world.database.orm.execute(sql`SELECT pg_notify('toygres_changes', ${`instance:${id}`})`);
    await world.cutListener();
    await expect.poll(() => world.listener.backendPid).not.toBeNull();
    await label(id, 'x');
    await expect.poll(revisions).toEqual([1, 2]);
    await leave();
  });
});

describe('followOperations', () => {
  it('tells the changes of one instance alone when one is given', async () => {
    const instanceId = await world.insertInstance();
    const { seen, leave } = await followFromNow(
      (signal) => world.streams.followOperations({ instanceId, imageId: null }, signal),
      () => world.insertOperation(instanceId),
    );
    await world.insertOperation();
    const id = await world.insertOperation(instanceId);
    await expect.poll(() => seen().map((record) => record.id)).toEqual([id]);
    await leave();
  });
});
