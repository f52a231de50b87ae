import { describe, expect, it } from 'vitest';
import type { Accepted } from '../../../resolvers/ports/commands.ts';
import { readSchema } from '../../../src/api/schema.ts';
import { codes, run } from '../../support/api-execution.ts';
import { fakeServices, sampleImage, sampleInstance, sampleOperation } from '../../support/api-fakes.ts';

const ID = '5f0b1f5e-9a55-4f0e-8a2a-0d4d1c5b7a10';
const instance = sampleInstance();
const image = sampleImage();
const operation = sampleOperation();

/** Services of which every command records what it is given and answers with the samples. */
function createRecordingServices(notices: readonly string[] = []) {
  const given: { command: string; caller: string; input: unknown }[] = [];
  const accepted: Accepted = { instanceId: instance.id, imageId: image.id, operationId: operation.id, notices };
  const record = (command: string) => async (caller: { readonly name: string }, input: unknown) => {
    given.push({ command, caller: caller.name, input: JSON.parse(JSON.stringify(input)) });
    return accepted;
  };
  const services = fakeServices({
    instanceCommands: {
      create: record('create'),
      update: record('update'),
      delete: record('delete'),
      stop: record('stop'),
      start: record('start'),
      restart: record('restart'),
      rotateCredentials: record('rotateCredentials'),
    },
    imageCommands: {
      create: record('create'),
      update: record('update'),
      delete: record('delete'),
      verify: record('verify'),
    },
    serverCommands: { preflight: record('preflight') },
    operationCommands: {
      cancel: async (caller, input) => void (await record('cancel')(caller, input)),
      retry: async (caller, input) => void (await record('retry')(caller, input)),
    },
    instanceQueries: { byIds: async (ids) => ids.map(() => instance) },
    imageQueries: { byIds: async (ids) => ids.map(() => image) },
    operationQueries: { byIds: async (ids) => ids.map(() => operation) },
  });
  return { services, given };
}

const MUTATIONS = [
  ['createInstance(input: { name: "a" })', 'create'],
  [`updateInstance(input: { instanceId: "${ID}", deletionProtection: true })`, 'update'],
  [`deleteInstance(input: { instanceId: "${ID}" })`, 'delete'],
  [`stopInstance(input: { instanceId: "${ID}" })`, 'stop'],
  [`startInstance(input: { instanceId: "${ID}" })`, 'start'],
  [`restartInstance(input: { instanceId: "${ID}" })`, 'restart'],
  [
    `rotateCredentials(input: { instanceId: "${ID}", login: OWNER, password: "a longer password" })`,
    'rotateCredentials',
  ],
  [`createImage(input: { instanceId: "${ID}", name: "a" })`, 'create'],
  [`updateImage(input: { imageId: "${ID}", protected: true })`, 'update'],
  [`deleteImage(input: { imageId: "${ID}" })`, 'delete'],
  [`verifyImage(input: { imageId: "${ID}" })`, 'verify'],
  ['runPreflight(input: { namespace: "a" })', 'preflight'],
  [`cancelOperation(input: { operationId: "${ID}" })`, 'cancel'],
  [`retryOperation(input: { operationId: "${ID}" })`, 'retry'],
] as const;

/** Those about who may do what answer with no operation; they have tests of their own. */
const OF_ACCESS: readonly string[] = [
  'changePassword',
  'createApiToken',
  'createUser',
  'deleteUser',
  'login',
  'logout',
  'revokeApiToken',
  'updateUser',
];

const OF_WEBHOOKS = ['createWebhook', 'updateWebhook', 'rotateWebhookSecret', 'deleteWebhook', 'testWebhook'];

/** What a payload has for sure. */
const answerOf = (call: string) => (call.startsWith('updateImage') ? 'image' : 'operation');
const SAMPLES = { image, operation };

describe('every mutation', () => {
  it('is among those that are tried here', () => {
    const names = MUTATIONS.map(([call]) => call.slice(0, call.indexOf('(')));
    // What is no operation is tried in a file of its own.
    const elsewhere = ['createSchedule', 'updateSchedule', 'deleteSchedule', 'runSchedule', ...OF_WEBHOOKS];
    expect([...names, ...elsewhere, ...OF_ACCESS].sort()).toEqual(
      Object.keys(readSchema().getMutationType()?.getFields() ?? {}).sort(),
    );
  });

  it.each(MUTATIONS)('%s hands its command the caller, and answers with what it worked on', async (call, command) => {
    const { services, given } = createRecordingServices();
    const answer = answerOf(call);
    const { data, errors } = await run(services, `mutation { done: ${call} { ${answer} { id } } }`, {
      role: 'OPERATOR',
    });
    expect(errors).toEqual([]);
    expect(data.done[answer].id).toBe(SAMPLES[answer].id);
    expect(given).toMatchObject([{ command, caller: 'ann' }]);
  });

  it.each(MUTATIONS)('%s is not for viewers', async (call) => {
    const { services, given } = createRecordingServices();
    const answer = await run(services, `mutation { done: ${call} { ${answerOf(call)} { id } } }`, { role: 'VIEWER' });
    expect(codes(answer)).toEqual(['FORBIDDEN']);
    expect(given).toEqual([]);
  });

  it('rotateCredentials takes a password for the superuser of administrators alone, who have that login', async () => {
    const ask = async (role: 'OPERATOR' | 'ADMIN', input: string) => {
      const { services, given } = createRecordingServices();
      const document = `mutation { rotateCredentials(input: { instanceId: "${ID}"${input} }) { instance { id } } }`;
      return [codes(await run(services, document, { role })), given.length];
    };
    const chosen = ', password: "a longer password"';
    expect(await ask('OPERATOR', chosen)).toEqual([['FORBIDDEN'], 0]);
    expect(await ask('OPERATOR', `${chosen}, login: SUPERUSER`)).toEqual([['FORBIDDEN'], 0]);
    expect(await ask('OPERATOR', `${chosen}, login: OWNER`)).toEqual([[], 1]);
    expect(await ask('OPERATOR', '')).toEqual([[], 1]);
    expect(await ask('ADMIN', chosen)).toEqual([[], 1]);
  });

  it.each(MUTATIONS.filter(([call]) => call.includes(ID)))('%s knows nothing of an id that is none', async (call) => {
    const { services, given } = createRecordingServices();
    const answer = await run(
      services,
      `mutation { done: ${call.replace(ID, "x' OR 1=1")} { ${answerOf(call)} { id } } }`,
    );
    expect(codes(answer)).toEqual(['NOT_FOUND']);
    expect(given).toEqual([]);
  });

  it.each(MUTATIONS.filter(([, command]) => !['cancel', 'retry'].includes(command)))(
    '%s checks its idempotency key, and hands it on',
    async (call) => {
      const { services, given } = createRecordingServices();
      const withKey = (key: string) => call.replace(' })', `, idempotencyKey: "${key}" })`);
      const refused = await run(services, `mutation { done: ${withKey('')} { ${answerOf(call)} { id } } }`);
      expect(refused.errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'idempotencyKey' });
      await run(services, `mutation { done: ${withKey('again')} { ${answerOf(call)} { id } } }`);
      expect(given).toMatchObject([{ input: { idempotencyKey: 'again' } }]);
    },
  );
});

describe('createInstance', () => {
  const create =
    'mutation ($input: CreateInstanceInput!) { createInstance(input: $input) { instance { name } notices } }';

  it('hands on labels as a record and leaves out what was left out', async () => {
    const { services, given } = createRecordingServices(['The password was ignored.']);
    const input = {
      name: 'a',
      labels: [{ key: 'team', value: 'x' }],
      sourceImageId: ID.toUpperCase(),
      storageGib: null,
    };
    const { data } = await run(services, create, { variables: { input } });
    expect(data.createInstance).toEqual({ instance: { name: 'orders' }, notices: ['The password was ignored.'] });
    expect(given[0]?.input).toEqual({ name: 'a', labels: { team: 'x' }, sourceImageId: ID, storageGib: null });
  });

  it.each([
    ['name', { name: 'A' }],
    ['name', { name: 'a'.repeat(41) }],
    ['password', { name: 'a', password: 'short' }],
    ['storageGib', { name: 'a', storageGib: 0 }],
    ['dnsLabel', { name: 'a', dnsLabel: 'abc' }],
    ['labels', { name: 'a', labels: [{ key: '', value: '' }] }],
  ])('refuses what breaks a rule of %s before any command is given', async (field, input) => {
    const { services, given } = createRecordingServices();
    const { errors } = await run(services, create, { variables: { input } });
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field });
    expect(given).toEqual([]);
  });

  it('of an image that cannot be there is NOT_FOUND', async () => {
    const { services } = createRecordingServices();
    const answer = await run(services, create, { variables: { input: { name: 'a', sourceImageId: 'x' } } });
    expect(answer.errors[0]?.extensions).toEqual({ code: 'NOT_FOUND', field: 'sourceImageId' });
  });
});

describe('updateImage', () => {
  it('tells what is cleared from what is left alone', async () => {
    const { services, given } = createRecordingServices();
    const update = (fields: string) =>
      run(services, `mutation { updateImage(input: { imageId: "${ID}"${fields} }) { image { id } } }`);
    await update(', description: null, expiresAt: null, addLabels: [{ key: "a", value: "" }], removeLabels: ["b"]');
    await update('');
    expect(given.map(({ input }) => input)).toEqual([
      { imageId: ID, description: { to: null }, expiresAt: { to: null }, addLabels: { a: '' }, removeLabels: ['b'] },
      { imageId: ID },
    ]);
  });
});

describe('two mutations of one request', () => {
  it('each answer with the records as they stand after it', async () => {
    let reads = 0;
    const { services } = createRecordingServices();
    const answered = fakeServices({
      ...services,
      instanceQueries: {
        byIds: async () => {
          reads += 1;
          return [sampleInstance({ name: `read-${reads}` })];
        },
      },
    });
    const call = (alias: string) => `${alias}: stopInstance(input: { instanceId: "${ID}" }) { instance { name } }`;
    const { data } = await run(answered, `mutation { ${call('a')} ${call('b')} }`);
    expect(data).toEqual({ a: { instance: { name: 'read-1' } }, b: { instance: { name: 'read-2' } } });
  });
});
