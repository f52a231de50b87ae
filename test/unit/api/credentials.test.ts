import { describe, expect, it } from 'vitest';
import type { OperationRecord } from '../../../resolvers/ports/records.ts';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices, sampleInstance, sampleOperation } from '../../support/api-fakes.ts';

const UNKNOWN = '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10';

describe('credentials', () => {
  const endpoint = { host: 'db.example.com', port: 5432, dnsName: null };
  type OwnerLogin = { username: string; password: string; database: string } | null;
  const build = (
    values: Parameters<typeof sampleInstance>[0],
    at: typeof endpoint | null = endpoint,
    owner: OwnerLogin = null,
    underWay: readonly OperationRecord[] = [],
  ) =>
    fakeServices({
      instanceQueries: {
        byIds: async () => [sampleInstance(values)],
        credentials: async () => ({
          username: 'postgres',
          password: "p@ss/w:rd'",
          database: 'postgres',
          endpoint: at,
        }),
        ownerCredentials: async () => owner && { ...owner, endpoint: at },
      },
      operationQueries: {
        pagesOfInstances: async () => [
          { rows: underWay, hasNextPage: false, hasPreviousPage: false, totalCount: underWay.length },
        ],
      },
    });
  const query = `{ instanceCredentials(instanceId: "${UNKNOWN}") { username password connectionString } }`;

  it('hold a connection string with the password in it', async () => {
    const { data } = await run(build({ endpoint }), query);
    expect(data.instanceCredentials).toEqual({
      username: 'postgres',
      password: "p@ss/w:rd'",
      connectionString: "postgresql://postgres:p%40ss%2Fw%3Ard'@db.example.com:5432/postgres",
    });
  });

  it('of a stopped instance are whole, with the address that it had', async () => {
    const { data, errors } = await run(build({ state: 'STOPPED', endpoint: null }), query);
    expect(errors).toEqual([]);
    expect(data.instanceCredentials.connectionString).toContain('@db.example.com:5432/');
  });

  it('of an instance that has had no address have no connection string, and still a password', async () => {
    const creation = sampleOperation({ kind: 'CREATE_INSTANCE', state: 'QUEUED' });
    const creating = build({ state: 'CREATING', endpoint: null }, null, null, [creation]);
    const { errors } = await run(creating, query);
    expect(errors[0]?.message).toContain('CREATING');
    expect(errors[0]?.extensions).toEqual({ code: 'CONFLICT', operationId: creation.id });
    const over = sampleOperation({ ...creation, state: 'FAILED' });
    const failed = await run(build({ state: 'FAILED', endpoint: null }, null, null, [over]), query);
    expect(failed.errors[0]?.extensions).toEqual({ code: 'CONFLICT' });
    const { data } = await run(creating, query.replace('connectionString', ''));
    expect(data.instanceCredentials.password).toBe("p@ss/w:rd'");
  });

  it('of the superuser are for administrators alone', async () => {
    expect(codes(await run(build({}), query, { role: 'VIEWER' }))).toEqual(['FORBIDDEN']);
    expect(codes(await run(build({}), query, { role: 'OPERATOR' }))).toEqual(['FORBIDDEN']);
    expect((await run(build({}), query, { role: 'ADMIN' })).errors).toEqual([]);
  });

  it('of the owner are for operators, and CONFLICT where the server has no such login', async () => {
    const owner = query.replace(')', ', login: OWNER)');
    expect(codes(await run(build({}), owner, { role: 'VIEWER' }))).toEqual(['FORBIDDEN']);
    expect(codes(await run(build({}), owner, { role: 'OPERATOR' }))).toEqual(['CONFLICT']);
    const login = { username: 'app', password: 'its own', database: 'app' };
    const { data, errors } = await run(build({ endpoint }, endpoint, login), owner, { role: 'OPERATOR' });
    expect([data.instanceCredentials, errors]).toEqual([
      {
        username: 'app',
        password: 'its own',
        connectionString: 'postgresql://app:its%20own@db.example.com:5432/app',
      },
      [],
    ]);
  });

  it('of an id that is none are NOT_FOUND', async () => {
    const { errors } = await run(fakeServices(), '{ instanceCredentials(instanceId: "x") { username } }');
    expect(codes({ errors })).toEqual(['NOT_FOUND']);
  });
});
