import { afterAll, beforeAll, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';
import { type MetricsPage, parseMetrics } from '../support/prometheus-text.ts';

const SCRAPER = 'a-token-that-opens-metrics-only';

let home: E2eHome;
let server: E2eServer;
let client: E2eClient;
let root: string;
let probes: string;

beforeAll(async () => {
  home = await makeE2eHome('metrics');
  server = await home.start('standalone', { TOYGRES_METRICS_TOKEN: SCRAPER, TOYGRES_PROBE_PORT: '0' });
  client = createE2eClient(server);
  root = (server.url ?? '').replace('/graphql', '');
  probes = /Probes +(\S+)/.exec(server.output())?.[1] ?? '';
});

afterAll(async () => {
  await client?.stop();
  await server?.stop();
  await home?.stop();
});

async function scrape(token: string | null, from = root): Promise<{ status: number; text: string }> {
  const response = await fetch(`${from}/metrics`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
  return { status: response.status, text: await response.text() };
}

async function readPage(): Promise<MetricsPage> {
  return parseMetrics((await scrape(SCRAPER)).text);
}

test('the page opens with the token of the API or that of the scraper, which opens nothing else', async () => {
  expect((await scrape(server.token)).status).toBe(200);
  expect((await scrape(SCRAPER)).status).toBe(200);
  expect((await scrape(SCRAPER, probes)).status).toBe(200);
  for (const token of [null, SCRAPER.slice(1)]) {
    expect((await scrape(token)).status).toBe(401);
    expect((await scrape(token, probes)).status).toBe(401);
  }
  const asScraper = createE2eClient({ url: server.url, token: SCRAPER });
  await expect(asScraper.request('{ viewer { name } }')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await fetch(`${probes}/health`)).status).toBe(200);
  expect((await fetch(`${probes}/ready`)).status).toBe(200);
});

test('what the server does shows on the page, and no name or secret does', async () => {
  const before = await readPage();
  expect(before.value('toygres_records_up')).toBe(1);
  expect(before.value('toygres_workers')).toBe(1);
  const created = { kind: 'create_instance', state: 'succeeded' };
  expect(before.value('toygres_operations', created)).toBe(0);

  const password = 'a password that nobody else has';
  const accepted = await client.createInstance({ name: 'unmistakable', password });
  const followed: string[] = [];
  for await (const event of client.events(accepted.operationId)) followed.push(event.state);
  expect(followed.at(-1)).toBe('SUCCEEDED');
  await expect(client.createInstance({ name: 'Not A Name' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });

  // The records are read anew every 5 s, and the first health check comes some time after the start.
  const page = await eventually(
    readPage,
    (found) => found.value('toygres_instances', { state: 'running', health: 'healthy' }) === 1,
    300_000,
  );
  expect(page.value('toygres_operations', created)).toBe(1);
  expect(page.value('toygres_operations_ended_total', { workflow: 'create-instance', end: 'succeeded' })).toBe(1);
  expect(page.value('toygres_worker_claims_total', { workflow: 'create-instance' })).toBe(1);
  expect(page.value('toygres_worker_takeovers_total', { workflow: 'create-instance' })).toBe(0);
  const start = { workflow: 'create-instance', step: 'Start the server', end: 'succeeded' };
  expect(page.value('toygres_step_duration_seconds_count', start)).toBe(1);
  expect(page.value('toygres_event_lag_seconds_count')).toBeGreaterThan(0);
  expect(page.value('toygres_api_errors_total', { code: 'INVALID_INPUT' })).toBe(1);
  expect(page.value('toygres_queue_depth')).toBe(0);
  expect(page.value('toygres_subscribers', { subscription: 'operationEvents' })).toBe(0);
  expect(page.families.get('toygres_instance_up')?.samples ?? []).toEqual([]);
  const { text } = await scrape(SCRAPER);
  for (const secret of [password, 'unmistakable', accepted.id, server.token, SCRAPER])
    expect(text).not.toContain(secret);
});

test('subscribers are counted while they are there', async () => {
  const changes = client.subscribe<unknown>('subscription { instanceChanged { id } }', {})[Symbol.asyncIterator]();
  const first = changes.next();
  const open = async () => (await readPage()).value('toygres_subscribers', { subscription: 'instanceChanged' });
  await eventually(open, (count) => count === 1);
  await client.stop();
  await expect(first).resolves.toMatchObject({ done: true });
  await eventually(open, (count) => count === 0);
});
