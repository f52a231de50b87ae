import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUpkeepQueries } from '../../../src/stores/upkeep/queries.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const QUARTER_MS = 900_000;

let test: TestDatabase;
let now: number;
beforeAll(async () => {
  test = await createTestDatabase();
  const { rows } = await test.database.pool.query<{ now: Date }>('SELECT now() AS now');
  now = (rows[0]?.now ?? new Date(0)).getTime();
});
afterAll(() => test.stop());

const write = (id: string, at: number, latencyMs: number | null, message: string | null = null) =>
  test.database.pool.query(`INSERT INTO cms.health_checks VALUES ($1, $2, $3, $4, $5)`, [
    id,
    new Date(at),
    message === null ? 'HEALTHY' : 'UNHEALTHY',
    latencyMs,
    message,
  ]);

describe('the last day of an instance’s health', () => {
  it('is told by quarters of an hour, and what is older is not', async () => {
    const [one, other, none] = [randomUUID(), randomUUID(), randomUUID()];
    // Well within the day, whatever the moment.
    const first = Math.floor(now / QUARTER_MS) * QUARTER_MS - 40 * QUARTER_MS;
    const second = first + 8 * QUARTER_MS;
    await write(one, now - 25 * 3600_000, 1000);
    await write(one, first, 4);
    await write(one, first + 30_000, 6);
    await write(one, first + QUARTER_MS - 1, 20);
    await write(one, second, null, 'It does not run.');
    await write(one, second + 30_000, null, 'The password is refused.');
    await write(one, second + 60_000, 8);
    await write(other, second, null, 'It does not run.');

    const [ofNone, ofOne, ofOther] = await createUpkeepQueries(test.database).healthDays([none, one, other]);
    expect(ofNone).toEqual({ checks: 0, healthy: 0, latencyMs: null, slowestMs: null, periods: [] });
    expect(ofOne).toEqual({
      checks: 6,
      healthy: 4,
      latencyMs: 7,
      slowestMs: 20,
      periods: [
        { from: new Date(first), checks: 3, healthy: 3, latencyMs: 6, slowestMs: 20, message: null },
        {
          from: new Date(second),
          checks: 3,
          healthy: 1,
          latencyMs: 8,
          slowestMs: 8,
          message: 'The password is refused.',
        },
      ],
    });
    expect(ofOther).toMatchObject({ checks: 1, healthy: 0, latencyMs: null, periods: [{ from: new Date(second) }] });
  });
});
