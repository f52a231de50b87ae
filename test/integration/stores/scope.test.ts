import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { drift, jobs } from '../../../drizzle/tables/index.ts';
import type { PageRequest } from '../../../resolvers/ports/queries.ts';
import type { Scope } from '../../../schema/rules/scope-rules.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { createUpkeepQueries } from '../../../src/stores/upkeep/queries.ts';
import { insertImage, insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const test = useShared(createTestDatabase);
const RED: Scope = { team: 'red' };
const NARROW: Scope = { team: 'red', stage: 'live' };
const all: PageRequest = { first: 100, after: null };
const ids = (rows: readonly ({ readonly id: string } | null)[]) => rows.map((row) => row?.id ?? null);

const made = { red: '', live: '', blue: '', gone: '' };
const image = { red: '', blue: '', gone: '', orphan: '' };
const operation = { red: '', blue: '', onRedImage: '', onBlueImage: '', restore: '', preflight: '' };
const job = { red: randomUUID(), blue: randomUUID() };

beforeAll(async () => {
  const { database } = test;
  const at = (second: number) => ({ createdAt: new Date(Date.UTC(2026, 4, 1, 0, 0, second)) });
  made.red = await insertInstance(database, { name: 'red', labels: RED, ...at(1) });
  made.live = await insertInstance(database, { name: 'live', labels: { ...NARROW, more: 'x' }, ...at(2) });
  made.blue = await insertInstance(database, { name: 'blue', labels: { team: 'blue', red: 'team' }, ...at(3) });
  made.gone = await insertInstance(database, { name: 'gone', labels: RED, state: 'DELETED', ...at(4) });
  image.red = await insertImage(database, { name: 'of-red', sourceInstanceId: made.red, ...at(1) });
  // Its own labels say nothing about where it belongs.
  image.blue = await insertImage(database, { name: 'of-blue', sourceInstanceId: made.blue, labels: RED, ...at(2) });
  image.gone = await insertImage(database, { name: 'of-gone', sourceInstanceId: made.gone, ...at(3) });
  image.orphan = await insertImage(database, { name: 'of-nobody', ...at(4) });
  operation.red = await insertOperation(database, { instanceId: made.red, imageId: image.red, ...at(1) });
  operation.blue = await insertOperation(database, { instanceId: made.blue, imageId: image.blue, ...at(2) });
  operation.onRedImage = await insertOperation(database, { imageId: image.red, ...at(3) });
  operation.onBlueImage = await insertOperation(database, { imageId: image.blue, ...at(4) });
  operation.restore = await insertOperation(database, { instanceId: made.blue, imageId: image.red, ...at(5) });
  operation.preflight = await insertOperation(database, { kind: 'PREFLIGHT', ...at(6) });
  const common = { kind: 'backup', namespace: 'x', name: 'x', platform: 'local:test' } as const;
  await database.orm.insert(jobs).values([
    { ...common, id: job.red, operationId: operation.red },
    { ...common, id: job.blue, operationId: operation.blue },
  ]);
  const seen = {
    platform: 'local:test',
    kind: 'VOLUME',
    firstSeen: new Date(),
    lastSeen: new Date(),
    state: 'REPORTED',
  } as const;
  const owners: readonly (string | null)[] = [made.red, made.blue, image.gone, image.blue, 'no id', null];
  await database.orm
    .insert(drift)
    .values(owners.map((ownerId, n) => ({ ...seen, namespace: 'x', name: `d${n}`, reason: '', ownerId })));
});

describe('a scope', () => {
  it('holds for instances in lists, counts, filters and lookups', async () => {
    const queries = createInstanceQueries(test.database, secrets, RED);
    const page = await queries.page({}, all);
    expect([ids(page.rows), page.totalCount]).toEqual([[made.live, made.red], 2]);
    expect((await queries.page({ labels: { team: 'blue' } }, all)).totalCount).toBe(0);
    expect(ids(await queries.byIds([made.blue, made.gone, made.red]))).toEqual([null, made.gone, made.red]);
    expect([await queries.byName('blue'), (await queries.byName('red'))?.id]).toEqual([null, made.red]);
    await expect(queries.credentials(made.blue)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await queries.credentials(made.red)).password).toBe('password of red');
  });

  it('asks for all of its labels', async () => {
    const page = await createInstanceQueries(test.database, secrets, NARROW).page({}, all);
    expect([ids(page.rows), page.totalCount]).toEqual([[made.live], 1]);
  });

  it('is not passed by the cursor of a row outside of it', async () => {
    const outside = { createdAt: '2026-05-01T00:00:03.000Z', id: made.blue };
    const page = await createInstanceQueries(test.database, secrets, RED).page({}, { first: 100, after: outside });
    expect([ids(page.rows), page.hasPreviousPage, page.totalCount]).toEqual([[made.live, made.red], false, 2]);
  });

  it('holds for images by the labels that their instance has or last had', async () => {
    const queries = createImageQueries(test.database, RED);
    const page = await queries.page({}, all);
    expect([ids(page.rows), page.totalCount]).toEqual([[image.gone, image.red], 2]);
    expect(ids(await queries.byIds([image.blue, image.orphan, image.gone]))).toEqual([null, null, image.gone]);
    expect([await queries.byName('of-blue'), (await queries.byName('of-red'))?.id]).toEqual([null, image.red]);
    expect((await queries.page({ labels: RED }, all)).totalCount).toBe(0);
    const [ofRed, ofBlue] = await queries.pagesOfInstances([made.red, made.blue], all);
    expect([ofRed?.totalCount, ids(ofRed?.rows ?? [])]).toEqual([1, [image.red]]);
    expect([ofBlue?.totalCount, ofBlue?.rows]).toEqual([0, []]);
  });

  it('holds for operations by their instance, else by their image', async () => {
    const queries = createOperationQueries(test.database, RED);
    const page = await queries.page({}, all);
    expect([ids(page.rows), page.totalCount]).toEqual([[operation.onRedImage, operation.red], 2]);
    const { blue, onBlueImage, restore, preflight, red } = operation;
    expect(ids(await queries.byIds([blue, onBlueImage, restore, preflight, red]))).toEqual([
      null,
      null,
      null,
      null,
      red,
    ]);
    const [ofImage] = await queries.pagesOfImages([image.red], all);
    expect([ofImage?.totalCount, ids(ofImage?.rows ?? [])]).toEqual([2, [operation.onRedImage, operation.red]]);
    expect((await queries.pagesOfInstances([made.blue], all))[0]?.totalCount).toBe(0);
    expect((await queries.page({ instanceId: made.blue }, all)).totalCount).toBe(0);
  });

  it('holds for jobs and for drift', async () => {
    const queries = createOperationQueries(test.database, RED);
    expect([await queries.job(job.blue), (await queries.job(job.red))?.id]).toEqual([null, job.red]);
    const seen = await createUpkeepQueries(test.database, RED).drift({ first: 100 });
    expect(seen.map(({ name }) => name).sort()).toEqual(['d0', 'd2']);
  });

  it('leaves nothing out when it is empty', async () => {
    expect((await createInstanceQueries(test.database, secrets).page({}, all)).totalCount).toBe(3);
    expect((await createImageQueries(test.database).page({}, all)).totalCount).toBe(4);
    expect((await createOperationQueries(test.database).page({}, all)).totalCount).toBe(6);
    expect(await createUpkeepQueries(test.database).drift({ first: 100 })).toHaveLength(6);
  });
});
