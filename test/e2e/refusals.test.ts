import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { type E2eHome, type E2eServer, listTree, makeE2eHome } from '../support/e2e-server.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;

beforeAll(async () => {
  home = await makeE2eHome('refusals');
  server = await home.start();
  api = createE2eClient(server);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

/** Sends a body as it is, with the headers as they are. */
async function post(body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(server.url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const INVALID = { code: 'INVALID_INPUT' };
const NOT_FOUND = { code: 'NOT_FOUND' };

describe('a server that runs', () => {
  test('refuses every hostile name and password, and makes nothing', async () => {
    const names = [...HOSTILE_TEXTS, 'a'.repeat(41), '--', 'a--', 'A', 'ａ', 'a'.repeat(100_000)];
    const passwords = [
      '',
      'short',
      'eleven char',
      'new\nline in it',
      'nul\0in it all',
      'x'.repeat(129),
      'x'.repeat(10_000),
    ];
    for (const name of names) {
      await expect(api.createInstance({ name }), JSON.stringify(name.slice(0, 50))).rejects.toMatchObject(INVALID);
    }
    for (const password of passwords) {
      const asked = api.createInstance({ name: 'fine', password });
      await expect(asked, JSON.stringify(password.slice(0, 50))).rejects.toMatchObject(INVALID);
    }
    const { instances } = await api.request<{ instances: { totalCount: number } }>('{ instances { totalCount } }');
    expect(instances.totalCount).toBe(0);
    expect(await listTree(path.join(home.directory, 'state/servers'))).toEqual([]);
  });

  test.each([
    ['a version that is not here', { postgresVersion: '18' }],
    ['a version that never was', { postgresVersion: '15; DROP' }],
    ['a type that is not here', { imageType: 'PG_DURABLE' }],
    ['no storage', { storageGib: 0 }],
    ['more storage than there is', { storageGib: 16_385 }],
    ['another namespace', { namespace: 'kube-system' }],
    ['a DNS label without a public address', { dnsLabel: 'orders' }],
    ['a label that is none', { labels: [{ key: '$(id)', value: '' }] }],
    [
      'one label twice',
      {
        labels: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      },
    ],
    ['an endless idempotency key', { idempotencyKey: 'k'.repeat(256) }],
  ])('refuses %s', async (_, input) => {
    await expect(api.createInstance({ name: 'fine', ...input })).rejects.toMatchObject(INVALID);
  });

  test.each([
    ['nothing', ''],
    ['a letter', 'x'],
    ['a NUL in a URL', '%00'],
    ['a path', '../..'],
    ['nobody', UNKNOWN],
    ['SQL', `${UNKNOWN}'--`],
    ['a NUL', 'a\0b'],
    ['100 kB', 'x'.repeat(100_000)],
  ])('finds nothing under an id of %s, and says NOT_FOUND where something was to be done', async (_, id) => {
    const lookups = await api.request(
      'query ($id: ID!) { node(id: $id) { id } instance(id: $id) { id } image(id: $id) { id } operation(id: $id) { id } }',
      { id },
    );
    expect(lookups).toEqual({ node: null, instance: null, image: null, operation: null });
    await expect(api.createImage({ name: 'fine', instanceId: id })).rejects.toMatchObject(NOT_FOUND);
    await expect(api.createInstance({ name: 'fine', sourceImageId: id })).rejects.toMatchObject(NOT_FOUND);
    await expect(api.changeInstance('delete', id)).rejects.toMatchObject(NOT_FOUND);
    await expect(api.deleteImage(id)).rejects.toMatchObject(NOT_FOUND);
    await expect(api.cancel(id)).rejects.toMatchObject(NOT_FOUND);
    await expect(api.retry(id)).rejects.toMatchObject(NOT_FOUND);
    await expect(api.login(id)).rejects.toMatchObject(NOT_FOUND);
    const events = api.events(id)[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject(NOT_FOUND);
  });

  test.each(['first: 0', 'first: 101', 'first: -1', 'after: ""', 'after: "x"', 'after: "W10="', 'after: "bnVsbA=="'])(
    'refuses the page (%s)',
    async (page) => {
      for (const list of ['instances', 'images', 'operations']) {
        await expect(api.request(`{ ${list}(${page}) { nodes { id } } }`)).rejects.toMatchObject(INVALID);
      }
    },
  );

  test('serves nobody without the token, on HTTP and WebSocket alike', async () => {
    const query = JSON.stringify({ query: '{ viewer { name } }' });
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      `Basic ${server.token}`,
      `Bearer ${server.token}x`,
    ]) {
      const { status, text } = await post(query, authorization === undefined ? {} : { authorization });
      expect([status, text]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
      expect(text).not.toContain(server.token);
    }
    const stranger = createE2eClient({ url: server.url, token: 'not the token at all' });
    const events = stranger.events(UNKNOWN)[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await stranger.stop();
  });

  test('answers bodies that are no requests with a word about it', async () => {
    const authorization = `Bearer ${server.token}`;
    for (const body of [
      '',
      '{',
      '[]',
      '"x"',
      'null',
      '{"query":1}',
      '{"query":"{"}',
      `{"query":"{ ${'a '.repeat(50_000)}}"}`,
    ]) {
      const { status, text } = await post(body, { authorization });
      expect(status, body.slice(0, 50)).toBeGreaterThanOrEqual(400);
      expect(status, body.slice(0, 50)).toBeLessThan(500);
      expect(JSON.parse(text).errors[0].message).not.toMatch(/\bat \S+ \(|node_modules/);
    }
  });

  test('keeps states to their verbs: what may not be done says why', async () => {
    const created = await api.createInstance({ name: 'guarded', deletionProtection: true });
    await expect(api.createImage({ name: 'early', instanceId: created.id })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await api.untilOver(created.operationId);
    await expect(api.changeInstance('delete', created.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('updateInstance'),
    });
    await expect(api.changeInstance('start', created.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await api.untilOver((await api.changeInstance('stop', created.id)).operationId);
    for (const ask of [
      () => api.changeInstance('stop', created.id),
      () => api.changeInstance('restart', created.id),
      () => api.createImage({ name: 'of-a-stopped-one', instanceId: created.id }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('STOPPED') });
    }
    await api.request(
      'mutation ($id: ID!) { updateInstance(input: { instanceId: $id, deletionProtection: false }) { instance { id } } }',
      { id: created.id },
    );
    await api.untilOver((await api.changeInstance('delete', created.id)).operationId);
    await expect(api.changeInstance('start', created.id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('a server that cannot start', () => {
  test('because another one has its home: the other one is unharmed', async () => {
    const before = await listTree(path.join(home.directory, 'state/servers'));
    const { code, output } = await home.startInVain();
    expect([code, output]).toEqual([1, expect.stringContaining(`process ${server.pid}`)]);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(await listTree(path.join(home.directory, 'state/servers'))).toEqual(before);
    expect(await api.request('{ viewer { name } }')).toEqual({ viewer: { name: 'admin' } });
  });
});
