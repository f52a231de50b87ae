import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAzurite, type TestAzurite } from '../support/azurite.ts';
import { createE2eClient } from '../support/e2e-client.ts';
import { type E2eHome, makeE2eHome } from '../support/e2e-server.ts';
import { type ForwardProxy, startForwardProxy } from '../support/forward-proxy.ts';

let azurite: TestAzurite;
let proxy: ForwardProxy;
let home: E2eHome;
beforeAll(async () => {
  azurite = await startAzurite();
  proxy = await startForwardProxy(azurite.port);
  home = await makeE2eHome('behind-proxy');
});
afterAll(async () => {
  await home?.stop();
  await proxy?.stop();
  await azurite?.stop();
});

/** A store that nobody but the proxy finds. */
const store = (protocol: string) =>
  azurite.connectionString
    .replace(/EndpointsProtocol=http/, `EndpointsProtocol=${protocol}`)
    .replace(`http://127.0.0.1:${azurite.port}`, `${protocol}://store.invalid`);

/** A server with this environment runs a preflight; how that ends, what its job says, and what diagnostics make of it. */
async function preflightWith(environment: Readonly<Record<string, string>>, ends: 'SUCCEEDED' | 'FAILED') {
  const server = await home.start('standalone', environment);
  const api = createE2eClient(server);
  try {
    const { runPreflight } = await api.request<{ runPreflight: { operation: { id: string } } }>(
      'mutation { runPreflight(input: {}) { operation { id } } }',
    );
    const { failure, jobs } = await api.untilOver(runPreflight.operation.id, ends);
    const lines: string[] = [];
    if (jobs[0] !== undefined) {
      const log = 'subscription ($id: ID!) { jobLogs(jobId: $id) { text } }';
      for await (const { text } of api.subscribe<{ text: string }>(log, { id: jobs[0].id })) lines.push(text);
    }
    const { diagnostics } = await api.request<{
      diagnostics: { name: string; detail: string; remedy: string | null }[];
    }>('{ diagnostics { name ok detail remedy } }');
    return {
      failure: failure?.message ?? null,
      log: lines.join('\n'),
      told: diagnostics.find(({ name }) => name === 'preflight'),
      output: server.output(),
    };
  } finally {
    await api.stop();
    await server.stop();
  }
}

const withLogin = () => proxy.url.replace('//', '//clerk:S3cret@');

test('a preflight goes through the proxy of the environment and names it, without who signs in to it', async () => {
  const { log, output } = await preflightWith(
    { AZURE_STORAGE_CONNECTION_STRING: store('http'), HTTP_PROXY: withLogin(), NO_PROXY: 'elsewhere.example' },
    'SUCCEEDED',
  );
  expect(log).toContain(`through the proxy ${proxy.url}`);
  expect(proxy.asked.some((line) => line.startsWith('PUT http://store.invalid/'))).toBe(true);
  expect(log + output).not.toContain('S3cret');
});

test('where the proxy lets nobody through that is the link that is broken, and so is the name past it', async () => {
  proxy.answer(403);
  const closed = await preflightWith(
    { AZURE_STORAGE_CONNECTION_STRING: store('https'), HTTPS_PROXY: withLogin() },
    'FAILED',
  );
  expect(closed).toMatchObject({
    failure: expect.stringMatching(
      /^Broken link: proxy\. .*through the proxy http:\/\/127\.0\.0\.1:\d+, which answered 403/s,
    ),
    told: { detail: expect.stringContaining(proxy.url), remedy: expect.stringContaining('NO_PROXY') },
  });
  expect(JSON.stringify(closed)).not.toContain('S3cret');

  proxy.answer(null);
  const asked = proxy.asked.length;
  const past = await preflightWith(
    { AZURE_STORAGE_CONNECTION_STRING: store('https'), HTTPS_PROXY: withLogin(), NO_PROXY: 'store.invalid' },
    'FAILED',
  );
  expect(past).toMatchObject({
    failure: expect.stringMatching(/store\.invalid.* cannot be resolved/),
  });
  expect(past.failure).not.toContain(proxy.url);
  expect(proxy.asked.length).toBe(asked);
});
