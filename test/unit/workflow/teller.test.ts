import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Database } from '../../../src/db/database.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createTeller } from '../../../src/workflow/runs/teller.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What was told, a statement each, as `operation:sequence`. */
function listen(fail: () => boolean = () => false) {
  const told: string[][] = [];
  const execute = async (query: SQL) => {
    if (fail()) throw new Error('the connection is gone');
    const [ids, sequences] = new PgDialect().sqlToQuery(query).params as [string[], number[]];
    told.push(ids.map((id, index) => `${id}:${sequences[index]}`));
  };
  const database = { orm: { execute } } as unknown as Pick<Database, 'orm'>;
  return { told, teller: createTeller(database, createLogger('silent')) };
}

test('the first is told at once, and what comes soon after it together, with the last event of each operation', async () => {
  const { told, teller } = listen();
  teller.tell('a', 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([['a:1']]);
  teller.tell('a', 2);
  teller.tell('b', 7);
  teller.tell('a', 4);
  teller.tell('a', 3);
  await vi.advanceTimersByTimeAsync(19);
  expect(told).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual([['a:1'], ['a:4', 'b:7']]);
  await vi.advanceTimersByTimeAsync(1_000);
  teller.tell('b', 8);
  await vi.advanceTimersByTimeAsync(0);
  expect(told.at(-1)).toEqual(['b:8']);
});

test('nothing is left when it has settled, and what could not be told holds up nobody', async () => {
  let isGone = true;
  const { told, teller } = listen(() => isGone);
  teller.tell('a', 1);
  await vi.advanceTimersByTimeAsync(0);
  isGone = false;
  teller.tell('b', 1);
  const settled = teller.settled();
  await vi.advanceTimersByTimeAsync(100);
  await settled;
  expect(told).toEqual([['b:1']]);
});
