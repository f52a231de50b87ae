import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../../schema/errors.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createAzureBlobStore } from '../../../src/storage/azure-blob-store.ts';
import { azuriteConnectionString, startAzurite, type TestAzurite } from '../../support/azurite.ts';
import { captureLines } from '../../support/capture-log.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { secrets } from '../../support/sample-rows.ts';

let azurite: TestAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const KEY = /AccountKey=([^;]+)/.exec(azuriteConnectionString(1))?.[1] ?? '';
const OTHER_KEY = Buffer.alloc(64, 3).toString('base64');
const storeAt = (connectionString: string) =>
  createAzureBlobStore({ connectionString, container: 'images', seal: secrets, log: createLogger('silent') });

/** How the store says that it cannot be used; neither that nor what stands in the log may hold a key or a signature. */
async function complaintOf(connectionString: string): Promise<AppError> {
  const error: unknown = await storeAt(connectionString)
    .check()
    .then(
      () => new Error('it can be used'),
      (reason: unknown) => reason,
    );
  for (const secret of [KEY, OTHER_KEY, 'sig=', 'authorization', 'SharedKey']) {
    expect(inspect(error, { depth: 10 })).not.toContain(secret);
  }
  return error as AppError;
}

describe('a store that cannot be used says which link is broken', () => {
  it('when nothing listens there', async () => {
    const port = await freePort();
    expect(await complaintOf(azuriteConnectionString(port))).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${port} does not answer (ECONNREFUSED)`),
    });
  });

  it('when the name is unknown', async () => {
    const elsewhere = azuriteConnectionString(1).replace(
      /BlobEndpoint=[^;]+/,
      'BlobEndpoint=http://no-such-account.invalid/x',
    );
    expect(await complaintOf(elsewhere)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/no-such-account\.invalid.*cannot be resolved.*AZURE_STORAGE_ACCOUNT/),
    });
  });

  it('when the key is another', async () => {
    expect(await complaintOf(azurite.connectionString.replace(KEY, OTHER_KEY))).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/refuses the login .*account key/),
    });
  });

  it.each([
    ['cannot be read', 'hello'],
    ['holds no key', 'BlobEndpoint=http://127.0.0.1:1/x;SharedAccessSignature=sv=1&sig=secret'],
  ])('when the connection string %s', async (_, text) => {
    const error = await complaintOf(text);
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.message).toContain('AZURE_STORAGE_CONNECTION_STRING');
  });
});

describe('a store that is asked again and again', () => {
  it('is told of in one line when it does not answer, when that becomes another trouble, and when it answers', async () => {
    const { log, lines } = captureLines();
    const way = await startFaultProxy({ port: azurite.port });
    try {
      const store = createAzureBlobStore({
        connectionString: azuriteConnectionString(way.port),
        container: 'images',
        seal: secrets,
        log,
      });
      const checkTwice = async () => {
        for (let nth = 0; nth < 2; nth += 1) await store.check().catch(() => undefined);
      };
      await checkTwice();
      await way.set('refuse');
      await checkTwice();
      await way.set(403);
      await checkTwice();
      await way.set('pass');
      await checkTwice();
      expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
        ['warn', expect.stringContaining('does not answer (ECONNREFUSED)')],
        ['warn', expect.stringContaining('403')],
        ['info', 'the blob store can be used again'],
      ]);
      expect(JSON.stringify(lines)).not.toMatch(/stack| at .*\.[jt]s:/);
    } finally {
      await way.stop();
    }
  });
});

describe('a store whose container is taken away', () => {
  it('says so once and makes it again at the next try', async () => {
    const store = storeAt(azurite.connectionString);
    const id = randomUUID();
    await store.writeManifest(id, sampleManifest(id));
    const { BlobServiceClient } = await import('@azure/storage-blob');
    await BlobServiceClient.fromConnectionString(azurite.connectionString).deleteContainer('images');
    await expect(store.check()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('container images'),
    });
    await expect(store.check()).resolves.toBeUndefined();
    await expect(store.readManifest(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a store that dies in between', () => {
  it('says so where an answer breaks off in its middle', async ({ onTestFinished }) => {
    const [port] = /(?<=BlobEndpoint=http:\/\/127\.0\.0\.1:)\d+/.exec(azurite.connectionString) ?? [];
    const way = await startFaultProxy({ port: Number(port) });
    onTestFinished(() => way.stop());
    const store = storeAt(azuriteConnectionString(way.port));
    await store.check();
    // The head of an answer has about 300 bytes, and the list of no file about as many.
    way.breakAnswers(450);
    await expect(store.listFiles(randomUUID())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `The blob store at 127.0.0.1:${way.port} broke off in the middle of an answer; trying again can help.`,
    });
  });

  it('fails what is under way as UNAVAILABLE after three tries', async ({ onTestFinished }) => {
    const own = await startAzurite();
    const way = await startFaultProxy({ port: own.port });
    onTestFinished(() => way.stop());
    const store = storeAt(azuriteConnectionString(way.port));
    await store.check();
    await own.kill();
    const before = way.accepted;
    await expect(store.listFiles(randomUUID())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(way.accepted - before).toBeGreaterThan(0);
    expect(way.accepted - before).toBeLessThanOrEqual(3);
  });
});
