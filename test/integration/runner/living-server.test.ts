import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

const DATABASES = ['bank', 'other bank'] as const;
const WRITERS_OF_EACH = 3;
const ACCOUNTS = 2_000;

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
});
afterAll(() => harness?.stop());

/** Money goes from one table to the other, and each move is written into a third one: whoever sees half of it sees a sum that is wrong. */
const MAKE = `
  CREATE TABLE giving (id int PRIMARY KEY, amount bigint NOT NULL, note text);
  CREATE TABLE "moves between" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount bigint NOT NULL, giver int NOT NULL);
  CREATE TABLE taking (id int PRIMARY KEY, amount bigint NOT NULL, note text);
  INSERT INTO giving SELECT i, 0, repeat(md5(i::text), 30) FROM generate_series(1, ${ACCOUNTS}) i;
  INSERT INTO taking SELECT i, 0, repeat(md5(i::text), 30) FROM generate_series(1, ${ACCOUNTS}) i;
  ALTER TABLE "moves between" ADD FOREIGN KEY (giver) REFERENCES giving`;
const MOVE = `
  WITH how_much AS MATERIALIZED (SELECT (1 + random() * 99)::bigint AS amount, (1 + random() * ${ACCOUNTS - 1})::int AS giver, (1 + random() * ${ACCOUNTS - 1})::int AS taker),
    given AS (UPDATE giving g SET amount = g.amount - h.amount FROM how_much h WHERE g.id = h.giver RETURNING g.id),
    taken AS (UPDATE taking t SET amount = t.amount + h.amount FROM how_much h WHERE t.id = h.taker RETURNING t.id)
  INSERT INTO "moves between" (amount, giver) SELECT amount, giver FROM how_much`;
const SUMS = `
  SELECT (SELECT sum(amount) FROM giving)::text AS given, (SELECT sum(amount) FROM taking)::text AS taken,
    (SELECT coalesce(sum(amount), 0) FROM "moves between")::text AS moved, (SELECT count(*)::int FROM "moves between") AS moves`;

/** Writes without a pause until it is stopped; says how often it has. */
async function startWriter(database: string): Promise<{ stop(): Promise<number> }> {
  const client = new pg.Client({ ...source, database });
  await client.connect();
  let isStopped = false;
  const ended = (async () => {
    let moves = 0;
    for (; !isStopped; moves += 1) await client.query(MOVE);
    return moves;
  })();
  return {
    stop: async () => {
      isStopped = true;
      try {
        return await ended;
      } finally {
        await client.end();
      }
    },
  };
}

test('an image that is taken beside writers has each database as it was in one moment', async () => {
  for (const database of DATABASES) {
    await source.query('postgres', `CREATE DATABASE "${database}"`);
    await source.query(database, MAKE);
  }
  const writers = await Promise.all(
    DATABASES.flatMap((database) => Array.from({ length: WRITERS_OF_EACH }, () => startWriter(database))),
  );
  const sums = async (server: SourceServer) => {
    const all = DATABASES.map(async (database) => (await server.query(database, SUMS))[0]);
    return (await Promise.all(all)) as { given: string; taken: string; moved: string; moves: number }[];
  };
  let image: Awaited<ReturnType<ScriptHarness['backup']>>;
  let before: Awaited<ReturnType<typeof sums>>;
  try {
    before = await sums(source);
    image = await harness.backup(source);
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
  }
  const after = await sums(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const { volume, end } = await harness.restore(image);
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await sums(await harness.startRestored(volume, source.password));
  for (const [index, { given, taken, moved, moves }] of copy.entries()) {
    expect({ given, taken }).toEqual({ given: moved === '0' ? '0' : `-${moved}`, taken: moved });
    expect(moves).toBeGreaterThanOrEqual(before[index]?.moves ?? Number.NaN);
    // They went on while it was taken, and what came later is not in it.
    expect(moves).toBeLessThan(after[index]?.moves ?? Number.NaN);
  }
});
