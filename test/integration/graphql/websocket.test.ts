import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { InstanceRecord } from '../../../jobs/ports/records.ts';
import { AppError } from '../../../schema/errors.ts';
import { codes } from '../../support/api-execution.ts';
import { fakeServices, sampleInstance, sampleOperation } from '../../support/api-fakes.ts';
import { type ApiServer, connect, startApi, TOKEN } from '../../support/api-server.ts';
import { createFakeStreams, type FakeStreams } from '../../support/api-streams.ts';
import { eventually } from '../../support/eventually.ts';
import { openSocket, type RawSocket } from '../../support/raw-socket.ts';

const SECRET = 'hunter2-hunter2';
const INIT = { type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } };
const LINES = 2000;
const LINE = 'x'.repeat(50_000);
const CHANGES = { query: 'subscription { instanceChanged { id name } }' };

let api: ApiServer;
let instances: FakeStreams<InstanceRecord>;
let operationReads: number;
let linesTaken: Map<string, number>;

beforeEach(async () => {
  instances = createFakeStreams();
  operationReads = 0;
  linesTaken = new Map();
  const services = fakeServices({
    events: {
      followInstances: (id, signal) => {
        if (id !== null) throw new Error(`Failed query: select $1\nparams: ${SECRET}`);
        return instances.open(signal);
      },
      async *followOperation(operationId, after) {
        if (operationId.startsWith('0')) throw new AppError('NOT_FOUND', 'There is no operation with this id.');
        for (const sequence of [after + 1, after + 2]) {
          yield { operationId, sequence, at: new Date(), state: 'RUNNING', percent: sequence, step: null };
        }
      },
    },
    logs: {
      async *followJob(jobId) {
        for (let line = 1; line <= LINES; line += 1) {
          linesTaken.set(jobId, line);
          yield { jobId, line, attempt: 1, at: null, text: LINE };
        }
      },
    },
    operationQueries: {
      byIds: async (ids) => {
        operationReads += 1;
        return ids.map((id) => sampleOperation({ id, percent: operationReads, requestedBy: LINE }));
      },
    },
    imageQueries: {
      byIds: async () => {
        throw new Error(`Failed query: select $1\nparams: ${SECRET}`);
      },
    },
  });
  api = await startApi(services);
});

afterEach(() => api.stop());

async function login(): Promise<RawSocket> {
  const raw = await openSocket(api.url);
  raw.send(INIT);
  expect((await raw.receive()).type).toBe('connection_ack');
  return raw;
}

async function follow(query: string, variables: Record<string, unknown> = {}): Promise<unknown[]> {
  const client = connect(api.url);
  const seen: unknown[] = [];
  try {
    for await (const result of client.iterate({ query, variables })) seen.push(result);
  } finally {
    await client.dispose();
  }
  return seen;
}

describe('a connection', () => {
  it.each([
    ['another token', { authorization: 'Bearer another-token' }],
    ['no token', {}],
    ['no parameters', undefined],
    ['a token that is no text', { authorization: { $ne: null } }],
  ])('with %s is closed with 4401', async (_what, payload) => {
    const raw = await openSocket(api.url);
    raw.send({ type: 'connection_init', payload });
    const { code, reason } = await raw.closed;
    expect(code).toBe(4401);
    expect(reason).toMatch(/^Unauthorized: .* token/);
    expect(reason).not.toContain('another-token');
  });

  it('that asks before it has logged in, or while it does, is closed with 4401 and runs nothing', async () => {
    const early = await openSocket(api.url);
    early.send({ id: '1', type: 'subscribe', payload: CHANGES });
    expect((await early.closed).code).toBe(4401);
    const hasty = await openSocket(api.url);
    hasty.send({ type: 'connection_init', payload: { authorization: 'Bearer another-token' } });
    hasty.send({ id: '1', type: 'subscribe', payload: CHANGES });
    expect((await hasty.closed).code).toBe(4401);
    expect(instances.opened).toBe(0);
  });

  it('may write Authorization as headers do', async () => {
    const raw = await openSocket(api.url);
    raw.send({ type: 'connection_init', payload: { Authorization: `bearer ${TOKEN}` } });
    expect((await raw.receive()).type).toBe('connection_ack');
    raw.socket.close();
  });

  it('that sends more than a mebibyte is closed with 1009', async () => {
    const raw = await login();
    raw.send('x'.repeat(1024 * 1024 + 1));
    expect((await raw.closed).code).toBe(1009);
  });

  it('that does not speak the protocol is closed with 4400', async () => {
    const raw = await login();
    raw.send('{"type":"nothing"}');
    expect((await raw.closed).code).toBe(4400);
  });

  it('of another subprotocol is closed with 4406', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`);
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(4406);
  });

  it('to the path with a slash at its end, which HTTP takes too, is served', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql/?`, 'graphql-transport-ws');
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  });

  it('to another path is answered with 404', async () => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/other`, 'graphql-transport-ws');
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain('404');
  });

  it('is closed with 1001 when the server stops, and its streams are left', async () => {
    const raw = await login();
    raw.send({ id: '1', type: 'subscribe', payload: CHANGES });
    await eventually(
      () => instances.live,
      (live) => live === 1,
    );
    await api.stop();
    expect((await raw.closed).code).toBe(1001);
    expect(instances.live).toBe(0);
  });

  it('that breaks without a word leaves its streams', async () => {
    const raw = await login();
    raw.send({ id: '1', type: 'subscribe', payload: CHANGES });
    await eventually(
      () => instances.live,
      (live) => live === 1,
    );
    raw.socket.terminate();
    await eventually(
      () => instances.live,
      (live) => live === 0,
    );
  });
});

describe('a subscription', () => {
  it('gives what the stream gives, and ends with it', async () => {
    const id = randomUUID().replace(/^./, 'a');
    const query = 'subscription ($id: ID!) { operationEvents(operationId: $id, after: 4) { sequence } }';
    expect(await follow(query, { id })).toEqual([
      { data: { operationEvents: { sequence: 5 } } },
      { data: { operationEvents: { sequence: 6 } } },
    ]);
  });

  it('reads anew for each event', async () => {
    const id = randomUUID().replace(/^./, 'a');
    const query = 'subscription ($id: ID!) { operationEvents(operationId: $id) { operation { percent } } }';
    const percents = (await follow(query, { id })) as {
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
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'that costs too much',
      '{ instanceChanged { images(first: 100) { nodes { operations(first: 100) { nodes { jobs { logs { text } } } } } } } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('%s fails with %s', async (_what, selection, code) => {
    const errors = await follow(`subscription ${selection}`).catch((thrown: unknown) => thrown);
    expect(codes({ errors: errors as [] })).toEqual([code]);
  });

  it('whose variables do not fit fails without repeating them', async () => {
    const query = 'subscription ($after: Int) { operationEvents(operationId: "x", after: $after) { sequence } }';
    const errors = await follow(query, { after: SECRET }).catch((thrown: unknown) => thrown);
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', field: 'after', rule: 'type' } }]);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
  });

  it('whose stream breaks tells a reference and nothing else', async () => {
    const errors = await follow('subscription ($id: ID) { instanceChanged(instanceId: $id) { id } }', {
      id: randomUUID(),
    }).catch((thrown: unknown) => thrown);
    expect(errors).toMatchObject([{ message: expect.stringMatching(/^internal error, reference/) }]);
    expect(JSON.stringify(errors)).not.toMatch(/hunter2|select/);
    expect(api.log.join('')).not.toContain(SECRET);
  });

  it('masks what fails within an event, and goes on', async () => {
    const client = connect(api.url);
    const results = client.iterate({ query: 'subscription { instanceChanged { name sourceImage { id } } }' });
    const first = results.next();
    await eventually(
      () => instances.live,
      (live) => live === 1,
    );
    instances.push(sampleInstance({ name: 'a', sourceImageId: randomUUID() }));
    instances.push(sampleInstance({ name: 'b' }));
    const { value } = await first;
    expect(value.data).toEqual({ instanceChanged: { name: 'a', sourceImage: null } });
    expect(codes(value)).toEqual(['INTERNAL']);
    expect(JSON.stringify(value)).not.toMatch(/hunter2|select/);
    expect((await results.next()).value.data.instanceChanged.name).toBe('b');
    await client.dispose();
  });

  it('of a reader that stops reading stops asking, and slows no other', async () => {
    const [slowJob, fastJob] = [randomUUID(), randomUUID()];
    const slow = await login();
    const fast = await login();
    slow.socket.pause();
    for (const [raw, jobId] of [
      [slow, slowJob],
      [fast, fastJob],
    ] as const) {
      raw.send({
        id: '1',
        type: 'subscribe',
        payload: { query: `subscription { jobLogs(jobId: "${jobId}") { line text } }` },
      });
    }
    const read = async (raw: RawSocket) => {
      for (let line = 1; line <= LINES; line += 1) {
        expect(await raw.receive()).toMatchObject({ payload: { data: { jobLogs: { line } } } });
      }
      expect(await raw.receive()).toEqual({ id: '1', type: 'complete' });
    };
    await read(fast);
    expect(linesTaken.get(fastJob)).toBe(LINES);
    expect(linesTaken.get(slowJob)).toBeGreaterThan(0);
    expect(linesTaken.get(slowJob)).toBeLessThan(LINES / 4);
    slow.socket.resume();
    await read(slow);
    slow.socket.close();
    fast.socket.close();
  });

  it('of a reader that stops reading begins no more when much is unread, and keeps no other waiting', async () => {
    const ask = (fields: string) => ({ query: `{ operation(id: "${randomUUID()}") { ${fields} } }` });
    const large = ask('a: requestedBy b: requestedBy c: requestedBy d: requestedBy');
    const [slow, fast] = [await login(), await login()];
    slow.socket.pause();
    const asked = 300;
    for (let n = 1; n <= asked; n += 1) slow.send({ id: `${n}`, type: 'subscribe', payload: large });
    // They take turns: in this time all of the other one's would have been begun.
    const others = 400;
    for (let n = 1; n <= others; n += 1) {
      fast.send({ id: `${n}`, type: 'subscribe', payload: ask('percent') });
      expect(await fast.receive()).toMatchObject({ id: `${n}`, type: 'next' });
      expect(await fast.receive()).toMatchObject({ id: `${n}`, type: 'complete' });
    }
    expect(operationReads).toBeLessThan(others + asked * 0.75);
    slow.socket.resume();
    const answered = new Set<string | undefined>();
    while (answered.size < asked) {
      const { id: of, type } = await slow.receive();
      if (type === 'complete') answered.add(of);
    }
    expect(operationReads).toBe(asked + others);
    slow.socket.close();
    fast.socket.close();
  });

  it('begun and left 1,000 times leaves no stream and no timer', async () => {
    const raw = await login();
    const resources = () => process.getActiveResourcesInfo().length;
    const before = resources();
    for (let left = 0; left < 1000; left += 50) {
      const ids = Array.from({ length: 50 }, (_, n) => `${left + n}`);
      for (const id of ids) raw.send({ id, type: 'subscribe', payload: CHANGES });
      await eventually(
        () => instances.opened,
        (opened) => opened === left + 50,
      );
      for (const id of ids) raw.send({ id, type: 'complete' });
    }
    expect(instances.opened).toBe(1000);
    await eventually(
      () => instances.live,
      (live) => live === 0,
    );
    await eventually(resources, (count) => count <= before);
    raw.socket.close();
  });

  it('left before it was begun never begins', async () => {
    const raw = await login();
    for (let n = 1; n <= 200; n += 1) {
      raw.send({ id: `${n}`, type: 'subscribe', payload: CHANGES });
      raw.send({ id: `${n}`, type: 'complete' });
    }
    raw.send({ type: 'ping' });
    expect((await raw.receive()).type).toBe('pong');
    await eventually(
      () => instances.live,
      (live) => live === 0,
    );
    raw.socket.close();
  });
});

describe('a query over the WebSocket', () => {
  it('is answered once, with the same login', async () => {
    expect(await follow('{ viewer { name role } }')).toEqual([{ data: { viewer: { name: 'admin', role: 'ADMIN' } } }]);
  });
});
