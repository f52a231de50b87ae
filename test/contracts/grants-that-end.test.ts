import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';
import { NO_PROXIES } from '../../src/machine/proxies.ts';
import { createSecretBox } from '../../src/secrets/secret-box.ts';
import { keyId } from '../../src/secrets/secret-key.ts';
import { ensurePolicy, JOBS_POLICY } from '../../src/storage/access-policy.ts';
import { createAzureBlobStore } from '../../src/storage/azure-blob-store.ts';
import { openBlobAccount } from '../../src/storage/blob-account.ts';
import { startAzurite, type TestAzurite } from '../support/azurite.ts';

let azurite: TestAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const soon = () => new Date(Date.now() + 600_000);

test('a signature ends when the policy that it names is taken from the container, and other policies stay', async () => {
  const { connectionString } = azurite;
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('images');
  await container.create();
  const blob = container.getBlockBlobClient(`${randomUUID()}/f`);
  await blob.upload('hello', 5);
  const theirs = { id: 'of-somebody-else', accessPolicy: { permissions: 'r' } };
  await container.setAccessPolicy(undefined, [theirs]);
  expect(await ensurePolicy(container)).toBe(JOBS_POLICY);
  expect(await ensurePolicy(container)).toBe(JOBS_POLICY);
  const idsOf = async () => (await container.getAccessPolicy()).signedIdentifiers.map(({ id }) => id).sort();
  expect(await idsOf()).toEqual(['of-somebody-else', JOBS_POLICY]);

  const { sign } = await openBlobAccount({ connectionString }, NO_PROXIES);
  const read = async (sas: string) => {
    const response = await fetch(`${blob.url}?${sas}`, { headers: { 'x-ms-version': '2024-11-04' } });
    await response.arrayBuffer();
    return response.status;
  };
  // The emulator takes what a policy says in the place of what the signature says: here both say the same.
  await container.setAccessPolicy(undefined, [
    theirs,
    { id: JOBS_POLICY, accessPolicy: { permissions: 'r', startsOn: new Date(0), expiresOn: soon() } },
  ]);
  const sas = await sign('images', 'r', soon(), JOBS_POLICY);
  expect(new URLSearchParams(sas).get('si')).toBe(JOBS_POLICY);
  expect(await read(sas)).toBe(200);
  await container.setAccessPolicy(undefined, [theirs]);
  expect(await read(sas)).toBe(403);

  const five = Array.from({ length: 5 }, (_, index) => ({ ...theirs, id: `theirs-${index}` }));
  await container.setAccessPolicy(undefined, five);
  expect(await ensurePolicy(container)).toBeNull();
  expect(await idsOf()).toEqual(five.map(({ id }) => id));
});

/** The store under a name that begins with the account, without it in the path, as one behind a DNS name has it. */
async function serveByName(port: number, as: (server: string) => string) {
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: 'devstoreaccount1.store.example' };
    const passed = request({ port, host: '127.0.0.1', path: asked.url, method: asked.method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, { ...given.headers, server: as(String(given.headers.server ?? '')) });
      given.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const byName = `BlobEndpoint=http://127.0.0.1:${(server.address() as AddressInfo).port};`;
  return {
    connectionString: azurite.connectionString.replace(/BlobEndpoint=[^;]*;/, byName),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function openStore(connectionString: string) {
  const key = randomBytes(32);
  const seal = createSecretBox({ keys: [{ id: keyId(key), key }] });
  return createAzureBlobStore({ connectionString, container: 'others', seal, log: createLogger('silent') });
}

const policyOf = (sas: string | null) => new URLSearchParams(sas ?? '').get('si');

test.each([
  { account: 'in the path', isByName: false },
  { account: 'in the name of the host', isByName: true },
])(
  'grants of an emulator with the account $account name no policy, and open what they are for',
  async ({ isByName }) => {
    const named = await serveByName(azurite.port, (server) => server);
    try {
      const store = openStore(isByName ? named.connectionString : azurite.connectionString);
      const { url, sas } = await store.grantUpload(randomUUID(), 600);
      expect(policyOf(sas)).toBeNull();
      const headers = { 'x-ms-version': '2024-11-04', 'x-ms-blob-type': 'BlockBlob' };
      const written = await fetch(`${url}/f?${sas}`, { method: 'PUT', headers, body: 'hello' });
      expect([written.status, await written.text()]).toEqual([201, '']);
    } finally {
      named.stop();
    }
  },
);

test('grants of a store that is no emulator name the policy', async () => {
  const named = await serveByName(azurite.port, () => 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0');
  try {
    const { sas } = await openStore(named.connectionString).grantDownload(randomUUID(), 600);
    expect(policyOf(sas)).toBe(JOBS_POLICY);
  } finally {
    named.stop();
  }
});
