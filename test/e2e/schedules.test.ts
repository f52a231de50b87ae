import { afterAll, beforeAll, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

const LONG_ENOUGH_MS = 120_000;
let home: E2eHome;
let server: E2eServer;
let api: E2eClient;

beforeAll(async () => {
  home = await makeE2eHome('schedules');
  server = await home.start();
  api = createE2eClient(server);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

interface Run {
  readonly state: string;
  readonly message: string | null;
  readonly operations: readonly {
    readonly state: string;
    readonly actor: { readonly kind: string; readonly name: string };
  }[];
}

async function runs(): Promise<readonly Run[]> {
  const { schedule } = await api.request<{ schedule: { runs: { nodes: Run[] } } }>(
    '{ schedule(name: "nightly") { runs { nodes { state message operations { state actor { kind name } } } } } }',
  );
  return schedule.runs.nodes;
}

async function runNow(scheduleId: string, ended: number): Promise<Run> {
  await api.request('mutation ($id: ID!) { runSchedule(input: { scheduleId: $id }) { run { state } } }', {
    id: scheduleId,
  });
  const isOver = (found: readonly Run[]) => found.length === ended && found.every(({ state }) => state !== 'RUNNING');
  const [run] = await eventually(runs, isOver, LONG_ENOUGH_MS);
  if (run === undefined) throw new Error('there is no run');
  return run;
}

test('a schedule takes images by itself, keeps what it is told to, and readiness follows', async () => {
  const { createInstance } = await api.request<{
    createInstance: { instance: { id: string }; operation: { id: string } };
  }>(
    'mutation { createInstance(input: { name: "shop", storageGib: 1, labels: [{ key: "team", value: "shop" }] }) { instance { id } operation { id } } }',
  );
  await api.untilOver(createInstance.operation.id);
  const readiness = async () => {
    const { instance } = await api.request<{
      instance: { readiness: { status: string; newestImage: { name: string } | null } };
    }>('{ instance(name: "shop") { readiness { status newestImage { name } } } }');
    return instance.readiness;
  };
  expect(await readiness()).toEqual({ status: 'UNPROTECTED', newestImage: null });

  const { createSchedule } = await api.request<{ createSchedule: { schedule: { id: string; nextRunsAt: string[] } } }>(
    `mutation { createSchedule(input: { name: "nightly", cron: "0 3 * * *", timeZone: "Europe/Berlin",
      selector: [{ key: "team", value: "shop" }], retention: { keepLast: 1 } }) { schedule { id nextRunsAt(first: 2) } } }`,
  );
  const { id, nextRunsAt } = createSchedule.schedule;
  expect(nextRunsAt).toHaveLength(2);

  expect(await runNow(id, 1)).toMatchObject({
    state: 'SUCCEEDED',
    message: '1 image taken.',
    operations: [{ state: 'SUCCEEDED', actor: { kind: 'SCHEDULE', name: 'nightly' } }],
  });
  const { status, newestImage } = await readiness();
  expect(status).toBe('UNPROVEN');
  expect(newestImage?.name).toMatch(/^shop-\d{8}-\d{6}$/);

  await runNow(id, 2);
  const states = async () => {
    const { images } = await api.request<{
      images: { nodes: { name: string; state: string; schedule: { name: string } }[] };
    }>(
      'query ($id: ID!) { images(filter: { scheduleId: $id, state: [AVAILABLE, DELETING, DELETED] }) { nodes { name state schedule { name } } } }',
      { id },
    );
    return images.nodes;
  };
  const found = await eventually(states, (nodes) => nodes.some(({ state }) => state === 'DELETED'), LONG_ENOUGH_MS);
  expect(found).toMatchObject([
    { state: 'AVAILABLE', schedule: { name: 'nightly' } },
    { name: newestImage?.name, state: 'DELETED' },
  ]);
  const { retentionPreview, alerts } = await api.request<{
    retentionPreview: { keep: { because: string[] }[]; remove: unknown[] };
    alerts: { totalCount: number };
  }>(
    'query ($id: ID!) { retentionPreview(input: { scheduleId: $id }) { keep { image { name } because } remove { id } } alerts(open: true) { totalCount } }',
    { id },
  );
  expect(retentionPreview.remove).toEqual([]);
  expect(retentionPreview.keep).toMatchObject([
    { because: ['It is the newest image of its instance.', 'keepLast: 1'] },
  ]);
  expect(alerts.totalCount).toBe(0);
});

test('a webhook on this machine is refused, and one that cannot be reached says so', async () => {
  const create = (url: string) =>
    api.request<{ createWebhook: { webhook: { id: string }; secret: string } }>(
      'mutation ($url: String!) { createWebhook(input: { name: "team", url: $url, events: [ALERT_OPENED] }) { webhook { id } secret } }',
      { url },
    );
  await expect(create('http://127.0.0.1:1/hook')).rejects.toThrow('private');
  const { createWebhook } = await create('https://hook.invalid/');
  expect(createWebhook.secret).toMatch(/^whsec_/);
  const { testWebhook } = await api.request<{ testWebhook: { delivery: { attempts: number; error: string | null } } }>(
    'mutation ($id: ID!) { testWebhook(input: { webhookId: $id }) { delivery { attempts error } } }',
    { id: createWebhook.webhook.id },
  );
  expect(testWebhook.delivery).toMatchObject({ attempts: 1, error: expect.stringContaining('could not be reached') });
});
