import { type GraphQLFieldResolver, isObjectType } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { operationSteps } from '../../../drizzle/tables/index.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { openAccessWorld } from '../../support/access-world.ts';
import { captureStatements } from '../../support/count-statements.ts';
import { eventually } from '../../support/eventually.ts';
import { insertImage, insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);
const RED = [{ key: 'team', value: 'red' }];
const NESTED = 'sequence operation { state steps { name state } }';
const EVENTS = 4;

let operationId: string;
let sequence: number;
let clients: Client[];
let streams: AbortController[];
let tokens: Readonly<Record<'admin' | 'other' | 'viewer' | 'red', string>> | undefined;

beforeEach(async () => {
  clients = [];
  streams = [];
  sequence = 0;
  const { database } = world;
  const [red, blue] = [
    await insertInstance(database, { labels: { team: 'red' } }),
    await insertInstance(database, { labels: { team: 'blue' } }),
  ];
  const imageId = await insertImage(database, { sourceInstanceId: blue });
  operationId = await insertOperation(database, { state: 'RUNNING', instanceId: red, imageId });
  const step = { operationId, weight: 1, state: 'RUNNING' as const };
  await database.orm.insert(operationSteps).values([
    { ...step, position: 1, name: 'Look up the image' },
    { ...step, position: 2, name: 'Start the server', state: 'PENDING' },
  ]);
  tokens ??= {
    admin: await world.createToken('ADMIN'),
    other: await world.createToken('ADMIN'),
    viewer: await world.createToken('VIEWER'),
    red: await world.createToken('ADMIN', RED),
  };
});

afterEach(async () => {
  for (const stream of streams) stream.abort();
  await Promise.all(clients.map((client) => client.dispose()));
});

const queryOf = (selection: string) =>
  `subscription { operationEvents(operationId: "${operationId}") { ${selection} } }`;

/** The events that one got so far, over a WebSocket. */
function followBySocket(token: string, selection: string): unknown[] {
  const client = createClient({
    url: world.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
  clients.push(client);
  const seen: unknown[] = [];
  const done = { error: () => undefined, complete: () => undefined };
  client.subscribe({ query: queryOf(selection) }, { next: (result) => seen.push(result), ...done });
  return seen;
}

/** The same, as an event stream. */
function followByStream(token: string, selection: string): unknown[] {
  const left = new AbortController();
  streams.push(left);
  const seen: unknown[] = [];
  const read = async () => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    };
    const body = JSON.stringify({ query: queryOf(selection) });
    const response = await fetch(world.url, { method: 'POST', headers, body, signal: left.signal });
    let text = '';
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, data] = /^data: (.+)$/m.exec(block) ?? [];
        if (data !== undefined) seen.push(JSON.parse(data));
      }
    }
  };
  read().catch(() => undefined);
  return seen;
}

/** Adds an event, and waits until all have it. */
async function tell(followers: readonly unknown[][]): Promise<void> {
  sequence += 1;
  await world.database.pool.query(
    `WITH op AS (UPDATE cms.operations SET sequence = sequence + 1 WHERE id = $1 RETURNING sequence)
     INSERT INTO cms.operation_events (operation_id, sequence, state, percent) SELECT $1::uuid, sequence, 'RUNNING', 0 FROM op`,
    [operationId],
  );
  await eventually(
    () => followers.every(({ length }) => length === sequence),
    (all) => all,
  );
}

/** How often this field is resolved while the work is done. */
async function countResolved(type: string, name: string, work: () => Promise<void>): Promise<number> {
  const of = readSchema().getType(type);
  const field = isObjectType(of) ? of.getFields()[name] : undefined;
  const resolve = field?.resolve;
  if (field === undefined || resolve === undefined) throw new Error(`${type}.${name} has no resolver`);
  let calls = 0;
  const counted: GraphQLFieldResolver<unknown, unknown> = (...given) => {
    calls += 1;
    return resolve(...given);
  };
  field.resolve = counted;
  try {
    await work();
  } finally {
    field.resolve = resolve;
  }
  return calls;
}

interface Answer {
  readonly data?: { readonly operationEvents: { readonly operation: { readonly image: unknown } } };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}
const answerOf = (seen: readonly unknown[] = []) => seen[0] as Answer;

const tokenOf = (name: 'admin' | 'other' | 'viewer' | 'red') => tokens?.[name] ?? '';

describe('an event of an operation', () => {
  it('is read and answered once, however many follow it, over sockets and as event streams', async () => {
    const followers = Array.from({ length: 40 }, (_, nth) =>
      (nth % 4 === 0 ? followByStream : followBySocket)(tokenOf(nth % 2 === 0 ? 'admin' : 'other'), NESTED),
    );
    await tell(followers);
    let statements: readonly string[] = [];
    const executions = await countResolved('OperationEvent', 'operation', async () => {
      statements = await captureStatements(world.database, async () => {
        for (let nth = 0; nth < EVENTS; nth += 1) await tell(followers);
      });
    });
    expect(executions).toBe(EVENTS);
    const reading = (table: string) => statements.filter((text) => text.includes(`from "cms"."${table}"`)).length;
    expect(reading('operation_steps')).toBe(EVENTS);
    expect(reading('operations')).toBe(EVENTS);
    const events = statements.filter((text) => /FROM cms\.operation_events|from "cms"\."operation_events"/.test(text));
    // One who was late for a ring may ask for the next one after the others have.
    expect(events.length).toBeLessThanOrEqual(EVENTS * 3);
    const [first] = followers;
    expect(first?.at(-1)).toEqual({
      data: {
        operationEvents: {
          sequence: EVENTS + 1,
          operation: {
            state: 'RUNNING',
            steps: [
              { name: 'Look up the image', state: 'RUNNING' },
              { name: 'Start the server', state: 'PENDING' },
            ],
          },
        },
      },
    });
    for (const seen of followers) expect(seen).toEqual(first);
  });

  it('is answered for each role and scope apart, as that may see it', async () => {
    const selection =
      'sequence operation { instance { id } image { id sourceInstance { id } } jobs { logs { text } } }';
    const names = ['admin', 'other', 'viewer', 'red', 'admin', 'red'] as const;
    const followers = names.map((name, nth) => (nth < 4 ? followBySocket : followByStream)(tokenOf(name), selection));
    const executions = await countResolved('OperationEvent', 'operation', () => tell(followers));
    // Both tokens of administrators without a scope are one.
    expect(executions).toBe(3);
    const imageOf = (nth: number) => answerOf(followers[nth]).data?.operationEvents.operation.image;
    expect(imageOf(0)).toMatchObject({ sourceInstance: { id: expect.any(String) } });
    expect(imageOf(1)).toEqual(imageOf(0));
    expect(imageOf(4)).toEqual(imageOf(0));
    // Its instance is inside, the image that it was restored from is not.
    expect(imageOf(3)).toBeNull();
    expect(imageOf(5)).toBeNull();
  });

  it('tells a role nothing that another one may read, whoever asked first', async () => {
    const { database } = world;
    await database.pool.query(
      `INSERT INTO cms.jobs (id, operation_id, kind, namespace, name, platform)
       VALUES (gen_random_uuid(), $1, 'backup', 'x', 'x', 'elsewhere')`,
      [operationId],
    );
    const selection = 'sequence operation { jobs { state logs { text } } }';
    const followers = (['viewer', 'admin', 'viewer'] as const).map((name) => followBySocket(tokenOf(name), selection));
    await tell(followers);
    const codesOf = (nth: number) => answerOf(followers[nth]).errors?.map(({ extensions }) => extensions.code);
    expect(codesOf(0)).toEqual(['FORBIDDEN']);
    expect(codesOf(2)).toEqual(['FORBIDDEN']);
    // There is no blob store here, which is another matter.
    expect(codesOf(1)).toEqual(['INTERNAL']);
  });
});
