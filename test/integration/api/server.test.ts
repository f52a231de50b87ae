import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../resolvers/ports/queries.ts';
import { createGraphqlServer } from '../../../src/api/server.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { codes } from '../../support/api-execution.ts';
import { fakeServices, sampleInstance } from '../../support/api-fakes.ts';
import { type ApiServer, send, startApi } from '../../support/api-server.ts';

let api: ApiServer;
let findings: Finding[] = [];

beforeAll(async () => {
  api = await startApi(fakeServices(), async () => findings);
});

afterAll(() => api.stop());

describe('the probes', () => {
  it('say that the process lives, and which release it is', async () => {
    const response = await fetch(`${api.url}/health`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'healthy', service: 'toygres', version: '1.2.3' },
    ]);
  });

  it('say 200 when all is there and 503 with what is not', async () => {
    const database: Finding = { name: 'database', ok: true, detail: 'answers', remedy: null };
    findings = [database];
    expect((await fetch(`${api.url}/ready`)).status).toBe(200);
    findings = [database, { name: 'blob store', ok: false, detail: 'refused', remedy: 'start it' }];
    const response = await fetch(`${api.url}/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', checks: findings });
  });

  it('answer 404 in JSON for what there is not', async () => {
    const response = await fetch(`${api.url}/nothing/here`);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
    expect(codes((await response.json()) as { errors: [] })).toEqual(['NOT_FOUND']);
  });
});

describe('a server that stops', () => {
  it('lets a running request end, takes no further ones, and may be stopped twice', async () => {
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const asked = Promise.withResolvers<void>();
    const other = await startApi(
      fakeServices({
        instanceQueries: {
          byName: async (name) => {
            asked.resolve();
            await held;
            return sampleInstance({ name });
          },
        },
      }),
    );
    const running = send(other.url, { query: '{ instance(name: "a") { name } }' });
    await asked.promise;
    const stopping = [other.stop(), other.stop()];
    answer();
    expect((await running).data).toEqual({ instance: { name: 'a' } });
    await Promise.all(stopping);
    await expect(send(other.url, { query: '{ viewer { name } }' })).rejects.toThrow();
  });

  it('says which port it cannot have', async () => {
    const port = Number(new URL(api.url).port);
    const auth = { authenticate: async () => ({ kind: 'USER', id: null, name: 'admin', role: 'ADMIN' }) as const };
    const ready = { find: async () => [], showsDetails: async () => true };
    const server = createGraphqlServer({
      services: () => fakeServices(),
      auth,
      ready,
      version: '1',
      log: createLogger('silent'),
    });
    await expect(server.listen(port, '127.0.0.1')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`Port ${port} of 127.0.0.1 cannot be taken, another program has it`),
    });
    await server.stop();
  });
});
