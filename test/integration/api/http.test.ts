import { buildSchema, findBreakingChanges, type GraphQLFormattedError } from 'graphql';
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerFacts } from '../../../resolvers/ports/queries.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { codes } from '../../support/api-execution.ts';
import { fakeServices, sampleInstance } from '../../support/api-fakes.ts';
import { type ApiServer, send, startApi, TOKEN } from '../../support/api-server.ts';

const SECRET = 'hunter2-hunter2';
const VIEWER = { query: '{ viewer { name role } }' };

const FACTS: ServerFacts = {
  version: '1.2.3',
  platform: 'local',
  postgresVersions: ['17', '15'],
  imageMethods: ['LOGICAL'],
  namespaces: ['toygres-managed'],
};

let api: ApiServer;

beforeAll(async () => {
  const services = fakeServices({
    checks: { server: async () => FACTS },
    instanceQueries: {
      byName: async (name) => sampleInstance({ name }),
      byIds: async () => {
        const cause = Object.assign(new Error('connection lost'), { detail: SECRET });
        throw new Error(`Failed query: select $1\nparams: ${SECRET}`, { cause });
      },
    },
    instanceCommands: {
      create: async () => {
        throw new TypeError(`cannot read properties of ${SECRET}`);
      },
    },
  });
  api = await startApi(services);
});

afterAll(() => api.stop());

describe('the API over HTTP', () => {
  it('passes the audits of GraphQL over HTTP without an error', async () => {
    const fetchFn = (input: string, init: RequestInit = {}) =>
      fetch(input, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${TOKEN}` },
      });
    const results = await auditServer({ url: `${api.url}/graphql`, fetchFn });
    expect(results.length).toBeGreaterThan(50);
    expect(results.filter(({ status }) => status === 'error').map(({ name }) => name)).toEqual([]);
  });

  it('answers who is asking', async () => {
    const { status, data, headers } = await send(api.url, VIEWER);
    expect([status, data]).toEqual([200, { viewer: { name: 'admin', role: 'ADMIN' } }]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it.each([
    ['no token', null],
    ['another token', 'another-token'],
    ['the beginning of the token', TOKEN.slice(0, -1)],
    ['more than the token', `${TOKEN}x`],
    ['an empty token', ''],
    ['a token of 10 kB', 'x'.repeat(10_000)],
  ])('refuses %s with 401 and UNAUTHENTICATED, and does not repeat it', async (_what, token) => {
    const { status, errors, headers, text, data } = await send(api.url, VIEWER, { token });
    expect([status, data, codes({ errors })]).toEqual([401, null, ['UNAUTHENTICATED']]);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(text).not.toContain('another-token');
  });

  it('refuses a token in another scheme', async () => {
    const { status } = await send(api.url, VIEWER, { token: null, headers: { authorization: `Basic ${TOKEN}` } });
    expect(status).toBe(401);
  });

  it('reads no body of a caller it does not know', async () => {
    const { status } = await send(api.url, 'x'.repeat(2_000_000), { token: 'another-token' });
    expect(status).toBe(401);
  });

  it.each([
    ['text that is no JSON', '{"query": ', 400],
    ['a list of requests', [VIEWER, VIEWER], 400],
    ['no query', { variables: {} }, 400],
    ['a query that is no text', { query: 7 }, 400],
    ['variables that are no object', { ...VIEWER, variables: 'x' }, 400],
    ['more than a mebibyte', { query: `{ viewer { name } } #${'x'.repeat(1024 * 1024)}` }, 413],
    ['an operation name that the document has not', { ...VIEWER, operationName: 'Other' }, 400],
    ['two operations and no name', { query: 'query A { viewer { name } } query B { viewer { name } }' }, 400],
    ['a subscription', { query: 'subscription { instanceChanged { id } }' }, 400],
    ['a persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }, 200],
  ])('refuses %s with INVALID_INPUT', async (_what, body, expected) => {
    const { status, errors } = await send(api.url, body);
    expect([codes({ errors }), status]).toEqual([['INVALID_INPUT'], expected]);
  });

  it.each([
    ['does not parse', '{ viewer', 'GRAPHQL_PARSE_FAILED', undefined],
    ['does not validate', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED', undefined],
    [
      'has 10,000 aliases',
      `{ ${Array.from({ length: 10_000 }, (_, n) => `a${n}: viewer { name }`).join(' ')} }`,
      'INVALID_INPUT',
      'documentTooLong',
    ],
    [
      'has 200 aliases',
      `{ ${Array.from({ length: 200 }, (_, n) => `a${n}: viewer { name }`).join(' ')} }`,
      'INVALID_INPUT',
      'tooManyAliases',
    ],
    [
      'is 40 levels deep',
      `{ ${'instances { nodes { images { nodes { operations { nodes { instance { id '.repeat(5)}${'}'.repeat(35)} }`,
      'INVALID_INPUT',
      'documentTooDeep',
    ],
    [
      'asks for a million records',
      '{ instances(first: 100) { nodes { images(first: 100) { nodes { operations(first: 100) { nodes { id } } } } } } }',
      'INVALID_INPUT',
      'tooCostly',
    ],
    ['repeats a field 7,000 times', `{ viewer { ${'name '.repeat(7000)} } }`, 'INVALID_INPUT', 'documentTooLong'],
    // The rules of what is too large: those that are told before validation, which would take minutes for some.
  ])('refuses a document that %s, saying why', async (_what, query, code, rule) => {
    const { status, errors } = await send(api.url, { query });
    expect([status, codes({ errors })[0], errors[0]?.extensions?.rule]).toEqual([400, code, rule]);
    expect(errors[0]?.message).not.toBe('');
  });

  it('names the field of a variable that does not fit, without the value', async () => {
    const query = 'mutation ($input: CreateInstanceInput!) { createInstance(input: $input) { notices } }';
    const { status, errors, text } = await send(api.url, {
      query,
      variables: { input: { name: 'a', password: [SECRET] } },
    });
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field: 'password', rule: 'type' });
    expect(text).not.toContain(SECRET);
  });

  it.each([
    ['a failed statement', '{ operation: instance(id: "5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10") { id } }'],
    ['a fault of the code', 'mutation { createInstance(input: { name: "a" }) { notices } }'],
  ])('masks %s as INTERNAL with a reference that stands in the log', async (_what, query) => {
    const { status, errors, text } = await send(api.url, { query });
    expect([status, codes({ errors })]).toEqual([200, ['INTERNAL']]);
    const reference = errors[0]?.extensions?.reference;
    expect(errors[0]).toMatchObject({ message: `internal error, reference ${reference}`, extensions: { reference } });
    expect(text).not.toMatch(/hunter2|select|params|stack|node_modules|TypeError/);
    expect(api.log.join('')).toContain(reference);
  });

  it('never shows a stack, whatever NODE_ENV is', async () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'development';
    const other = await startApi(fakeServices());
    try {
      const { text } = await send(other.url, { query: '{ instance(name: "a") { id } }' });
      expect(text).not.toMatch(/stack|\.ts:/);
    } finally {
      await other.stop();
      process.env.NODE_ENV = before;
    }
  });

  it('refuses requests that a page of another site could send without asking first', async () => {
    const form = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/plain' },
      body: JSON.stringify(VIEWER),
    });
    const get = await fetch(`${api.url}/graphql?query=${encodeURIComponent(VIEWER.query)}`);
    expect([form.status, get.status]).toEqual([400, 401]);
  });

  it('answers a query by GET that a token comes with: no page of another site can send one without asking first', async () => {
    const response = await fetch(`${api.url}/graphql?query=${encodeURIComponent(VIEWER.query)}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect([response.status, await response.json()]).toMatchObject([200, { data: { viewer: {} } }]);
  });

  it.each([
    ['application/graphql-response+json; charset=utf-8', 400, 'application/graphql-response+json; charset=utf-8'],
    ['application/json;charset=UTF-8', 400, 'application/json; charset=utf-8'],
    ['text/html', 406, 'application/json; charset=utf-8'],
  ])('answers faults to Accept: %s with %i as %s', async (accept, status, type) => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', accept },
      body: '{}',
    });
    const { errors } = (await response.json()) as { errors: GraphQLFormattedError[] };
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
    expect(errors[0]?.extensions?.field).toBe(status === 406 ? 'Accept' : 'query');
    expect(errors[0]?.message).toMatch(/: (send|ask for) /);
  });

  it.each([
    ['no Content-Type', undefined, '{}', 'Content-Type', 'required'],
    ['another Content-Type', 'text/plain', '{}', 'Content-Type', 'json'],
    ['a batch', 'application/json', [VIEWER, VIEWER], 'body', 'single'],
    ['a text', 'application/json', '"query"', 'body', 'json'],
    ['a query that is none', 'application/json', { query: 7 }, 'query', 'type'],
    [
      'a value that does not fit',
      'application/json',
      { query: '{ instances(first: "x") { totalCount } }' },
      'first',
      'type',
    ],
  ])('says of a request with %s what is at fault and what to send', async (_what, type, body, field, rule) => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, ...(type === undefined ? {} : { 'content-type': type }) },
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    });
    const { errors } = (await response.json()) as { errors: GraphQLFormattedError[] };
    expect([response.status, errors.length]).toEqual([400, 1]);
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field, rule });
    expect(errors[0]?.message).toMatch(/: (send|see) |send /);
  });

  it('serves its schema as text, to everybody', async () => {
    const response = await fetch(`${api.url}/schema.graphql`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(findBreakingChanges(buildSchema(await response.text()), readSchema())).toEqual([]);
  });

  it('tells what may be asked of it', async () => {
    const { data } = await send(api.url, {
      query:
        '{ server { version platform postgresVersions imageMethods namespaces limits { pageSize depth aliases cost subscriptionsPerIdentity } } }',
    });
    expect(data.server).toEqual({
      ...FACTS,
      limits: { pageSize: 100, depth: 16, aliases: 150, cost: 500_000, subscriptionsPerIdentity: 2000 },
    });
  });

  it('changes nothing by GET', async () => {
    const query = encodeURIComponent('mutation { createInstance(input: { name: "a" }) { notices } }');
    const response = await fetch(`${api.url}/graphql?query=${query}`, {
      headers: { authorization: `Bearer ${TOKEN}`, 'apollo-require-preflight': 'yes' },
    });
    expect(response.status).toBe(405);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('names the methods that there are to %s', async (method) => {
    const response = await fetch(`${api.url}/graphql`, { method, headers: { authorization: `Bearer ${TOKEN}` } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect(codes(await response.json())).toEqual(['INVALID_INPUT']);
  });
});
