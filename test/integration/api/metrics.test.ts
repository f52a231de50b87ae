import { afterEach, expect, it } from 'vitest';
import { createProbeServer } from '../../../src/api/http/probe-server.ts';
import { createAuthenticator } from '../../../src/auth/authenticator.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createMetrics, METRICS_MEDIA_TYPE } from '../../../src/metrics/metrics.ts';
import { fakeServices } from '../../support/api-fakes.ts';
import { type ApiServer, connect, send, startApi, TOKEN } from '../../support/api-server.ts';
import { eventually } from '../../support/eventually.ts';
import { type MetricsPage, parseMetrics } from '../../support/prometheus-text.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function parts() {
  const metrics = createMetrics({ release: '1.2.3', mode: 'api' });
  const auth = createAuthenticator({ token: TOKEN, username: 'admin' });
  const page = { auth, mediaType: METRICS_MEDIA_TYPE, render: () => metrics.render() };
  return { metrics, page };
}

async function startMeasured(): Promise<ApiServer> {
  const { metrics, page } = parts();
  const api = await startApi(fakeServices(), undefined, { metrics: page, meter: metrics.api });
  stops.push(() => api.stop());
  return api;
}

const scrape = (url: string, token: string | null = TOKEN) =>
  fetch(`${url}/metrics`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });

async function readPage(url: string): Promise<MetricsPage> {
  return parseMetrics(await (await scrape(url)).text());
}

it('shows the page to whoever has the token, as text that Prometheus reads', async () => {
  const api = await startMeasured();
  const response = await scrape(api.url);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, METRICS_MEDIA_TYPE]);
  expect(parseMetrics(await response.text()).value('toygres_build_info')).toBe(1);
});

it.each([null, 'another-token-of-nobody', TOKEN.slice(1)])('shows nothing to whoever sends %s', async (token) => {
  const api = await startMeasured();
  const response = await scrape(api.url, token);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(await response.text()).not.toContain('toygres_');
});

it('has nothing at the path when nothing is measured', async () => {
  const api = await startApi(fakeServices());
  stops.push(() => api.stop());
  expect((await scrape(api.url)).status).toBe(404);
});

it('counts requests by path and status, whatever paths clients think of', async () => {
  const api = await startMeasured();
  await send(api.url, { query: '{ viewer { name } }' });
  await send(api.url, { query: '{ viewer { name } }' }, { token: null });
  for (const path of ['/health', '/a/path-of-mine', '/another?x=1']) await (await fetch(api.url + path)).text();
  const page = await readPage(api.url);
  const count = (labels: Record<string, string>) => page.value('toygres_http_request_duration_seconds_count', labels);
  expect(count({ path: '/graphql', method: 'POST', status: '200' })).toBe(1);
  expect(count({ path: '/graphql', status: '401' })).toBe(1);
  expect(count({ path: '/health', method: 'GET', status: '200' })).toBe(1);
  expect(count({ path: 'other', status: '404' })).toBe(2);
});

it('counts the errors that clients are shown by code, over HTTP and WebSocket', async () => {
  const api = await startMeasured();
  await send(api.url, { query: '{ viewer { name } }' }, { token: null });
  await send(api.url, { query: '{ nothing }' });
  await send(api.url, { query: '{ instance(id: "a", name: "b") { id } }' });
  const refused = connect(api.url, { token: 'another-token-of-nobody' });
  await expect(refused.iterate({ query: '{ viewer { name } }' }).next()).rejects.toMatchObject({ code: 4401 });
  const client = connect(api.url);
  await expect(client.iterate({ query: 'subscription { nothing }' }).next()).rejects.toBeDefined();
  const page = await eventually(
    () => readPage(api.url),
    (found) => found.value('toygres_api_errors_total', { code: 'GRAPHQL_VALIDATION_FAILED' }) === 2,
  );
  expect(page.value('toygres_api_errors_total', { code: 'UNAUTHENTICATED' })).toBe(2);
  expect(page.value('toygres_api_errors_total', { code: 'INVALID_INPUT' })).toBe(1);
  await Promise.all([refused.dispose(), client.dispose()]);
});

it('is served for a process without an API too, with its probes and nothing else', async () => {
  const { page } = parts();
  let isReady = false;
  const finding = () => ({ name: 'database', ok: isReady, detail: 'it answers', remedy: null });
  const server = createProbeServer({
    ready: { find: async () => [finding()], showsDetails: async (shown) => shown === 'Bearer known' },
    version: '1.2.3',
    metrics: page,
    log: createLogger('silent'),
  });
  const { root } = await server.listen(0, '127.0.0.1');
  stops.push(() => server.stop());
  const health = await fetch(`${root}/health`);
  expect(await health.json()).toEqual({ status: 'healthy', service: 'toygres', version: '1.2.3' });
  const unready = await fetch(`${root}/ready`);
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ status: 'not ready', checks: [{ name: 'database', ok: false }] });
  const known = await fetch(`${root}/ready/traffic`, { headers: { authorization: 'Bearer known' } });
  expect(await known.json()).toEqual({ status: 'not ready', checks: [finding()] });
  isReady = true;
  expect((await fetch(`${root}/ready`)).status).toBe(200);
  expect((await fetch(`${root}/graphql`)).status).toBe(404);
  expect((await scrape(root, null)).status).toBe(401);
  expect((await readPage(root)).value('toygres_build_info')).toBe(1);
});

it('says which variable names a port that another program has', async () => {
  const { page } = parts();
  const make = () =>
    createProbeServer({
      ready: { find: async () => [], showsDetails: async () => true },
      version: '0',
      metrics: page,
      log: createLogger('silent'),
    });
  const [first, second] = [make(), make()];
  const { root } = await first.listen(0, '127.0.0.1');
  stops.push(() => first.stop());
  const port = Number(new URL(root).port);
  await expect(second.listen(port, '127.0.0.1')).rejects.toThrow(
    `Port ${port} of 127.0.0.1 cannot be taken, another program has it: set TOYGRES_PROBE_PORT and HOST to others.`,
  );
});
