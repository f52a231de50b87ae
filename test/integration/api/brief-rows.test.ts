import { getNamedType, isCompositeType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '../../../resolvers/services.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { createDrillQueries } from '../../../src/stores/drills/queries.ts';
import { createImageQueries } from '../../../src/stores/images/queries.ts';
import { createInstanceQueries } from '../../../src/stores/instances/queries.ts';
import { createOperationQueries } from '../../../src/stores/operations/queries.ts';
import { createScheduleQueries } from '../../../src/stores/schedules/queries.ts';
import { run } from '../../support/api-execution.ts';
import { fakeServices } from '../../support/api-fakes.ts';
import { captureStatements } from '../../support/count-statements.ts';
import { insertImage, insertInstance, insertOperation, secrets } from '../../support/sample-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let test: TestDatabase;
let services: Services;
let ids: { readonly instance: string; readonly image: string; readonly operation: string };

beforeAll(async () => {
  test = await createTestDatabase();
  const { database } = test;
  services = fakeServices({
    instanceQueries: createInstanceQueries(database, secrets),
    imageQueries: createImageQueries(database),
    operationQueries: createOperationQueries(database),
    scheduleQueries: createScheduleQueries(database),
    drillQueries: createDrillQueries(database),
  });
  const instance = await insertInstance(database);
  const image = await insertImage(database, {
    sourceInstanceId: instance,
    description: 'before the move',
    labels: { team: 'red' },
    notices: ['a'],
    sizeBytes: 5,
    databases: [{ name: 'app', owner: 'app', sizeBytes: 3 }],
    takenAt: new Date(0),
  });
  const operation = await insertOperation(database, {
    instanceId: instance,
    imageId: image,
    cancelledByKind: 'USER',
    cancelledByName: 'ann',
    failure: { code: 'CANCELLED', message: 'It was cancelled.', step: null },
  });
  ids = { instance, image, operation };
});
afterAll(() => test.stop());

/** Each field of a type, with what is plain beneath it. */
function fieldsOf(name: string): string[] {
  const type = readSchema().getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no type of objects`);
  return Object.values(type.getFields()).map((field) => {
    const of = getNamedType(field.type);
    return isCompositeType(of) ? `${field.name} { __typename }` : field.name;
  });
}

const ask = async (query: string) => {
  const { data, errors } = await run(services, query);
  expect(errors, query).toEqual([]);
  return data;
};

describe('a row of a page', () => {
  it.each([
    ['Image', 'images', 'image'],
    ['Operation', 'operations', 'operation'],
  ] as const)('shows each field of an %s as the lookup does, whatever is read of it', async (type, list, noun) => {
    for (const field of fieldsOf(type)) {
      const asked = `id ${field}`;
      const nodes = await ask(`{ instance(id: "${ids.instance}") { page: ${list} { nodes { ${asked} } } } }`);
      const edges = await ask(
        `{ instance(id: "${ids.instance}") { page: ${list} { edges { ... { node { ...Asked } } } } } } fragment Asked on ${type} { ${asked} }`,
      );
      const { one } = await ask(`{ one: ${noun}(id: "${ids[noun]}") { ${asked} } }`);
      expect(nodes.instance.page.nodes, field).toEqual([one]);
      expect(edges.instance.page.edges, field).toEqual([{ node: one }]);
    }
  });

  it('is read without what nobody asks for', async () => {
    const read = async (fields: string) => {
      const statements = await captureStatements(test.database, async () => {
        await ask(`{ instance(id: "${ids.instance}") { images { nodes { id name labels { key } ${fields} } } } }`);
      });
      return statements.filter((text) => text.includes('"databases"') && text.includes('lateral')).length;
    };
    expect(await read('')).toBe(0);
    expect(await read('databases { name }')).toBe(1);
  });

  it('is refused what was not read of it', async () => {
    const images = createImageQueries(test.database);
    const [page] = await images.pagesOfInstances([ids.instance], { first: 1, after: null, brief: true });
    expect(page?.rows[0]?.name).toMatch(/^m-/);
    expect(() => page?.rows[0]?.databases).toThrow('databases was not read');
  });
});
