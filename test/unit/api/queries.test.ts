import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../../../resolvers/ports/queries.ts';
import { run } from '../../support/api-execution.ts';
import {
  fakeServices,
  sampleAlert,
  sampleImage,
  sampleInstance,
  sampleOperation,
  sampleSchedule,
} from '../../support/api-fakes.ts';

const UNKNOWN = '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10';
const NONE = { rows: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 };
const nothing = async (ids: readonly string[]) => ids.map(() => null);

describe('a lookup', () => {
  const empty = fakeServices({
    instanceQueries: { byIds: nothing, byName: async () => null },
    imageQueries: { byIds: nothing, byName: async () => null },
    operationQueries: { byIds: nothing },
    scheduleQueries: { byIds: nothing, byName: async () => null },
    alertQueries: { byIds: nothing },
  });

  it.each([
    'node(id: $id) { id }',
    'instance(id: $id) { id }',
    'image(id: $id) { id }',
    'operation(id: $id) { id }',
    'schedule(id: $id) { id }',
  ])('%s of an unknown or malformed id is null, without an error', async (field) => {
    for (const id of [UNKNOWN, '', 'x', `${UNKNOWN}'`, `{${UNKNOWN}}`, 'a'.repeat(10_000)]) {
      const { data, errors } = await run(empty, `query ($id: ID!) { found: ${field} }`, { variables: { id } });
      expect([data, errors]).toEqual([{ found: null }, []]);
    }
  });

  it.each([
    'instance',
    'instance(id: null)',
    'instance(id: "x", name: "x")',
    'image',
    'image(name: null, id: null)',
    'image(id: "x", name: "x")',
  ])('%s needs exactly one of id and name', async (field) => {
    const { errors } = await run(empty, `{ ${field} { id } }`);
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field: 'id', rule: 'exactlyOne' });
  });

  it('finds an id however it is written', async () => {
    const instance = sampleInstance({ id: UNKNOWN });
    const services = fakeServices({
      instanceQueries: { byIds: async (ids) => ids.map((id) => (id === UNKNOWN ? instance : null)) },
    });
    const { data } = await run(services, `{ instance(id: "${UNKNOWN.toUpperCase()}") { name } }`);
    expect(data).toEqual({ instance: { name: 'orders' } });
  });

  it('of a node tells its type, for each of the five', async () => {
    const [instance, image, operation] = [sampleInstance(), sampleImage(), sampleOperation()];
    const [schedule, alert] = [sampleSchedule(), sampleAlert()];
    const services = fakeServices({
      instanceQueries: { byIds: async (ids) => ids.map((id) => (id === instance.id ? instance : null)) },
      imageQueries: { byIds: async (ids) => ids.map((id) => (id === image.id ? image : null)) },
      operationQueries: { byIds: async (ids) => ids.map((id) => (id === operation.id ? operation : null)) },
      scheduleQueries: { byIds: async (ids) => ids.map((id) => (id === schedule.id ? schedule : null)) },
      alertQueries: { byIds: async (ids) => ids.map((id) => (id === alert.id ? alert : null)) },
    });
    const types = [];
    for (const { id } of [instance, image, operation, schedule, alert]) {
      const { data } = await run(services, `{ node(id: "${id}") { __typename id ... on Image { method } } }`);
      types.push(data.node);
    }
    expect(types).toEqual([
      { __typename: 'Instance', id: instance.id },
      { __typename: 'Image', id: image.id, method: 'LOGICAL' },
      { __typename: 'Operation', id: operation.id },
      { __typename: 'Schedule', id: schedule.id },
      { __typename: 'Alert', id: alert.id },
    ]);
  });
});

describe('an instance', () => {
  it('shows its labels in order and an endpoint without the password', async () => {
    const services = fakeServices({
      instanceQueries: {
        byName: async () =>
          sampleInstance({ labels: { z: '1', a: '' }, endpoint: { host: '::1', port: 5433, dnsName: null } }),
      },
    });
    const { data } = await run(
      services,
      '{ instance(name: "orders") { labels { key value } endpoint { host connectionString } health createdAt } }',
    );
    expect(data.instance).toEqual({
      labels: [
        { key: 'a', value: '' },
        { key: 'z', value: '1' },
      ],
      endpoint: { host: '::1', connectionString: 'postgresql://postgres@[::1]:5433/postgres' },
      health: 'UNKNOWN',
      createdAt: '2026-03-01T09:30:00.000Z',
    });
  });
});

describe('an image', () => {
  it.each([
    ['RUNNING', { name: 'orders' }],
    ['DELETED', null],
  ] as const)('whose source is %s shows it as %j', async (state, expected) => {
    const source = sampleInstance({ state });
    const services = fakeServices({
      imageQueries: {
        byName: async () => sampleImage({ sourceInstanceId: source.id, sizeBytes: 9_007_199_254_740_991 }),
      },
      instanceQueries: { byIds: async () => [source] },
    });
    const { data } = await run(services, '{ image(name: "a") { sizeBytes sourceInstance { name } } }');
    expect(data.image).toEqual({ sizeBytes: 9_007_199_254_740_991, sourceInstance: expected });
  });
});

describe('a list', () => {
  const asked: PageRequest[] = [];
  const services = fakeServices({
    instanceQueries: {
      byName: async () => sampleInstance(),
      page: async (_criteria, page) => {
        asked.push(page);
        return NONE;
      },
    },
    imageQueries: { page: async () => NONE, byName: async () => sampleImage() },
    operationQueries: { page: async () => NONE },
  });

  it.each([
    'instances(first: 0) { totalCount }',
    'instances(first: 101) { totalCount }',
    'images(first: -1) { totalCount }',
    'operations(first: 1000000) { totalCount }',
    'instance(name: "a") { images(first: 0) { totalCount } }',
    'instance(name: "a") { operations(first: 101) { totalCount } }',
    'image(name: "a") { operations(first: 0) { totalCount } }',
  ])('%s asks for a size that no page has', async (field) => {
    const { errors } = await run(services, `{ ${field} }`);
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field: 'first', rule: 'range' });
  });

  it.each(['instances', 'images', 'operations'])('of %s refuses a cursor that is none', async (field) => {
    const { errors } = await run(services, `{ ${field}(after: "x") { totalCount } }`);
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field: 'after', rule: 'cursor' });
  });

  it('has 20 entries when nobody says how many, also when null is said', async () => {
    asked.length = 0;
    await run(services, '{ a: instances { totalCount } b: instances(first: null, after: null) { totalCount } }');
    expect(asked).toEqual([
      { first: 20, after: null, counted: true },
      { first: 20, after: null, counted: true },
    ]);
  });

  it('with nothing in it has no cursors', async () => {
    const { data } = await run(
      services,
      '{ instances { edges { cursor } nodes { id } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } totalCount } }',
    );
    const pageInfo = { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false };
    expect(data.instances).toEqual({ edges: [], nodes: [], pageInfo, totalCount: 0 });
  });

  it.each([
    'images(filter: { sourceInstanceId: "x" }) { totalCount }',
    'operations(filter: { instanceId: "x" }) { totalCount }',
    'operations(filter: { imageId: "" }) { totalCount }',
  ])('%s finds nothing, and asks nobody', async (field) => {
    const { data, errors } = await run(fakeServices(), `{ list: ${field} }`);
    expect([data, errors]).toEqual([{ list: { totalCount: 0 } }, []]);
  });
});
