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
import { ensurePolicy, ensureWriter, JOBS_POLICY, removeWriter } from '../../src/storage/access-policy.ts';
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
async function serveByName(port: number, as: (server: string) => string, hasDirectories = false) {
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: 'devstoreaccount1.store.example' };
    const passed = request({ port, host: '127.0.0.1', path: asked.url, method: asked.method, headers }, (given) => {
      const shown = hasDirectories ? { 'x-ms-is-hns-enabled': 'true' } : {};
      answer.writeHead(given.statusCode ?? 502, {
        ...given.headers,
        ...shown,
        server: as(String(given.headers.server ?? '')),
      });
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
  'grants of an emulator with the account $account name one of their own alone, and open what they are for',
  async ({ isByName }) => {
    const named = await serveByName(azurite.port, (server) => server);
    try {
      const store = openStore(isByName ? named.connectionString : azurite.connectionString);
      const { url, sas } = await store.grantUpload(randomUUID(), 600);
      expect(policyOf(sas)).toMatch(/^toygres-write-/);
      expect(policyOf((await store.grantDownload(randomUUID(), 600)).sas)).toBeNull();
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

test('grants to write of a store with directories reach one, and end with the policy of all jobs', async () => {
  const named = await serveByName(azurite.port, () => 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0', true);
  try {
    const id = randomUUID();
    const store = openStore(named.connectionString);
    const says = (sas: string | null) => {
      const query = new URLSearchParams(sas ?? '');
      return ['sr', 'sdd', 'sp', 'si'].map((name) => query.get(name));
    };
    expect(says((await store.grantUpload(id, 600)).sas)).toEqual(['d', '1', 'w', JOBS_POLICY]);
    const { upload } = await store.grantTrial(id, 600);
    expect(says(upload.sas)).toEqual(['d', '2', 'w', JOBS_POLICY]);
  } finally {
    named.stop();
  }
});

test('policies are changed by one after the other, and leave those of somebody else', async () => {
  const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('side-by-side');
  await container.create();
  const theirs = { id: 'of-somebody-else', accessPolicy: { permissions: 'r' } };
  await container.setAccessPolicy(undefined, [theirs]);
  const ids = Array.from({ length: 8 }, () => randomUUID());
  const made = await Promise.all(ids.map((id) => ensureWriter(container, id, 'w', soon())));
  expect(made.filter((policy) => policy !== null)).toHaveLength(3);
  expect(await ensurePolicy(container)).toBe(JOBS_POLICY);
  const idsOf = async () => (await container.getAccessPolicy()).signedIdentifiers.map(({ id }) => id).sort();
  expect(await idsOf()).toEqual([...made, theirs.id, JOBS_POLICY].filter((id) => id !== null).sort());
  await Promise.all(ids.map((id) => removeWriter(container, id)));
  expect(await idsOf()).toEqual([theirs.id, JOBS_POLICY].sort());
  // Those of jobs that nobody ended make room when their time is over.
  const late = new Date(Date.now() - 1_000);
  for (const id of ids.slice(0, 3)) await ensureWriter(container, id, 'w', late);
  expect(await ensureWriter(container, ids[3] ?? '', 'w', soon())).toMatch(/^toygres-write-/);
  expect(await idsOf()).toHaveLength(3);
});
