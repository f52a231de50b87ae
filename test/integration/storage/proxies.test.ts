import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { readProxies } from '../../../src/machine/proxies.ts';
import { createStoreConnections } from '../../../src/machine/store-connections.ts';
import { createAzureBlobStore } from '../../../src/storage/azure-blob-store.ts';
import { startAzurite, type TestAzurite } from '../../support/azurite.ts';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.ts';
import { sampleManifest } from '../../support/sample-manifest.ts';
import { secrets } from '../../support/sample-rows.ts';

let azurite: TestAzurite;
let proxy: ForwardProxy;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
beforeEach(async () => {
  proxy = await startForwardProxy(azurite.port);
});
afterEach(() => proxy.stop());

/** A name that only the proxy knows. */
const far = (protocol: string) =>
  azurite.connectionString.replace(`http://127.0.0.1:${azurite.port}`, `${protocol}://store.invalid`);

function openStore(connectionString: string, environment: Record<string, string>) {
  const proxies = readProxies(environment);
  return createAzureBlobStore({
    connectionString,
    container: 'images',
    seal: secrets,
    log: createLogger('silent'),
    proxies,
  });
}

describe('the control plane', () => {
  it('reaches the store through the proxy that is for it', async () => {
    const store = openStore(far('http'), { http_proxy: proxy.url });
    const id = randomUUID();
    await store.writeManifest(id, sampleManifest(id));
    expect((await store.readManifest(id)).imageId).toBe(id);
    expect(proxy.asked.length).toBeGreaterThan(1);
    expect(proxy.asked.every((line) => line.includes(' http://store.invalid/'))).toBe(true);
  });

  it('reaches a store on this machine past every proxy', async () => {
    const store = openStore(azurite.connectionString, { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url });
    await store.check();
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    ['http', 403, /refused a request|knows who asks|refuses the login/],
    ['https', 407, /through the proxy http:\/\/127\.0\.0\.1:\d+, which answered 407 \(it wants a login\) .*NO_PROXY/],
    ['https', 403, /through the proxy http:\/\/127\.0\.0\.1:\d+, which answered 403 /],
  ])('over %s says so when the proxy answers %d, without who signs in to it', async (protocol, status, words) => {
    proxy.answer(status);
    const url = proxy.url.replace('//', '//user:S3cret@');
    const failure = await openStore(far(protocol), { ALL_PROXY: url })
      .check()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(words) });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('S3cret');
  });

  it('names the proxy when that is not there', async () => {
    await expect(openStore(far('https'), { HTTPS_PROXY: 'http://127.0.0.1:1' }).check()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/store\.invalid.*through the proxy http:\/\/127\.0\.0\.1:1 /),
    });
  });
});

describe('a connection through a proxy', () => {
  it.each(['http', 'https'])('over %s on which nothing is said ends', async (protocol) => {
    proxy.answer('silence');
    const connections = createStoreConnections(readProxies({ ALL_PROXY: proxy.url }), 300);
    const url = `${protocol}://store.invalid/`;
    const { request } = protocol === 'http' ? await import('node:http') : await import('node:https');
    const failure = await new Promise<NodeJS.ErrnoException>((resolve) => {
      request(url, { agent: connections.agentFor(url) })
        .on('error', resolve)
        .end();
    });
    expect(['ETIMEDOUT', 'ERR_PROXY_TUNNEL']).toContain(failure.code);
    connections.stop();
  });
});
