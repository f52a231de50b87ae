import { randomBytes, randomUUID } from 'node:crypto';
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

test('grants of a store that is no emulator name the policy, those of an emulator end by their time', async () => {
  const key = Buffer.alloc(64, 1).toString('base64');
  const real = await openBlobAccount(
    {
      connectionString: `DefaultEndpointsProtocol=https;AccountName=toygres;AccountKey=${key};EndpointSuffix=core.windows.net`,
    },
    NO_PROXIES,
  );
  expect(real.hasPolicies).toBe(true);
  const bytes = randomBytes(32);
  const store = createAzureBlobStore({
    connectionString: azurite.connectionString,
    container: 'others',
    seal: createSecretBox({ keys: [{ id: keyId(bytes), key: bytes }] }),
    log: createLogger('silent'),
  });
  const { sas } = await store.grantDownload(randomUUID(), 600);
  expect(new URLSearchParams(sas ?? '').get('si')).toBeNull();
});
