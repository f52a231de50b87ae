import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { promisify } from 'node:util';
import type { GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-sse';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codes } from '../../support/api-execution.ts';
import { sampleInstance } from '../../support/api-fakes.ts';
import { TOKEN } from '../../support/api-server.ts';
import { eventually } from '../../support/eventually.ts';
import { CHANGES, LINES, openSocketWorld, SECRET, type SocketWorld } from '../../support/socket-world.ts';

let world: SocketWorld;

beforeEach(async () => {
  world = await openSocketWorld();
});

afterEach(() => world.api.stop());

const id = () => randomUUID().replace(/^./, 'a');

interface Headers {
  readonly [name: string]: string;
}

/** Opens a stream as any HTTP client would. */
function open(body: unknown, headers: Headers = {}): Promise<Response> {
  return fetch(`${world.api.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${TOKEN}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** The fields of the events of a stream, without comments. */
function parse(text: string): { event?: string; id?: string; data: unknown }[] {
  return text
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith(':')))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const fields = Object.fromEntries(lines.map((line) => [line.split(': ', 1)[0], line.replace(/^\w+: /, '')]));
      return { ...fields, data: fields.data === '' ? '' : JSON.parse(String(fields.data)) };
    });
}

async function follow(body: unknown, headers: Headers = {}) {
  const response = await open(body, headers);
  return parse(await response.text());
}

const EVENTS = 'subscription ($id: ID!, $after: Int) { operationEvents(operationId: $id, after: $after) { sequence } }';

describe('a subscription as an event stream', () => {
  it('gives events with their ids, and says when it is complete', async () => {
    const response = await open({ query: EVENTS, variables: { id: id() } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(parse(await response.text())).toEqual([
      { event: 'next', id: '1', data: { data: { operationEvents: { sequence: 1 } } } },
      { event: 'next', id: '2', data: { data: { operationEvents: { sequence: 2 } } } },
      { event: 'complete', data: '' },
    ]);
  });

  it.each([
    ['whatever its own `after` is', { id: id(), after: 3 }, EVENTS],
    [
      'where its own `after` is written into it',
      { id: id() },
      'subscription ($id: ID!) { e: operationEvents(after: 3, operationId: $id) { sequence } }',
    ],
  ])('goes on after Last-Event-ID, %s', async (_what, variables, query) => {
    const events = await follow({ query, variables }, { 'last-event-id': '40' });
    expect(events.map((event) => event.id)).toEqual(['41', '42', undefined]);
  });

  it('of a log goes on after a line, and no more with its last ones', async () => {
    const query = 'subscription ($id: ID!) { jobLogs(jobId: $id, tailLines: 5) { line } }';
    const response = await open({ query, variables: { id: id() } }, { 'last-event-id': '7' });
    await response.body?.cancel();
    await eventually(
      () => world.logRequests.at(-1),
      (asked) => asked?.afterLine === 7 && asked.tailLines === null,
    );
  });

  it.each([
    ['that is no number', EVENTS, 'x; DROP'],
    ['where there is no place to go on from', CHANGES.query, '4'],
  ])('refuses a Last-Event-ID %s', async (_what, query, lastEventId) => {
    const [event, end] = await follow({ query, variables: { id: id() } }, { 'last-event-id': lastEventId });
    const { errors = [] } = (event?.data ?? {}) as { errors?: GraphQLFormattedError[] };
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field: 'Last-Event-ID', rule: 'lastEventId' });
    expect(end?.event).toBe('complete');
  });

  it.each([
    ['does not parse', 'subscription { instanceChanged { id }', 'GRAPHQL_PARSE_FAILED'],
    ['does not validate', 'subscription { instanceChanged { nothing } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['is a query', '{ viewer { name } }', 'INVALID_INPUT'],
    ['is of an id that is none', 'subscription { operationEvents(operationId: "x") { sequence } }', 'NOT_FOUND'],
  ])('that %s is told so by an event, as the protocol asks', async (_what, query, code) => {
    const [event, end] = await follow({ query });
    expect(codes(event?.data as { errors: [] })).toEqual([code]);
    expect(end).toEqual({ event: 'complete', data: '' });
  });

  it('whose source breaks tells a reference and nothing else', async () => {
    const query = `subscription { instanceChanged(instanceId: "${id()}") { id } }`;
    const [event] = await follow({ query });
    expect(codes(event?.data as { errors: [] })).toEqual(['INTERNAL']);
    expect(JSON.stringify(event)).not.toContain(SECRET);
  });

  it('needs the token, and a body that is a request', async () => {
    expect((await open(CHANGES, { authorization: 'Bearer another-token' })).status).toBe(401);
    const batch = await open([CHANGES, CHANGES]);
    expect([batch.status, codes((await batch.json()) as { errors: [] })]).toEqual([400, ['INVALID_INPUT']]);
  });

  it('is read by curl as it comes', async () => {
    const { stdout } = await promisify(execFile)('curl', [
      ...['-sN', `${world.api.url}/graphql`, '-H', `Authorization: Bearer ${TOKEN}`],
      ...['-H', 'Content-Type: application/json', '-H', 'Accept: text/event-stream'],
      ...['-d', JSON.stringify({ query: EVENTS, variables: { id: id() } })],
    ]);
    expect(parse(stdout).map(({ event }) => event)).toEqual(['next', 'next', 'complete']);
  });

  it('is read by graphql-sse', async () => {
    const client = createClient({
      url: `${world.api.url}/graphql`,
      headers: { authorization: `Bearer ${TOKEN}` },
      retryAttempts: 0,
    });
    const seen: unknown[] = [];
    for await (const result of client.iterate({ query: EVENTS, variables: { id: id() } })) seen.push(result.data);
    client.dispose();
    expect(seen).toEqual([{ operationEvents: { sequence: 1 } }, { operationEvents: { sequence: 2 } }]);
  });

  it('that is left leaves its source', async () => {
    const response = await open(CHANGES);
    await eventually(
      () => world.instances.live,
      (live) => live === 1,
    );
    world.instances.push(sampleInstance());
    await response.body?.cancel();
    await eventually(
      () => world.instances.live,
      (live) => live === 0,
    );
  });

  it('is sent nothing more while its reader does not read', async () => {
    const jobId = id();
    const reader = request(`${world.api.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${TOKEN}`,
      },
    });
    reader.end(JSON.stringify({ query: `subscription { jobLogs(jobId: "${jobId}") { text } }` }));
    reader.on('response', (response) => response.pause());
    reader.on('error', () => undefined);
    let before = -1;
    await eventually(
      () => {
        const taken = world.linesTaken.get(jobId) ?? 0;
        const stands = taken > 0 && taken === before;
        before = taken;
        return stands;
      },
      (stands) => stands,
    );
    expect(world.linesTaken.get(jobId)).toBeLessThan(LINES / 2);
    reader.destroy();
  });

  it('ends without `complete` when the server stops, so that its client goes on elsewhere', async () => {
    const response = await open(CHANGES);
    await eventually(
      () => world.instances.live,
      (live) => live === 1,
    );
    const text = response.text();
    await world.api.stop();
    expect(parse(await text)).toEqual([]);
    expect(world.instances.live).toBe(0);
  });
});
