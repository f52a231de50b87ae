import { randomUUID } from 'node:crypto';
import { type Client, createClient } from 'graphql-ws';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { jobs, operationEvents } from '../../../drizzle/tables/index.ts';
import { openAccessWorld } from '../../support/access-world.ts';
import { codes } from '../../support/api-execution.ts';
import { insertDrill, insertImage, insertInstance, insertOperation } from '../../support/sample-rows.ts';
import { useShared } from '../../support/shared.ts';

const world = useShared(openAccessWorld);
const RED = [{ key: 'team', value: 'red' }];
const red = { instance: '', image: '', drill: '', operation: '', job: randomUUID() };
const blue = { instance: '', image: '', drill: '', operation: '', job: randomUUID() };
let token = '';

beforeAll(async () => {
  const { database } = world;
  for (const [made, team] of [
    [red, 'red'],
    [blue, 'blue'],
  ] as const) {
    made.instance = await insertInstance(database, { name: team, labels: { team } });
    made.image = await insertImage(database, { name: `of-${team}`, sourceInstanceId: made.instance });
    made.operation = await insertOperation(database, { instanceId: made.instance, imageId: made.image });
    made.drill = await insertDrill(database, {
      imageId: made.image,
      sourceInstanceId: made.instance,
      operationId: made.operation,
      state: 'PASSED',
    });
    await database.orm
      .insert(operationEvents)
      .values({ operationId: made.operation, sequence: 1, state: 'SUCCEEDED', percent: 100 });
    await database.pool.query('UPDATE cms.operations SET sequence = 1 WHERE id = $1', [made.operation]);
    await database.orm.insert(jobs).values({
      id: made.job,
      operationId: made.operation,
      kind: 'backup',
      namespace: 'x',
      name: 'x',
      platform: 'local:test',
    });
  }
  // What they have to do with each other: one was restored from the image of the other.
  await database.pool.query('UPDATE cms.instances SET source_image_id = $1 WHERE id = $2', [blue.image, red.instance]);
  token = await world.createToken('ADMIN', RED);
});

const ask = (query: string) => world.send(query, { token });

describe('a caller with a scope', () => {
  it('is told its scope', async () => {
    expect((await ask('{ viewer { scope { key value } } }')).data.viewer.scope).toEqual(RED);
  });

  it('finds nothing outside by any id, name or place in a list', async () => {
    for (const id of [blue.instance, blue.image, blue.operation]) {
      expect((await ask(`{ node(id: "${id}") { id } }`)).data.node).toBeNull();
    }
    const lookups = `{ a: instance(id: "${blue.instance}") { id } b: instance(name: "blue") { id }
      c: image(id: "${blue.image}") { id } d: image(name: "of-blue") { id } e: operation(id: "${blue.operation}") { id } f: drill(id: "${blue.drill}") { id } }`;
    expect((await ask(lookups)).data).toEqual({ a: null, b: null, c: null, d: null, e: null, f: null });
    const own = `{ drill(id: "${red.drill}") { state image { id drills(first: 5) { id } } operation { id } } }`;
    expect((await ask(own)).data.drill).toEqual({
      state: 'PASSED',
      image: { id: red.image, drills: [{ id: red.drill }] },
      operation: { id: red.operation },
    });
    const { data } = await ask('{ instances { totalCount nodes { id } } images { totalCount nodes { id } } }');
    expect(data).toEqual({
      instances: { totalCount: 1, nodes: [{ id: red.instance }] },
      images: { totalCount: 1, nodes: [{ id: red.image }] },
    });
    const filtered = await ask(`{ operations(filter: { instanceId: "${blue.instance}" }) { totalCount }
      images(filter: { sourceInstanceId: "${blue.instance}" }) { totalCount } }`);
    expect(filtered.data).toEqual({ operations: { totalCount: 0 }, images: { totalCount: 0 } });
  });

  it('goes by no cursor of a list that others see', async () => {
    const { data } = await world.root('{ instances(first: 1) { edges { cursor node { name } } } }');
    const [edge] = data.instances.edges;
    const page = await ask(`{ instances(after: "${edge.cursor}") { nodes { id } pageInfo { hasPreviousPage } } }`);
    expect(page.data.instances.nodes).toEqual([{ id: red.instance }]);
    expect(page.data.instances.pageInfo.hasPreviousPage).toBe(false);
  });

  it('gets nothing outside by way of what is inside', async () => {
    const { data, errors } = await ask(`{ instance(id: "${red.instance}") { sourceImage { id }
      images { nodes { id } totalCount } operations { totalCount nodes { instance { id } image { id } jobs { id } } } } }`);
    expect(errors).toEqual([]);
    expect(data.instance).toEqual({
      sourceImage: null,
      images: { totalCount: 1, nodes: [{ id: red.image }] },
      operations: {
        totalCount: 1,
        nodes: [{ instance: { id: red.instance }, image: { id: red.image }, jobs: [{ id: red.job }] }],
      },
    });
  });

  it.each([
    'checkConnection(instanceId: "$instance") { ok }',
    'instanceCredentials(instanceId: "$instance") { username }',
  ])('is NOT_FOUND what it asks outside: %s', async (field) => {
    expect(codes(await ask(`{ ${field.replace('$instance', blue.instance)} }`))).toEqual(['NOT_FOUND']);
  });

  it.each([
    'updateInstance(input: { instanceId: "$instance", deletionProtection: true }) { instance { id } }',
    'deleteInstance(input: { instanceId: "$instance" }) { operation { id } }',
    'stopInstance(input: { instanceId: "$instance" }) { operation { id } }',
    'startInstance(input: { instanceId: "$instance" }) { operation { id } }',
    'restartInstance(input: { instanceId: "$instance" }) { operation { id } }',
    'createImage(input: { instanceId: "$instance", name: "x" }) { operation { id } }',
    'createInstance(input: { name: "x", sourceImageId: "$image" }) { operation { id } }',
    'updateImage(input: { imageId: "$image", protected: true }) { image { id } }',
    'deleteImage(input: { imageId: "$image" }) { operation { id } }',
    'verifyImage(input: { imageId: "$image" }) { operation { id } }',
    'cancelOperation(input: { operationId: "$operation" }) { operation { id } }',
    'retryOperation(input: { operationId: "$operation" }) { operation { id } }',
  ])('changes nothing outside: %s', async (field) => {
    const filled = field
      .replace('$instance', blue.instance)
      .replace('$image', blue.image)
      .replace('$operation', blue.operation);
    expect(codes(await ask(`mutation { ${filled} }`))).toEqual(['NOT_FOUND']);
    const { data } = await world.root(
      `{ instance(id: "${blue.instance}") { state deletionProtection operations { totalCount } } }`,
    );
    expect(data.instance).toEqual({ state: 'RUNNING', deletionProtection: false, operations: { totalCount: 1 } });
  });

  it('gives what it makes the labels of its scope, and cannot take them off', async () => {
    const made = await ask(
      'mutation { createInstance(input: { name: "made", labels: [{ key: "a", value: "b" }] }) { instance { id labels { key value } } operation { id } } }',
    );
    expect(made.errors).toEqual([]);
    const { id, labels } = made.data.createInstance.instance;
    expect(labels).toEqual([{ key: 'a', value: 'b' }, ...RED]);
    const change = (input: string) =>
      ask(
        `mutation { updateInstance(input: { instanceId: "${id}", ${input} }) { instance { labels { key value } } } }`,
      );
    expect(codes(await change('removeLabels: ["team"]'))).toEqual(['FORBIDDEN']);
    expect(codes(await change('addLabels: [{ key: "team", value: "blue" }]'))).toEqual(['FORBIDDEN']);
    expect(codes(await change('labels: [{ key: "team", value: "blue" }]'))).toEqual(['FORBIDDEN']);
    expect((await change('labels: []')).data.updateInstance.instance.labels).toEqual(RED);
    const other =
      'mutation { createInstance(input: { name: "other", labels: [{ key: "team", value: "blue" }] }) { instance { id } } }';
    expect(codes(await ask(other))).toEqual(['FORBIDDEN']);
  });

  it('selects for its schedules what lies inside, and is refused for another selector', async () => {
    const make = (name: string, selector: string) =>
      ask(
        `mutation { createSchedule(input: { name: "${name}", cron: "0 0 * * *", selector: [${selector}], retention: { keepLast: 1 } })
          { schedule { id selector { key value } } } }`,
      );
    const made = await make('of-all-inside', '{ key: "a", value: "b" }');
    expect(made.errors).toEqual([]);
    const { id, selector } = made.data.createSchedule.schedule;
    expect(selector).toEqual([{ key: 'a', value: 'b' }, ...RED]);
    const refused = await make('of-others', '{ key: "team", value: "blue" }');
    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', field: 'selector', rule: 'scope' } }]);
    const change = (one: string) =>
      ask(
        `mutation { updateSchedule(input: { scheduleId: "${id}", selector: [${one}] }) { schedule { selector { key value } } } }`,
      );
    expect(codes(await change('{ key: "team", value: "blue" }'))).toEqual(['FORBIDDEN']);
    expect((await change('')).data.updateSchedule.schedule.selector).toEqual(RED);
  });

  it('is told by a clear error that what a key of its own made lies outside by now', async () => {
    const user = await world.createUser('shrinking', 'a password of the tests', 'ADMIN');
    const { session: cookie } = await world.login('shrinking', 'a password of the tests');
    const say = (field: string) => world.send(`mutation { ${field} }`, { cookie });
    const key = `idempotencyKey: "${randomUUID()}"`;
    const schedule = `createSchedule(input: { name: "of-a-key", instanceId: "${blue.instance}", cron: "0 0 * * *", retention: { keepLast: 1 }, ${key} }) { schedule { id } }`;
    const made = await say(schedule);
    expect(made.errors).toEqual([]);
    const fields = [
      schedule,
      `createInstance(input: { name: "of-a-key", ${key} }) { instance { id } operation { id } }`,
      `updateImage(input: { imageId: "${blue.image}", protected: true, ${key} }) { image { id } }`,
      `runSchedule(input: { scheduleId: "${made.data.createSchedule.schedule.id}", ${key} }) { run { id } }`,
    ];
    for (const field of fields) {
      const first = await say(field);
      expect(first.errors).toEqual([]);
      expect(await say(field)).toMatchObject({ data: first.data });
    }
    const change = `mutation { updateUser(input: { userId: "${user}", scope: [{ key: "team", value: "red" }] }) { user { id } } }`;
    expect((await world.root(change)).errors).toEqual([]);
    for (const field of fields) {
      const { errors } = await say(field);
      expect(errors).toMatchObject([
        { extensions: { code: 'NOT_FOUND', field: 'idempotencyKey', rule: 'stillThere' } },
      ]);
    }
    const { data } = await world.root(
      '{ auditLog(filter: { action: ["createInstance"], actorName: "shrinking" }) { nodes { outcome code } } }',
    );
    expect(data.auditLog.nodes[0]).toEqual({ outcome: 'REFUSED', code: 'NOT_FOUND' });
  });

  it('may ask nothing that is about all instances', async () => {
    expect(codes(await ask('mutation { runPreflight(input: {}) { operation { id } } }'))).toEqual(['FORBIDDEN']);
    const page = await fetch(world.url.replace('/graphql', '/metrics'), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(page.status).toBe(403);
  });

  it('reads in the audit log what was done inside', async () => {
    const { data } = await ask('{ auditLog(first: 100) { totalCount nodes { target } } }');
    const all = await world.root('{ auditLog { totalCount } }');
    expect(data.auditLog.totalCount).toBeGreaterThan(0);
    expect(data.auditLog.totalCount).toBeLessThan(all.data.auditLog.totalCount);
    expect(data.auditLog.nodes.map(({ target }: { target: string }) => target)).not.toContain(blue.instance);
  });
});

describe('what a caller with a scope follows', () => {
  const clients: Client[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
  });
  const connect = () => {
    const client = createClient({
      url: world.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    clients.push(client);
    return client;
  };

  it.each([
    'operationEvents(operationId: "$operation") { sequence }',
    'instanceChanged(instanceId: "$instance") { id }',
    'imageChanged(imageId: "$image") { id }',
    'jobLogs(jobId: "$job") { text }',
    'jobLogBatches(jobId: "$job") { text }',
    'instanceLogs(instanceId: "$instance") { text }',
    'instanceLogBatches(instanceId: "$instance") { text }',
  ])('is NOT_FOUND outside: %s', async (field) => {
    const filled = field
      .replace('$instance', blue.instance)
      .replace('$image', blue.image)
      .replace('$operation', blue.operation)
      .replace('$job', blue.job);
    const first = connect().iterate({ query: `subscription { ${filled} }` });
    const failed = await first.next().then(
      ({ value }) => value?.errors,
      (error: unknown) => error,
    );
    expect(failed).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('are the events of what is inside', async () => {
    const events = connect().iterate({
      query: `subscription { operationEvents(operationId: "${red.operation}") { sequence operation { id } } }`,
    });
    expect((await events.next()).value).toEqual({
      data: { operationEvents: { sequence: 1, operation: { id: red.operation } } },
    });
  });

  it('are the changes of what is inside, and it ends when the thing leaves the scope', async () => {
    const moving = await insertInstance(world.database, { labels: { team: 'red' } });
    const client = connect();
    const all = client.iterate<{ instanceChanged: { id: string } }>({
      query: 'subscription { instanceChanged { id } }',
    });
    const one = client.iterate({ query: `subscription { instanceChanged(instanceId: "${moving}") { state } }` });
    expect((await one.next()).value).toEqual({ data: { instanceChanged: { state: 'RUNNING' } } });
    const told: (string | undefined)[] = [];
    const telling = (async () => {
      // What changed a moment before may be told as well, as `moving` was made.
      while (!told.includes(red.instance)) told.push((await all.next()).value?.data?.instanceChanged.id);
    })();
    // Changes are told from when they are followed: both are changed until the one inside is told.
    const touch = 'UPDATE cms.instances SET health = $2 WHERE id = ANY($1)';
    for (let n = 0; !told.includes(red.instance); n++) {
      await world.database.pool.query(touch, [[blue.instance, red.instance], n % 2 === 0 ? 'HEALTHY' : 'UNHEALTHY']);
      await Promise.race([telling, new Promise((resolve) => setImmediate(resolve))]);
    }
    expect([red.instance, moving]).toEqual(expect.arrayContaining(told));
    await world.database.pool.query(`UPDATE cms.instances SET labels = '{"team":"blue"}' WHERE id = $1`, [moving]);
    expect(await one.next()).toEqual({ done: true, value: undefined });
  });
});
