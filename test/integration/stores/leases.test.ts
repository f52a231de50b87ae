import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEndpoint, writeHealth } from '../../../src/stores/upkeep/health.ts';
import { type HeldLease, isLeaseTaken, releaseLease, takeLease } from '../../../src/stores/upkeep/leases.ts';
import { createUpkeepQueries } from '../../../src/stores/upkeep/queries.ts';
import { insertInstance } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.stop());

const take = (name: string, holder: string, forMs = 60_000) => takeLease(test.database, { name, holder, forMs });
const expire = (name: string) =>
  test.database.pool.query(`UPDATE cms.leases SET expires_at = now() - interval '1 second' WHERE name = $1`, [name]);

async function held(name: string, holder: string): Promise<HeldLease> {
  const lease = await take(name, holder);
  if (lease === null) throw new Error('somebody else has the lease');
  return lease;
}

describe('a lease', () => {
  it('is one process’s, renewed under the same number, and another’s under a higher one when it has run out', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    expect(await isLeaseTaken(test.database, 'a')).toBe(false);
    expect(await take('a', one)).toMatchObject({ fence: 1 });
    expect(await take('a', two)).toBeNull();
    expect(await take('a', one)).toMatchObject({ fence: 1 });
    expect(await isLeaseTaken(test.database, 'a')).toBe(true);
    await expire('a');
    expect(await isLeaseTaken(test.database, 'a')).toBe(false);
    expect(await take('a', two)).toMatchObject({ holder: two, fence: 2 });
    expect(await take('a', one)).toBeNull();
  });

  it('goes to one of many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => take('b', randomUUID())));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it('that was taken while the clock was far ahead keeps nobody from the duty', async () => {
    const [dead, next] = [randomUUID(), randomUUID()];
    await held('ahead', dead);
    await test.database.pool.query(
      `UPDATE cms.leases SET expires_at = expires_at + interval '1 year' WHERE name = 'ahead'`,
    );
    expect(await take('ahead', next)).toMatchObject({ holder: next, fence: 2 });
    expect(await take('ahead', dead)).toBeNull();
  });

  it('can be given up, but only by who has it', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const first = await held('c', one);
    await releaseLease(test.database, first);
    const second = await held('c', two);
    await releaseLease(test.database, first);
    expect(await take('c', one)).toBeNull();
    expect(second.fence).toBe(2);
  });

  it('that another has taken over writes nothing any more', async () => {
    const id = await insertInstance(test.database);
    const stale = await held('d', randomUUID());
    await expire('d');
    const present = await held('d', randomUUID());
    const found = [{ id, revision: 1, status: 'UNHEALTHY', latencyMs: null, message: 'It does not run.' }] as const;
    const endpoint = { host: '127.0.0.1', port: 1, dnsName: null };
    expect(await writeHealth(test.database, stale, found)).toEqual(new Map());
    await writeEndpoint(test.database, stale, { id, revision: 1 }, endpoint);
    const { rows } = await test.database.pool.query('SELECT health, revision, endpoint FROM cms.instances');
    expect(rows).toEqual([{ health: 'UNKNOWN', revision: '1', endpoint: null }]);
    expect(await createUpkeepQueries(test.database).healthChecks([id], 10)).toEqual([[]]);

    expect(await writeHealth(test.database, present, found)).toEqual(new Map([[id, 2]]));
    // The same health again touches no row but the history's.
    expect(await writeHealth(test.database, present, [{ ...found[0], revision: 2 }])).toEqual(new Map([[id, 2]]));
    expect((await createUpkeepQueries(test.database).healthChecks([id], 10))[0]).toHaveLength(2);
  });

  it('does not wait for a row that somebody holds: that one is looked at again', async () => {
    const [locked, free] = [await insertInstance(test.database), await insertInstance(test.database)];
    const lease = await held('e', randomUUID());
    const client = await test.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT FROM cms.instances WHERE id = $1 FOR UPDATE', [locked]);
      const found = [locked, free].map((id) => {
        return { id, revision: 1, status: 'HEALTHY', latencyMs: 1, message: null } as const;
      });
      expect(await writeHealth(test.database, lease, found)).toEqual(new Map([[free, 2]]));
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
