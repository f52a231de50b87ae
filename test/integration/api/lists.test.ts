import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageFiles, jobs, operationSteps } from '../../../drizzle/tables/index.ts';
import type { Services } from '../../../resolvers/services.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { run } from '../../support/api-execution.ts';
import { fakeServices } from '../../support/api-fakes.ts';
import { countStatements } from '../../support/count-statements.ts';
import { insertImage, insertInstance, insertOperation, PLATFORM, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let services: Services;

beforeAll(async () => {
  test = await createTestDatabase();
  services = fakeServices({
    instanceQueries: createInstanceQueries(test.database, secrets),
    imageQueries: createImageQueries(test.database),
    operationQueries: createOperationQueries(test.database),
  });
});

afterAll(() => test.stop());

/** An instance made of an image, with an image of its own and operations on both that have steps and jobs. */
async function insertFamily(): Promise<void> {
  const { database } = test;
  const sourceImageId = await insertImage(database);
  const instanceId = await insertInstance(database, { sourceImageId, labels: { family: 'yes' } });
  const imageId = await insertImage(database, { sourceInstanceId: instanceId });
  await database.orm.insert(imageFiles).values({ imageId, name: 'toc', sizeBytes: 1, md5: 'x', sha256: 'x' });
  for (const operationId of [
    await insertOperation(database, { instanceId, imageId }),
    await insertOperation(database, { instanceId, kind: 'RESTART_INSTANCE' }),
  ]) {
    const step = { operationId, name: 'Back up', weight: 1, state: 'SUCCEEDED' } as const;
    await database.orm.insert(operationSteps).values([1, 2].map((position) => ({ ...step, position })));
    const job = {
      id: randomUUID(),
      operationId,
      kind: 'backup',
      namespace: 'n',
      name: 'j',
      platform: PLATFORM,
    } as const;
    await database.orm.insert(jobs).values(job);
  }
}

const FAMILIES = `
  query ($first: Int!) {
    instances(first: $first, filter: { labels: [{ key: "family", value: "yes" }] }) {
      totalCount
      nodes {
        id name
        sourceImage { name sourceInstance { name } }
        images { totalCount nodes { name files { name } sourceInstance { name } operations { nodes { kind } } } }
        operations { nodes { kind instance { name } image { name } steps { name state } jobs { name state } } }
      }
    }
  }`;

describe('a page of instances with all that belongs to them', () => {
  it('takes the same small number of statements for 1 and for 50', async () => {
    for (let n = 0; n < 50; n += 1) await insertFamily();
    const count = async (first: number) => {
      let answered = 0;
      const statements = await countStatements(test.database, async () => {
        const { data, errors } = await run(services, FAMILIES, { variables: { first } });
        expect(errors).toEqual([]);
        answered = data.instances.nodes.length;
        for (const node of data.instances.nodes) {
          expect(node.sourceImage.sourceInstance).toBeNull();
          expect(node.images).toMatchObject({ totalCount: 1, nodes: [{ files: [{ name: 'toc' }] }] });
          expect(node.images.nodes[0].sourceInstance.name).toBe(node.name);
          expect(node.operations.nodes).toHaveLength(2);
          for (const operation of node.operations.nodes) {
            expect(operation.instance.name).toBe(node.name);
            expect([operation.steps.length, operation.jobs.length]).toEqual([2, 1]);
          }
        }
      });
      expect(answered).toBe(first);
      return statements;
    };
    const forOne = await count(1);
    const forFifty = await count(50);
    expect(forFifty).toBe(forOne);
    expect(forFifty).toBeLessThanOrEqual(16);
  });
});

describe('following a list of 250 page by page', () => {
  const PAGE = `
    query ($after: String) {
      images(first: 13, after: $after, filter: { nameContains: "paged" }) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor }
      }
    }`;

  it('meets every row once while others are written, also rows of one moment', async () => {
    const { database } = test;
    const expected = new Set<string>();
    for (let n = 0; n < 250; n += 1) {
      // Ten rows share each moment: only the id tells them apart.
      const createdAt = new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 10));
      expected.add(await insertImage(database, { name: `paged-${n}`, createdAt }));
    }
    const met: string[] = [];
    let after: string | null = null;
    for (let page = 0; ; page += 1) {
      const { data, errors } = await run(services, PAGE, { variables: { after } });
      expect(errors).toEqual([]);
      met.push(...data.images.edges.map((edge: { node: { id: string } }) => edge.node.id));
      await insertImage(database, { name: `paged-meanwhile-${page}` });
      if (!data.images.pageInfo.hasNextPage) break;
      after = data.images.pageInfo.endCursor;
    }
    expect(new Set(met)).toEqual(expected);
    expect(met).toHaveLength(250);
  });

  it('goes on behind a cursor whose row is gone from the list', async () => {
    const first = await run(services, PAGE);
    const [{ cursor, node }, next] = first.data.images.edges.slice(4);
    await test.database.pool.query(`UPDATE cms.images SET state = 'DELETED' WHERE id = $1`, [node.id]);
    const { data } = await run(services, PAGE, { variables: { after: cursor } });
    expect(data.images.edges[0]).toEqual(next);
  });
});
