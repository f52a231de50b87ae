import { asc, eq, getTableColumns, sql } from 'drizzle-orm';
import { numeric, pgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { images, instances, jobs, operationSteps, operations } from '../../../drizzle/tables/index.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { ofIds } from '../../../src/stores/lists/keyed.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { prepare, prepareStatement } from '../../../src/stores/prepared.ts';
import { hasPooler, startPooler } from '../../support/pooler.ts';
import { insertImage, insertInstance, insertOperation, PLATFORM } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let operationId: string;
const NAMED = /^toygres_[0-9a-f]{40}$/;

beforeAll(async () => {
  test = await createTestDatabase();
  const { database } = test;
  const instanceId = await insertInstance(database, {
    labels: { team: 'red' },
    endpoint: { host: '10.0.0.1', port: 5432, dnsName: null },
  });
  const moment = new Date('2026-03-01T09:30:00.120Z');
  await insertImage(database, { sizeBytes: 2 ** 52, notices: ['a', 'b'], takenAt: moment, failure: null });
  operationId = await insertOperation(database, { instanceId, percent: 33.25, startedAt: new Date(0) });
  const progress = {
    percent: 1.5,
    bytesDone: 3,
    bytesTotal: null,
    bytesPerSecond: null,
    secondsLeft: null,
    message: '"',
  };
  await database.orm
    .insert(operationSteps)
    .values({ operationId, position: 1, name: 'Dump', weight: 0.5, state: 'RUNNING', progress, startedAt: moment });
  await database.orm.insert(jobs).values({
    id: operationId,
    operationId,
    kind: 'backup',
    namespace: 'n',
    name: 'j',
    platform: PLATFORM,
    exitCode: 3,
  });
});
afterAll(() => test.stop());

/** The names of the statements that are kept on connections. */
async function keptNames(): Promise<string[]> {
  const looks = Array.from({ length: 10 }, () =>
    test.database.pool.query<{ name: string }>('SELECT name FROM pg_prepared_statements'),
  );
  return (await Promise.all(looks)).flatMap(({ rows }) => rows.map(({ name }) => name));
}

describe('a prepared statement', () => {
  it.each([
    ['instances', instances],
    ['images', images],
    ['operations', operations],
    ['steps', operationSteps],
    ['jobs', jobs],
  ])('reads %s as they are, and is kept on its connections', async (_, table) => {
    const { orm } = test.database;
    const columns = getTableColumns(table);
    const read = prepare(test.database, orm.select(columns).from(table).limit(sql.placeholder('limit')));
    const plain = await orm.select(columns).from(table);
    expect(plain).toHaveLength(1);
    expect(await read({ limit: 5 })).toEqual(plain);
    expect(await read({ limit: 0 })).toEqual([]);
    expect((await keptNames()).some((name) => NAMED.test(name))).toBe(true);
  });

  it('is read on when another release has changed a column meanwhile', async () => {
    const { orm, pool } = test.database;
    const { attempts } = jobs;
    const read = prepare(
      test.database,
      orm.select({ attempts }).from(jobs).where(ofIds(jobs.id)).orderBy(asc(jobs.id)),
    );
    const values = { ids: [operationId] };
    expect(await read(values)).toEqual([{ attempts: 0 }]);
    await pool.query('ALTER TABLE cms.jobs ALTER COLUMN attempts TYPE bigint');
    expect(await read(values)).toEqual([{ attempts: 0 }]);
    await pool.query('ALTER TABLE cms.jobs ALTER COLUMN attempts TYPE integer');
    expect(await read(values)).toEqual([{ attempts: 0 }]);
  });

  it('has another plan soon when a table of a few rows has grown', async () => {
    const database = openDatabase({ url: test.url, maxConnections: 1 });
    const { pool } = database;
    await pool.query('CREATE TABLE public.growing (id int PRIMARY KEY, word text)');
    await pool.query(`INSERT INTO public.growing VALUES (1, 'one')`);
    await pool.query('VACUUM ANALYZE public.growing');
    const find = prepareStatement(database, sql`SELECT word FROM public.growing WHERE id = ${sql.placeholder('id')}`);
    const plan = async () => {
      const { rows } = await pool.query<{ name: string }>(
        `SELECT name FROM pg_prepared_statements WHERE statement LIKE '%growing WHERE id%' AND name LIKE 'toygres%'`,
      );
      const { rows: lines } = await pool.query(`EXPLAIN EXECUTE ${rows[0]?.name} (1)`);
      return JSON.stringify(lines);
    };
    for (let use = 0; use < 10; use += 1) expect(await find({ id: 1 })).toEqual([{ word: 'one' }]);
    expect(await plan()).toContain('Seq Scan');
    await pool.query(`INSERT INTO public.growing SELECT n, repeat('x', 200) FROM generate_series(2, 2000) n`);
    expect(await plan()).toContain('Seq Scan');
    for (let use = 0; use < 100; use += 1) expect(await find({ id: 1 })).toEqual([{ word: 'one' }]);
    expect(await plan()).toContain('Index Scan');
    await pool.query('DROP TABLE public.growing');
    await database.stop();
  });

  it('is UNAVAILABLE where the database is, and fails as any other where it is at fault', async () => {
    const gone = openDatabase({ url: 'postgresql://nobody@127.0.0.1:1/nothing' });
    const read = prepare(gone, gone.orm.select({ id: jobs.id }).from(jobs));
    await expect(read({})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await gone.stop();
    const { orm } = test.database;
    const wrong = prepare(test.database, orm.select({ id: jobs.id }).from(jobs).where(eq(sql`1`, sql`1 / 0`)));
    await expect(wrong({})).rejects.toMatchObject({ code: '22012' });
  });

  it('is not made of a column that it would not read as drizzle does', () => {
    const table = pgTable('prices', { price: numeric() });
    expect(() => prepare(test.database, test.database.orm.select().from(table))).toThrow('price is of a type');
  });
});

describe.skipIf(!hasPooler)('behind a pooler that gives sessions to transactions', () => {
  it.each([true, false])('nothing is kept, and all is read (said: %s)', async (pooled) => {
    const pooler = await startPooler(inject('postgresUrl'));
    const database = openDatabase({ url: pooler.through(test.url), pooled });
    const queries = createOperationQueries(database);
    const each = async () => {
      const [[found], [steps]] = await Promise.all([queries.byIds([operationId]), queries.steps([operationId])]);
      return [found?.percent, steps?.map(({ name }) => name)];
    };
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, each));
      for (const answer of answers) expect(answer).toEqual([33.25, ['Dump']]);
    }
    await database.stop();
    await pooler.stop();
  });
});
