import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import type { InstanceRecord } from '../../../jobs/ports/records.ts';
import type { ChangeRecord } from '../../../resolvers/ports/records.ts';
import { decodeChangeCursor, encodeChangeCursor } from '../../../src/events/change-cursor.ts';
import {
  forgetChanges,
  isPast,
  isWithin,
  placeBefore,
  readChanges,
  readSnapshot,
} from '../../../src/stores/lists/change-feed.ts';
import { seededRandom } from '../../support/hostile-texts.ts';
import { never, useStreamWorld } from './stream-world.ts';

const world = useStreamWorld();

/** What follows still: a test that fails leaves nobody who goes on in the files after it. */
const open = new Set<() => Promise<void>>();
afterEach(async () => {
  for (const leave of open) await leave();
});

/** Follows until it is left, from a cursor or from now on; answers with all that came. */
function follow(after: string | null) {
  const leaving = new AbortController();
  const seen: ChangeRecord[] = [];
  const done = (async () => {
    for await (const change of world.streams.followChanges(after, leaving.signal)) seen.push(change);
  })();
  const leave = async () => {
    open.delete(leave);
    leaving.abort();
    await done;
  };
  open.add(leave);
  return { seen, leave };
}

/** Follows from now on: what is written after this was resolved is told. */
async function followFromNow() {
  const follower = follow(null);
  // What is written before it has begun is not told.
  await expect
    .poll(async () => {
      await world.insertInstance();
      return follower.seen.length;
    })
    .toBeGreaterThan(0);
  const mark = await world.insertInstance();
  await expect.poll(() => follower.seen.some(({ record }) => record.id === mark)).toBe(true);
  follower.seen.length = 0;
  return follower;
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: world.database.url });
  await client.connect();
  return client;
}

const touch = (client: pg.Client, id: string) =>
  client.query(`UPDATE cms.instances SET labels = jsonb_build_object('n', (revision + 1)::text) WHERE id = $1`, [id]);
const told = (changes: readonly ChangeRecord[]) => changes.map(({ noun, record }) => `${noun} ${record.id}`);
const isAfter = (a: string, b: string) => {
  const [one, other] = [decodeChangeCursor(a), decodeChangeCursor(b)];
  const byTransaction = BigInt(one.xid) - BigInt(other.xid);
  return byTransaction > 0n || (byTransaction === 0n && BigInt(one.position) > BigInt(other.position));
};

describe('followChanges', () => {
  it('tells the changes of all nouns in one order, and from a cursor what came after it', async () => {
    const follower = await followFromNow();
    const instance = await world.insertInstance();
    const operation = await world.insertOperation(instance);
    await world.tell(operation);
    await expect.poll(() => follower.seen.at(-1)?.record).toMatchObject({ id: operation, revision: 2 });
    expect(new Set(told(follower.seen))).toEqual(new Set([`instance ${instance}`, `operation ${operation}`]));
    await follower.leave();
    const first = follower.seen[0]?.cursor ?? '';
    const again = follow(first);
    await expect.poll(() => told(again.seen)).toEqual([`operation ${operation}`]);
    await again.leave();
  });

  it('tells from a cursor of now all that changes after it was read, also before somebody follows', async () => {
    const cursor = await world.streams.readChangesCursor();
    const instance = await world.insertInstance();
    const follower = follow(cursor);
    await expect.poll(() => told(follower.seen)).toContain(`instance ${instance}`);
    await follower.leave();
    const [later, again] = [await world.streams.readChangesCursor(), await world.insertInstance()];
    const other = follow(later);
    await expect.poll(() => told(other.seen)).toContain(`instance ${again}`);
    expect(told(other.seen)).not.toContain(`instance ${instance}`);
    await other.leave();
  });

  it('tells nothing that a transaction under way could still come before, and all of it when that is over', async () => {
    const [early, late] = [await world.insertInstance(), await world.insertInstance()];
    const follower = await followFromNow();
    const snapshot = await readSnapshot(world.database);
    const [first, second] = [await connect(), await connect()];
    try {
      await first.query('BEGIN');
      await touch(first, early);
      await second.query('BEGIN');
      await touch(second, late);
      await second.query('COMMIT');
      const page = await readChanges(world.database, placeBefore(snapshot), 10);
      expect(page).toMatchObject({ changes: [], isHeldBack: true });
      await first.query('COMMIT');
      await expect.poll(() => told(follower.seen)).toEqual([`instance ${early}`, `instance ${late}`]);
      expect(isAfter(follower.seen[1]?.cursor ?? '', follower.seen[0]?.cursor ?? '')).toBe(true);
    } finally {
      await Promise.all([first.end(), second.end()]);
      await follower.leave();
    }
  });

  it('is not held back by a transaction of another database of the same server, nor is a cursor of now set back by it', async () => {
    const follower = await followFromNow();
    const url = new URL(world.database.url);
    url.pathname = '/postgres';
    const other = new pg.Client({ connectionString: url.href });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('CREATE TEMPORARY TABLE held ()');
      const id = await world.insertInstance();
      await expect.poll(() => told(follower.seen)).toContain(`instance ${id}`);
      const [later, again] = [await world.streams.readChangesCursor(), await world.insertInstance()];
      const fromNow = follow(later);
      await expect.poll(() => told(fromNow.seen)).toContain(`instance ${again}`);
      expect(told(fromNow.seen)).not.toContain(`instance ${id}`);
    } finally {
      await other.end();
      await follower.leave();
    }
  });

  it('goes on when the transaction that held it back is rolled back, without being told of it', async () => {
    const [early, late] = [await world.insertInstance(), await world.insertInstance()];
    const follower = await followFromNow();
    const client = await connect();
    try {
      await client.query('BEGIN');
      await touch(client, early);
      await world.database.orm.execute(sql`UPDATE cms.instances SET labels = '{"a": "b"}' WHERE id = ${late}`);
      await client.query('ROLLBACK');
      await expect.poll(() => told(follower.seen)).toEqual([`instance ${late}`]);
    } finally {
      await client.end();
      await follower.leave();
    }
  });

  it('leaves no gap and repeats nothing between concurrent transactions, however often its reader comes back', async () => {
    const random = seededRandom(7);
    const ids = await Promise.all(Array.from({ length: 12 }, world.insertInstance));
    const last = await world.insertInstance();
    let cursor: string | null = encodeChangeCursor(placeBefore(await readSnapshot(world.database)));

    const writer = async (n: number) => {
      const client = await connect();
      try {
        for (let round = 0; round < 40; round += 1) {
          await client.query('BEGIN');
          // In one order, so that two never wait for each other.
          const chosen = ids.filter(() => random() < 0.3);
          for (const id of chosen) await touch(client, id);
          if (random() < 0.5) await client.query('SELECT pg_sleep($1)', [random() * 0.02]);
          await client.query(round % 7 === n ? 'ROLLBACK' : 'COMMIT');
        }
      } finally {
        await client.end();
      }
    };
    const end = async () => {
      await world.database.pool.query(`UPDATE cms.instances SET labels = '{"end": "yes"}' WHERE id = $1`, [last]);
    };
    const writers = Promise.all([0, 1, 2, 3, 4, 5].map(writer)).then(end);

    // The last transaction of all comes last: when it is told, everything was. It changes what no other one does: a change is
    // told with what its record is by then, so an earlier one of the same record could show it.
    const all: ChangeRecord[] = [];
    const isEnd = (change: ChangeRecord | undefined) =>
      (change?.record as InstanceRecord | undefined)?.labels.end === 'yes';
    while (!isEnd(all.at(-1))) {
      let left = 1 + Math.floor(random() * 20);
      for await (const change of world.streams.followChanges(cursor, never())) {
        all.push(change);
        cursor = change.cursor;
        left -= 1;
        if (left === 0 || isEnd(change)) break;
      }
    }
    await writers;
    for (const [n, change] of all.entries()) {
      const before = all[n - 1];
      const order = [before, change].map((one) => (one === undefined ? null : decodeChangeCursor(one.cursor)));
      if (before !== undefined && !isAfter(change.cursor, before.cursor)) expect(order).toBe('rising');
    }
    const revisions = new Map<string, number>();
    for (const { record } of all) {
      const { id, revision } = record as { id: string; revision: number };
      expect(revision).toBeGreaterThanOrEqual(revisions.get(id) ?? 0);
      revisions.set(id, revision);
    }
    const { rows } = await world.database.pool.query<{ id: string; revision: string }>(
      'SELECT id, revision FROM cms.instances WHERE id = ANY ($1) AND revision > 1',
      [ids],
    );
    expect(rows.length).toBe(ids.length);
    for (const { id, revision } of rows) expect(revisions.get(id)).toBe(Number(revision));
    expect(all.length).toBeGreaterThan(50);
  });

  it('tells nobody who comes without a cursor what was committed before, also while an earlier transaction goes on', async () => {
    const [old, early] = [await world.insertInstance(), await world.insertInstance()];
    const client = await connect();
    try {
      await client.query('BEGIN');
      await touch(client, early);
      await world.database.orm.execute(sql`UPDATE cms.instances SET labels = '{"a": "b"}' WHERE id = ${old}`);
      const snapshot = await readSnapshot(world.database);
      await client.query('COMMIT');
      const all = await readChanges(world.database, placeBefore(snapshot), 1000);
      const fromNow = all.changes.filter(({ xid }) => !isWithin(snapshot, xid));
      expect(fromNow.map(({ id }) => id)).toEqual([early]);
      expect(all.changes.map(({ id }) => id)).toEqual(expect.arrayContaining([early, old]));
      expect(all).toMatchObject({ isLast: true, isHeldBack: false });
      expect(isPast(snapshot, all.end)).toBe(true);
      expect(isPast(snapshot, placeBefore(snapshot))).toBe(false);
    } finally {
      await client.end();
    }
  });

  it('is read once for all who stand at the same place, who get the same object', async () => {
    const followers = [await followFromNow(), await followFromNow(), await followFromNow()];
    for (const { seen } of followers) seen.length = 0;
    // One stands further on than the others, with no change between: transactions of others came and went.
    for (const follower of followers.slice(1)) await follower.leave();
    const other = await connect();
    await other.query(`BEGIN; SELECT pg_current_xact_id(); ROLLBACK`);
    await other.end();
    followers.splice(1, 2, await followFromNow(), await followFromNow());
    for (const { seen } of followers) seen.length = 0;
    const id = await world.insertInstance();
    await expect.poll(() => followers.every(({ seen }) => told(seen).includes(`instance ${id}`))).toBe(true);
    const given = followers.map(({ seen }) => seen.find(({ record }) => record.id === id));
    expect(new Set(given).size).toBe(1);
    for (const follower of followers) await follower.leave();
  });

  it.each([
    ['is none', 'nonsense'],
    ['is another spelling', `${encodeChangeCursor({ xid: '1', position: '1' })}=`],
    ['is out of all bounds', encodeChangeCursor({ xid: '9'.repeat(19), position: '1' })],
    ['is empty', ''],
  ])('refuses a cursor that %s', async (_what, cursor) => {
    const stream = world.streams.followChanges(cursor, never())[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'after' } });
  });

  it('refuses a cursor after which changes were forgotten, or of other records, and takes a younger one', async () => {
    const follower = await followFromNow();
    await world.insertInstance();
    await expect.poll(() => follower.seen.length).toBe(1);
    const old = await world.insertInstance();
    await expect.poll(() => told(follower.seen)).toContain(`instance ${old}`);
    await follower.leave();
    const [first, second] = follower.seen.map(({ cursor }) => cursor);
    await world.database.pool.query(
      `UPDATE cms.changes SET at = at - interval '49 hours' WHERE (xid, position) <= ($1::xid8, $2::bigint)`,
      Object.values(decodeChangeCursor(second ?? '')),
    );
    expect(await forgetChanges(world.database, 2)).toBeGreaterThan(1);
    expect(await forgetChanges(world.database, 2)).toBe(0);
    const refusal = { code: 'INVALID_INPUT', details: { field: 'after', rule: 'cursorTooOld' } };
    for (const cursor of [first ?? '', encodeChangeCursor({ xid: '9000000000000', position: '1' })]) {
      const stream = world.streams.followChanges(cursor, never())[Symbol.asyncIterator]();
      await expect(stream.next()).rejects.toMatchObject(refusal);
    }
    const younger = follow(second ?? '');
    const id = await world.insertInstance();
    await expect.poll(() => told(younger.seen)).toEqual([`instance ${id}`]);
    await younger.leave();
  });
});
