import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ImageStore } from '../../../jobs/ports/image-store.ts';
import type { PlatformLogLine } from '../../../jobs/ports/platform/jobs.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createAzureBlobStore } from '../../../src/storage/azure-blob-store.ts';
import { azuriteConnectionString, startAzurite, type TestAzurite } from '../../support/azurite.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { secrets } from '../../support/sample-rows.ts';

const options = { container: 'images', seal: secrets, log: createLogger('silent') };

let azurite: TestAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

/** A store, and the way to it. */
async function openStore(): Promise<{ way: FaultProxy; store: ImageStore }> {
  const [port] = /(?<=BlobEndpoint=http:\/\/127\.0\.0\.1:)\d+/.exec(azurite.connectionString) ?? [];
  const way = await startFaultProxy({ port: Number(port) });
  return { way, store: createAzureBlobStore({ connectionString: azuriteConnectionString(way.port), ...options }) };
}

async function* linesOf(count: number): AsyncGenerator<PlatformLogLine> {
  for (let line = 1; line <= count; line += 1)
    yield { attempt: 1, line, at: new Date(), text: `${line} ${'x'.repeat(200)}` };
}

// Side by side: they wait nearly all of their time.
describe.concurrent('a connection to the blob store on which nothing is said any more', () => {
  it('holds up no later call', async ({ onTestFinished }) => {
    const { way, store } = await openStore();
    onTestFinished(() => way.stop());
    const id = randomUUID();
    await store.writeManifest(id, sampleManifest(id));
    way.forget();
    expect((await store.readManifest(id)).imageId).toBe(id);
  });

  it.for(['forget', 'drop'] as const)(
    'in the middle of a file: the rest is read on another (%s)',
    async (death, { onTestFinished }) => {
      const { way, store } = await openStore();
      onTestFinished(() => way.stop());
      const id = randomUUID();
      await store.writeJobLog(id, 1, linesOf(50_000));
      let read = 0;
      for await (const { line } of store.readJobLog(id)) {
        read += 1;
        expect(line).toBe(read);
        if (read === 100) way[death]();
      }
      expect(read).toBe(50_000);
    },
  );

  it('when it was the first: the next call asks anew', async ({ onTestFinished }) => {
    const { way, store } = await openStore();
    onTestFinished(() => way.stop());
    await way.set('swallow');
    await expect(store.check()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${way.port} does not answer (ETIMEDOUT)`),
    });
    await way.set('pass');
    await expect(store.check()).resolves.toBeUndefined();
  });

  it('ends a sign-in', async ({ onTestFinished }) => {
    const { way } = await openStore();
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await way.stop();
    });
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
    vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${way.port}/token`);
    vi.stubEnv('IDENTITY_HEADER', 'header');
    await way.set('swallow');
    const begun = performance.now();
    await expect(createAzureBlobStore({ account: 'some', ...options }).check()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^No login for the blob store/),
    });
    // It asked, waited for an answer, and did not ask again.
    expect(way.accepted).toBe(1);
    expect(performance.now() - begun).toBeGreaterThan(30_000);
  });
});
