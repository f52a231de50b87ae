import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { codes } from '../../support/api-execution.ts';
import { sampleInstance } from '../../support/api-fakes.ts';
import { connect, TOKEN } from '../../support/api-server.ts';
import { eventually } from '../../support/eventually.ts';
import { openSocket } from '../../support/raw-socket.ts';
import { CHANGES, openSocketWorld, SECRET, type SocketWorld } from '../../support/socket-world.ts';

let world: SocketWorld;
beforeEach(async () => {
  world = await openSocketWorld();
});
afterEach(() => world.api.stop());

describe('a connection', () => {
  it.each([
    ['another token', { authorization: 'Bearer another-token' }],
    ['no token', {}],
    ['no parameters', undefined],
    ['a token that is no text', { authorization: { $ne: null } }],
  ])('with %s is closed with 4401', async (_what, payload) => {
    const raw = await openSocket(world.api.url);
    raw.send({ type: 'connection_init', payload });
    const { code, reason } = await raw.closed;
    expect(code).toBe(4401);
    expect(reason).toMatch(/^Unauthorized: .* token/);
    expect(reason).not.toContain('another-token');
  });

  it('that asks before it has logged in, or while it does, is closed with 4401 and runs nothing', async () => {
    const early = await openSocket(world.api.url);
    early.send({ id: '1', type: 'subscribe', payload: CHANGES });
    expect((await early.closed).code).toBe(4401);
    const hasty = await openSocket(world.api.url);
    hasty.send({ type: 'connection_init', payload: { authorization: 'Bearer another-token' } });
    hasty.send({ id: '1', type: 'subscribe', payload: CHANGES });
    expect((await hasty.closed).code).toBe(4401);
    expect(world.instances.opened).toBe(0);
  });

  it('may write Authorization as headers do', async () => {
    const raw = await openSocket(world.api.url);
    raw.send({ type: 'connection_init', payload: { Authorization: `bearer ${TOKEN}` } });
    expect((await raw.receive()).type).toBe('connection_ack');
    raw.socket.close();
  });

  it('that sends more than a mebibyte is closed with 1009', async () => {
    const raw = await world.login();
    raw.send('x'.repeat(1024 * 1024 + 1));
    expect((await raw.closed).code).toBe(1009);
  });

  it('that does not speak the protocol is closed with 4400', async () => {
    const raw = await world.login();
    raw.send('{"type":"nothing"}');
    expect((await raw.closed).code).toBe(4400);
  });

  it('of another subprotocol is closed with 4406', async () => {
    const socket = new WebSocket(`${world.api.url.replace('http', 'ws')}/graphql`);
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(4406);
  });

  it('to the path with a slash at its end, which HTTP takes too, is served', async () => {
    const socket = new WebSocket(`${world.api.url.replace('http', 'ws')}/graphql/?`, 'graphql-transport-ws');
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  });

  it('to another path is answered with 404', async () => {
    const socket = new WebSocket(`${world.api.url.replace('http', 'ws')}/other`, 'graphql-transport-ws');
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('404');
  });

  it('is closed with 1001 when the server stops, and its streams are left', async () => {
    const raw = await world.login();
    raw.send({ id: '1', type: 'subscribe', payload: CHANGES });
    await eventually(
      () => world.instances.live,
      (live) => live === 1,
    );
    await world.api.stop();
    expect((await raw.closed).code).toBe(1001);
    expect(world.instances.live).toBe(0);
  });

  it('that breaks without a word leaves its streams', async () => {
    const raw = await world.login();
    raw.send({ id: '1', type: 'subscribe', payload: CHANGES });
    await eventually(
      () => world.instances.live,
      (live) => live === 1,
    );
    raw.socket.terminate();
    await eventually(
      () => world.instances.live,
      (live) => live === 0,
    );
  });
});

describe('a subscription', () => {
  it('gives what the stream gives, and ends with it', async () => {
    const id = randomUUID().replace(/^./, 'a');
    const query = 'subscription ($id: ID!) { operationEvents(operationId: $id, after: 4) { sequence } }';
    expect(await world.follow(query, { id })).toEqual([
      { data: { operationEvents: { sequence: 5 } } },
      { data: { operationEvents: { sequence: 6 } } },
    ]);
  });

  it('reads anew for each event', async () => {
    const id = randomUUID().replace(/^./, 'a');
    const query = 'subscription ($id: ID!) { operationEvents(operationId: $id) { operation { percent } } }';
    const percents = (await world.follow(query, { id })) as {
      data: { operationEvents: { operation: { percent: number } } };
    }[];
    expect(percents.map(({ data }) => data.operationEvents.operation.percent)).toEqual([1, 2]);
  });

  it.each([
    [
      'of an unknown operation',
      '{ operationEvents(operationId: "00000000-0000-4000-8000-000000000000") { sequence } }',
      'NOT_FOUND',
    ],
    ['of an id that is none', '{ operationEvents(operationId: "x") { sequence } }', 'NOT_FOUND'],
    ['after less than nothing', '{ operationEvents(operationId: "x", after: -1) { sequence } }', 'INVALID_INPUT'],
    ['with too many log lines', '{ jobLogs(jobId: "x", tailLines: 10001) { text } }', 'INVALID_INPUT'],
    ['that does not parse', '{ instanceChanged { id }', 'GRAPHQL_PARSE_FAILED'],
    ['that does not validate', '{ instanceChanged { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'of 200 aliases',
      `{ instanceChanged { ${Array.from({ length: 200 }, (_, n) => `a${n}: id`).join(' ')} } }`,
      'INVALID_INPUT',
    ],
    [
      'that costs too much',
      '{ instanceChanged { images(first: 100) { nodes { operations(first: 100) { nodes { jobs { logs { text } } } } } } } }',
      'INVALID_INPUT',
    ],
  ])('%s fails with %s', async (_what, selection, code) => {
    const errors = await world.follow(`subscription ${selection}`).catch((thrown: unknown) => thrown);
    expect(codes({ errors: errors as [] })).toEqual([code]);
  });

  it('whose variables do not fit fails without repeating them', async () => {
    const query = 'subscription ($after: Int) { operationEvents(operationId: "x", after: $after) { sequence } }';
    const errors = await world.follow(query, { after: SECRET }).catch((thrown: unknown) => thrown);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'after', rule: 'type' } }]);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
  });

  it('whose stream breaks tells a reference and nothing else', async () => {
    const errors = await world
      .follow('subscription ($id: ID) { instanceChanged(instanceId: $id) { id } }', {
        id: randomUUID(),
      })
      .catch((thrown: unknown) => thrown);
    expect(errors).toMatchObject([{ message: expect.stringMatching(/^internal error, reference/) }]);
    expect(JSON.stringify(errors)).not.toMatch(/hunter2|select/);
    expect(world.api.log.join('')).not.toContain(SECRET);
  });

  it('masks what fails within an event, and goes on', async () => {
    const client = connect(world.api.url);
    const results = client.iterate({ query: 'subscription { instanceChanged { name sourceImage { id } } }' });
    const first = results.next();
    await eventually(
      () => world.instances.live,
      (live) => live === 1,
    );
    world.instances.push(sampleInstance({ name: 'a', sourceImageId: randomUUID() }));
    world.instances.push(sampleInstance({ name: 'b' }));
    const { value } = await first;
    expect(value.data).toEqual({ instanceChanged: { name: 'a', sourceImage: null } });
    expect(codes(value)).toEqual(['INTERNAL']);
    expect(JSON.stringify(value)).not.toMatch(/hunter2|select/);
    expect((await results.next()).value.data.instanceChanged.name).toBe('b');
    await client.dispose();
  });
});

describe('a query over the WebSocket', () => {
  it('is answered once, with the same login', async () => {
    expect(await world.follow('{ viewer { name role } }')).toEqual([
      { data: { viewer: { name: 'admin', role: 'ADMIN' } } },
    ]);
  });
});
