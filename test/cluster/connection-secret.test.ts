import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTls } from '../../src/guarded-postgres/verified-tls.ts';
import { createTestNamespace } from '../support/cluster.ts';
import { createLimitedAccount, type LimitedAccount } from '../support/cluster-account.ts';
import { RESTRICTED } from '../support/cluster-world.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { eventually } from '../support/eventually.ts';

const TOLD_MS = 120_000;

type Fields = Readonly<Record<string, string>>;

let account: LimitedAccount;
let world: ControlPlane;
let [shop, other] = ['', ''];
beforeAll(async () => {
  const namespace = await createTestNamespace({ labels: RESTRICTED });
  // With exactly the rights that are deployed.
  account = await createLimitedAccount(namespace);
  world = await startControlPlane('cluster-connection', { namespace, kubeconfig: account.kubeconfig });
  const stranger = { metadata: { name: 'other-app' }, stringData: { password: 'of somebody else' } };
  expect((await world.namespace.ask('POST', secrets(), stranger)).status).toBe(201);
  const wanted = { postgresVersion: '15', storageGib: 1, connectionSecret: true };
  const made = [
    await world.api.createInstance({ name: 'shop', ...wanted }),
    await world.api.createInstance({ name: 'other', ...wanted }),
  ];
  for (const { operationId } of made) await world.api.untilOver(operationId);
  [shop, other] = made.map(({ id }) => id) as [string, string];
});
afterAll(async () => {
  await world?.stop();
  await account?.stop();
});

const secrets = (name = '') => `/api/v1/namespaces/${world.namespace.name}/secrets/${name}`.replace(/\/$/, '');

async function readSecret(name: string): Promise<Fields | null> {
  const { status, body } = await world.namespace.ask('GET', secrets(name));
  if (status !== 200) return null;
  const entries = Object.entries((body as { data: Fields }).data);
  return Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** Logs in with what a program finds there, and nothing else. */
async function logIn(fields: Fields): Promise<string> {
  const { host = '', password = '', username = '', database = '' } = fields;
  const address = await world.platform.findAddress({ host, port: Number(fields.port) });
  const ssl = buildTls({ name: host, trusted: fields['ca.crt'] ?? '' });
  const client = new pg.Client({ ...address, user: username, password, database, ssl });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ who: string }>('SELECT current_user AS who');
  await client.end();
  return rows[0]?.who ?? '';
}
const name = async (id: string) =>
  (
    await world.api.request<{ instance: { connectionSecret: string | null } }>(
      'query ($id: ID!) { instance(id: $id) { connectionSecret } }',
      { id },
    )
  ).instance.connectionSecret;
const read = async (id: string) =>
  (
    await world.api.request<{ instance: { id: string; resourceName: string } }>(
      'query ($id: ID!) { instance(id: $id) { id resourceName } }',
      { id },
    )
  ).instance;
const update = (instanceId: string, connectionSecret: boolean) =>
  world.api.request('mutation ($input: UpdateInstanceInput!) { updateInstance(input: $input) { instance { id } } }', {
    input: { instanceId, connectionSecret },
  });

test('a program finds all that it needs to connect as the owner, and to know the server', async () => {
  const fields = await eventually(
    () => readSecret('shop-app'),
    (found) => found !== null,
    TOLD_MS,
  );
  expect(await name(shop)).toBe('shop-app');
  expect(fields).toMatchObject({ type: 'postgresql', port: '5432', username: 'app', user: 'app', dbname: 'app' });
  expect(new URL(fields?.uri ?? '')).toMatchObject({ hostname: fields?.host, pathname: '/app', username: 'app' });
  expect(await logIn(fields ?? {})).toBe('app');
});

test('that Secret and the one of the certificate are the server’s, and no drift', async () => {
  const { id, resourceName } = await read(shop);
  const { drift } = await world.api.request<{ drift: readonly object[] }>('{ drift { kind name state reason } }');
  expect(drift).toEqual([]);
  const found = (await world.platform.listObjects()).filter(({ ownerId, kind }) => ownerId === id && kind === 'secret');
  expect(found).toEqual([
    { kind: 'secret', namespace: world.namespace.name, name: `${resourceName}-secret`, ownerId: id },
  ]);
});

test('after a rotation of the password it finds the new one', async () => {
  const before = await readSecret('shop-app');
  const { rotateCredentials } = await world.api.request<{ rotateCredentials: { operation: { id: string } } }>(
    'mutation ($input: RotateCredentialsInput!) { rotateCredentials(input: $input) { operation { id } } }',
    { input: { instanceId: shop, login: 'OWNER' } },
  );
  await world.api.untilOver(rotateCredentials.operation.id);
  await expect(logIn(before ?? {})).rejects.toThrow('password authentication failed');
  const after = await eventually(
    () => readSecret('shop-app'),
    (found) => found?.password !== before?.password,
    TOLD_MS,
  );
  expect(await logIn(after ?? {})).toBe('app');
});

test('what has its name and is somebody else’s stays as it is', async () => {
  expect(await readSecret('other-app')).toEqual({ password: 'of somebody else' });
  await world.api.untilOver((await world.api.changeInstance('delete', other)).operationId);
  expect(await readSecret('other-app')).toEqual({ password: 'of somebody else' });
});

test('it is gone when it is not wanted any more, and with its instance', async () => {
  await update(shop, false);
  expect(await name(shop)).toBeNull();
  await eventually(
    () => readSecret('shop-app'),
    (found) => found === null,
    TOLD_MS,
  );
  await update(shop, true);
  await eventually(
    () => readSecret('shop-app'),
    (found) => found !== null,
    TOLD_MS,
  );
  await world.api.untilOver((await world.api.changeInstance('delete', shop)).operationId);
  expect(await readSecret('shop-app')).toBeNull();
});
