import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AzureStandIn, startAzureStandIn } from '../support/azure-stand-in.ts';
import { startAzurite, type TestAzurite } from '../support/azurite.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { startTlsDatabase, type TlsDatabase } from '../support/tls-database.ts';

const TOKENS = ['first', 'second', 'third'].map((name) => `a-token-of-the-directory-${name}`);
const EVERY_PROGRAM = { toygres: true, 'toygres listener': true, 'toygres queue': true };

let database: TlsDatabase;
let azurite: TestAzurite;
let azure: AzureStandIn;
let home: E2eHome;
let environment: Record<string, string>;
let server: E2eServer;

beforeAll(async () => {
  const [first = ''] = TOKENS;
  [database, azurite, azure, home] = await Promise.all([
    startTlsDatabase('toygres-server', first),
    startAzurite(),
    startAzureStandIn('', ''),
    makeE2eHome('entra'),
  ]);
  Object.assign(azure, { token: first, tokenSeconds: 4 });
  const file = path.join(path.dirname(home.directory), 'azure-identity-token');
  await writeFile(file, 'header.assertion-of-a-service-account.signature');
  environment = {
    DATABASE_URL: database.url,
    TOYGRES_DATABASE_LOGIN: 'entra',
    AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString,
    TOYGRES_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    TOYGRES_API_TOKEN: randomBytes(24).toString('hex'),
    HTTPS_PROXY: azure.environment.HTTPS_PROXY,
    NODE_EXTRA_CA_CERTS: azure.environment.SSL_CERT_FILE,
    AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000001',
    AZURE_TENANT_ID: 'tenant',
    AZURE_FEDERATED_TOKEN_FILE: file,
  };
  // Its workers ask the queue all the time; an API alone hardly ever does.
  server = await home.start('standalone', environment);
});

afterAll(async () => {
  await home?.stop();
  await azure?.stop();
  await azurite?.stop();
  await database?.stop();
});

async function readiness(): Promise<string> {
  const url = (server.url ?? '').replace(/\/graphql$/, '/ready');
  const answer = await fetch(url, { headers: { authorization: `Bearer ${server.token}` } });
  return `${answer.status} ${await answer.text()}`;
}

const untilReady = () => eventually(readiness, (answer) => answer.startsWith('200 '));
const untilConnected = () =>
  eventually(
    () => database.sessions(),
    (sessions) => Object.keys(EVERY_PROGRAM).every((name) => name in sessions),
    300_000,
  );

test('queries, queue and notifications sign in over TLS with a token of the identity, and no password is anywhere', async () => {
  await untilReady();
  expect(await untilConnected()).toEqual(EVERY_PROGRAM);
  expect(azure.assertions[0]).toBe('header.assertion-of-a-service-account.signature');
});

test('new connections take a new token once the one before is over', async () => {
  const [, second = ''] = TOKENS;
  azure.token = second;
  await database.changePassword(second);
  await database.endSessions();
  expect(await untilConnected()).toEqual(EVERY_PROGRAM);
  expect(await untilReady()).toMatch(/^200 /);
});

test('while the directory refuses, what needs the database waits and says why, and goes on by itself', async () => {
  azure.refusal = { error: 'invalid_client', description: 'AADSTS700016: there is no such application' };
  await eventually(
    async () => {
      await database.endSessions();
      return readiness();
    },
    (answer) => answer.startsWith('503 ') && answer.includes('Microsoft Entra gives no token'),
    300_000,
  );
  const [, , third = ''] = TOKENS;
  Object.assign(azure, { refusal: null, token: third });
  await database.changePassword(third);
  await untilReady();
  expect(await untilConnected()).toEqual(EVERY_PROGRAM);
});

test('a start that gets no token says so with the number of the reason', async () => {
  azure.refusal = { error: 'invalid_client', description: 'AADSTS700016: there is no such application' };
  const other = await makeE2eHome('entra-vain');
  try {
    const { code, output } = await other.startInVain('api', { ...environment, TOYGRES_START_WAIT_SECONDS: '0' });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('AADSTS700016') });
    expect(output).toContain('Microsoft Entra gives no token for the CMS database');
  } finally {
    await other.stop();
  }
});

test('no token stands in what the server said', async () => {
  expect(await server.stop()).toBe(0);
  expect(server.output()).toContain('Toygres is ready');
  for (const token of TOKENS) expect(server.output()).not.toContain(token);
  expect(server.output()).not.toContain('assertion-of-a-service-account');
});
