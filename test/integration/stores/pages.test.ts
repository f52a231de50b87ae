import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cursor, Page, PageRequest } from '../../../resolvers/ports/queries.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { countStatements } from '../../support/count-statements.ts';
import { insertImage, insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.stop());

interface Dated {
  readonly id: string;
  readonly name?: string;
  readonly createdAt: Date;
}

const cursorOf = (row: Dated): Cursor => ({ createdAt: row.createdAt.toISOString(), id: row.id });
const firstPage: PageRequest = { first: 100, after: null };

/** Follows a list to its end, page by page. */
async function walk<T extends Dated>(first: number, read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const rows: T[] = [];
  for (let after: Cursor | null = null; ; ) {
    const page: Page<T> = await read({ first, after });
    expect(page.hasPreviousPage).toBe(rows.length > 0);
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!page.hasNextPage || last === undefined) return rows;
    after = cursorOf(last);
  }
}

describe('a list', () => {
  const marked = { labels: { list: 'walked' } };

  it('is walked newest first without gap or duplicate, also where many rows are of one millisecond', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const moment = new Date('2026-05-01T10:00:00.123Z');
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push(await insertInstance(test.database, { ...marked, createdAt: moment }));
    const newest = await insertInstance(test.database, { ...marked, createdAt: new Date('2026-05-01T10:00:00.124Z') });
    const oldest = await insertInstance(test.database, { ...marked, createdAt: new Date('2026-05-01T10:00:00.122Z') });
    const expected = [newest, ...ids.sort().reverse(), oldest];
    for (const first of [1, 2, 3, 8, 9, 10]) {
      const rows = await walk(first, (page) => queries.page(marked, page));
      expect(rows.map((row) => row.id)).toEqual(expected);
    }
  });

  it('keeps its cursors when newer rows come and older ones go', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const labels = { list: 'moving' };
    const at = (second: number) => new Date(Date.UTC(2026, 4, 2, 0, 0, second));
    for (const second of [1, 2, 3, 4]) await insertInstance(test.database, { labels, createdAt: at(second) });
    const before = await queries.page({ labels }, { first: 2, after: null });
    await insertInstance(test.database, { labels, createdAt: at(9) });
    const last = before.rows.at(-1);
    const after = await queries.page({ labels }, { first: 2, after: last ? cursorOf(last) : null });
    expect(after.rows.map((row) => row.createdAt)).toEqual([at(2), at(1)]);
    expect(after).toMatchObject({ hasNextPage: false, hasPreviousPage: true, totalCount: 5 });
  });

  it('leaves DELETED records out unless they are asked for', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const labels = { list: 'deleted' };
    const kept = await insertInstance(test.database, { labels });
    const gone = await insertInstance(test.database, { labels, state: 'DELETED', encryptedPassword: null });
    const ids = async (state: readonly ('DELETED' | 'RUNNING')[] | null) =>
      (await queries.page({ labels, state }, firstPage)).rows.map((row) => row.id);
    expect(await ids(null)).toEqual([kept]);
    expect(await ids([])).toEqual([kept]);
    expect(await ids(['DELETED'])).toEqual([gone]);
    expect((await ids(['DELETED', 'RUNNING'])).sort()).toEqual([kept, gone].sort());
    expect((await queries.byIds([gone]))[0]?.state).toBe('DELETED');
  });

  it('is narrowed by when its rows were created, the bounds outside', async () => {
    const labels = { list: 'timed' };
    const at = (second: number) => new Date(Date.UTC(2026, 4, 3, 0, 0, second));
    for (const second of [1, 2, 3, 4]) await insertInstance(test.database, { labels, createdAt: at(second) });
    const queries = createInstanceQueries(test.database, secrets);
    const page = await queries.page({ labels, createdAfter: at(1), createdBefore: at(4) }, firstPage);
    expect(page.rows.map((row) => row.createdAt)).toEqual([at(3), at(2)]);
    expect(page.totalCount).toBe(2);
    expect((await queries.page({ labels, createdAfter: at(4) }, firstPage)).totalCount).toBe(0);
  });

  it('of images is narrowed by their schedule and method', async () => {
    const queries = createImageQueries(test.database);
    const [scheduleId, labels] = [randomUUID(), { list: 'scheduled' }];
    const logical = await insertImage(test.database, { labels, scheduleId });
    const physical = await insertImage(test.database, { labels, scheduleId, method: 'PHYSICAL' });
    await insertImage(test.database, { labels });
    const ids = async (criteria: Parameters<typeof queries.page>[0]) =>
      (await queries.page({ labels, ...criteria }, firstPage)).rows.map((row) => row.id).sort();
    expect(await ids({ scheduleId })).toEqual([logical, physical].sort());
    expect(await ids({ scheduleId, method: ['PHYSICAL'] })).toEqual([physical]);
    expect(await ids({ scheduleId, method: [] })).toEqual([logical, physical].sort());
    expect(await ids({ scheduleId: randomUUID() })).toEqual([]);
  });

  it('takes every sign of nameContains literally', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const named = await insertInstance(test.database, { name: 'literal-abc' });
    const ids = async (nameContains: string) =>
      (await queries.page({ nameContains }, firstPage)).rows.map((row) => row.id);
    expect(await ids('eral-a')).toEqual([named]);
    for (const pattern of ['%', '_', 'literal%', 'literal_abc', '\\', "'", 'LITERAL']) {
      expect(await ids(pattern), pattern).toEqual([]);
    }
  });

  it('finds names that begin with a text, and takes that literally', async () => {
    const queries = createImageQueries(test.database);
    const [begins, holds] = [await insertImage(test.database, { name: 'starts-here' }), 'it-starts-here'];
    await insertImage(test.database, { name: holds });
    const ids = async (criteria: Parameters<typeof queries.page>[0]) => {
      const { rows, totalCount } = await queries.page(criteria, firstPage);
      expect(totalCount).toBe(rows.length);
      return rows.map((row) => row.id);
    };
    expect(await ids({ nameStartsWith: 'starts-' })).toEqual([begins]);
    expect(await ids({ nameStartsWith: 'starts-', nameContains: 'here' })).toEqual([begins]);
    expect(await ids({ nameStartsWith: 'it-', nameContains: 'there' })).toEqual([]);
    for (const pattern of ['%tarts', '_tarts', 'starts%', 'STARTS']) {
      expect(await ids({ nameStartsWith: pattern }), pattern).toEqual([]);
    }
  });

  it('matches all labels that are given', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const id = await insertInstance(test.database, { labels: { team: 'x', tier: '1' } });
    const ids = async (labels: Record<string, string>) =>
      (await queries.page({ labels }, firstPage)).rows.map((row) => row.id);
    expect(await ids({ team: 'x' })).toEqual([id]);
    expect(await ids({ team: 'x', tier: '1' })).toEqual([id]);
    expect(await ids({ team: 'x', tier: '2' })).toEqual([]);
  });

  it('is empty for the id of nothing, and for what is no id', async () => {
    const images = createImageQueries(test.database);
    const operations = createOperationQueries(test.database);
    for (const id of [randomUUID(), 'nothing', "'; --"]) {
      expect((await images.page({ sourceInstanceId: id }, firstPage)).totalCount).toBe(0);
      expect((await operations.page({ instanceId: id }, firstPage)).totalCount).toBe(0);
      expect((await operations.page({ imageId: id }, firstPage)).totalCount).toBe(0);
    }
  });
});

describe('pages of many parents', () => {
  it('are each as if read alone, in two statements however many parents there are', async () => {
    const images = createImageQueries(test.database);
    const operations = createOperationQueries(test.database);
    const parents: string[] = [];
    for (let n = 0; n < 50; n++) {
      const instanceId = await insertInstance(test.database);
      parents.push(instanceId);
      for (let child = 0; child < n % 4; child++) {
        await insertImage(test.database, { sourceInstanceId: instanceId });
        await insertOperation(test.database, { instanceId });
      }
    }
    await insertImage(test.database, { sourceInstanceId: parents[3] ?? '', state: 'DELETED' });
    const page: PageRequest = { first: 2, after: null };
    let pages: readonly Page<Dated>[] = [];
    const statements = await countStatements(test.database, async () => {
      pages = await images.pagesOfInstances(parents, page);
    });
    expect(statements).toBe(2);
    expect(pages.map((one) => one.totalCount)).toEqual(parents.map((_, n) => n % 4));
    for (const [n, parent] of parents.slice(0, 8).entries()) {
      expect(pages[n]).toEqual(await images.page({ sourceInstanceId: parent }, page));
      expect((await operations.pagesOfInstances(parents, page))[n]).toEqual(
        await operations.page({ instanceId: parent }, page),
      );
    }
  });

  it('begin after the cursor and know what is before it', async () => {
    const operations = createOperationQueries(test.database);
    const imageId = await insertImage(test.database);
    for (let n = 0; n < 5; n++) await insertOperation(test.database, { imageId });
    const whole = await operations.page({ imageId }, firstPage);
    const walked = await walk(2, async (page) => {
      const [one] = await operations.pagesOfImages([imageId], page);
      if (one === undefined) throw new Error('no page');
      expect(one.totalCount).toBe(5);
      return one;
    });
    expect(walked).toEqual(whole.rows);
  });

  it('answer each of the same parent given twice, in either case', async () => {
    const images = createImageQueries(test.database);
    const parent = await insertInstance(test.database);
    const image = await insertImage(test.database, { sourceInstanceId: parent });
    const pages = await images.pagesOfInstances([parent, randomUUID(), parent.toUpperCase()], firstPage);
    expect(pages.map((page) => page.rows.map((row) => row.id))).toEqual([[image], [], [image]]);
  });

  it('take one statement for lookups by id, and none for no id', async () => {
    const queries = createInstanceQueries(test.database, secrets);
    const known = await insertInstance(test.database);
    const unknown = randomUUID();
    const ids = [unknown, known, known.toUpperCase()];
    let found: readonly (Dated | null)[] = [];
    const statements = await countStatements(test.database, async () => {
      found = await queries.byIds(ids);
    });
    expect(statements).toBe(1);
    expect(found.map((row) => row?.id ?? null)).toEqual([null, known, known]);
    expect(await countStatements(test.database, () => queries.byIds([]))).toBe(0);
  });
});
