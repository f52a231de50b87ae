import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes-platform.ts';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { createLimitedAccount, type LimitedAccount } from '../support/cluster-account.ts';
import { startClusterAzurite } from '../support/cluster-azurite.ts';
import { createE2eClient, type E2eClient, TERMINAL } from '../support/e2e-client.ts';
import { query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { eventually } from '../support/eventually.ts';

/** An image of the real pg_durable, and that of its restores: `deploy/docker/job.Dockerfile` on top of it. */
const { TOYGRES_DURABLE_IMAGE, TOYGRES_DURABLE_JOB_IMAGE } = process.env;
const MINUTES = 60_000;

if (TOYGRES_DURABLE_IMAGE === undefined) {
  process.stdout.write(
    'skipped: the story of the real pg_durable needs TOYGRES_DURABLE_IMAGE, an image that has the extension\n',
  );
}

let namespace: TestNamespace;
let account: LimitedAccount;
let platform: KubernetesPlatform;
let home: E2eHome;
let server: E2eServer;
let api: E2eClient;

/** Waits for the end of an operation, however slow the cluster is; answers with it and what it had to say. */
async function untilOver(id: string) {
  const ask = async () =>
    (
      await api.request<{ operation: { state: string; failure: { message: string } | null; notices: string[] } }>(
        'query ($id: ID!) { operation(id: $id) { state failure { message } notices } }',
        { id },
      )
    ).operation;
  return eventually(ask, ({ state }) => TERMINAL.includes(state), 10 * MINUTES);
}

async function ask(instanceId: string, sql: string) {
  const login = await api.login(instanceId);
  return query({ ...login, ...(await platform.findAddress(login)) }, 'postgres', sql);
}

const functionsOf = async (instanceId: string) => {
  const rows = await ask(instanceId, 'SELECT label, status FROM df.instances');
  return Object.fromEntries(rows.map(({ label, status }) => [String(label), String(status)]));
};
const doneOf = async (instanceId: string) => {
  const rows = await ask(instanceId, 'SELECT what FROM public.done ORDER BY what');
  return rows.map(({ what }) => String(what));
};
const untilDone = (instanceId: string, what: string) =>
  eventually(
    () => doneOf(instanceId),
    (done) => done.includes(what),
    2 * MINUTES,
  );
const writes = (what: string) => `'INSERT INTO public.done VALUES (''${what}'')'`;
const start = (instanceId: string, label: string, steps: string) =>
  ask(instanceId, `SET ROLE clerk; SELECT df.start(${steps}, '${label}')`);
/** An event that nobody waits for yet is dropped, so it is sent until it works. */
const untilSignalled = (instanceId: string, label: string, what: string) =>
  eventually(
    async () => {
      await ask(instanceId, `SELECT df.signal(id, 'go') FROM df.instances WHERE label = '${label}'`);
      return doneOf(instanceId);
    },
    (done) => done.includes(what),
    2 * MINUTES,
  );

async function restore(name: string, input: object) {
  const made = await api.createInstance({ name, storageGib: 1, ...input });
  return { ...made, end: await untilOver(made.operationId) };
}

describe.skipIf(TOYGRES_DURABLE_IMAGE === undefined)('the story of a server with the real pg_durable', () => {
  let source: string;
  let image: string;
  let copy: string;

  beforeAll(async () => {
    namespace = await createTestNamespace({ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
    account = await createLimitedAccount(namespace);
    platform = await namespace.open({ kubeconfig: account.kubeconfig });
    const storage = await startClusterAzurite(namespace);
    home = await makeE2eHome('durable');
    server = await home.start('standalone', {
      TOYGRES_PLATFORM: 'kubernetes',
      KUBECONFIG: account.kubeconfig,
      TOYGRES_NAMESPACE: namespace.name,
      AZURE_STORAGE_CONNECTION_STRING: storage,
      TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      TOYGRES_JOB_RESOURCES: 'cpu=50m/2,memory=128Mi/1Gi',
      TOYGRES_DURABLE_IMAGE: TOYGRES_DURABLE_IMAGE ?? '',
      ...(TOYGRES_DURABLE_JOB_IMAGE !== undefined && { TOYGRES_DURABLE_JOB_IMAGE }),
    });
    api = createE2eClient(server);
  }, 10 * MINUTES);

  afterAll(async () => {
    await api?.stop();
    await server?.stop();
    await home?.stop();
    await namespace?.stop();
    await account?.stop();
  }, 10 * MINUTES);

  test(
    'it is RUNNING with its worker alive',
    async () => {
      const made = await restore('durable', { imageType: 'PG_DURABLE' });
      expect(made.end).toMatchObject({ state: 'SUCCEEDED', failure: null });
      source = made.id;
      const { checkConnection } = await api.request<{ checkConnection: object }>(
        'query ($id: ID!) { checkConnection(instanceId: $id) { ok durableWorkerRunning durableWorkerDetail } }',
        { id: source },
      );
      expect(checkConnection).toEqual({ ok: true, durableWorkerRunning: true, durableWorkerDetail: null });
    },
    15 * MINUTES,
  );

  test(
    'its image tells which functions had not ended',
    async () => {
      await ask(
        source,
        `CREATE TABLE public.done (what text); CREATE ROLE clerk LOGIN; GRANT INSERT, SELECT ON public.done TO clerk;
       SELECT df.grant_usage('clerk'); CREATE TABLE public.ballast AS SELECT g, md5(g::text) FROM generate_series(1, 50000) g`,
      );
      await start(source, 'over', writes('over'));
      await start(source, 'waiting', `${writes('one')} ~> df.wait_for_signal('go') ~> ${writes('two')}`);
      await start(source, 'beside', `(df.wait_for_signal('go') ~> ${writes('left')}) & df.wait_for_signal('go')`);
      for (const what of ['over', 'one']) await untilDone(source, what);
      await start(source, 'due', `df.sleep(30) ~> ${writes('due')}`);
      const taken = await api.createImage({ name: 'with-functions', instanceId: source });
      expect(await untilOver(taken.operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
      image = taken.id;
      const answer = await api.request<{ image: object }>(
        'query ($id: ID!) { image(id: $id) { state notices durable { unfinished functions { label status } } } }',
        { id: image },
      );
      expect(answer.image).toMatchObject({ state: 'AVAILABLE', notices: [], durable: { unfinished: 3 } });
    },
    15 * MINUTES,
  );

  test(
    'restored while it lives, its copy cancels them for good, and it goes on alone',
    async () => {
      const made = await restore('copy', { sourceImageId: image });
      expect(made.notices.join()).toMatch(/CANCEL, since its source "durable" still exists.*3 durable functions/);
      expect(made.end).toMatchObject({ state: 'SUCCEEDED', failure: null });
      copy = made.id;
      expect(await functionsOf(copy)).toEqual({
        over: 'completed',
        waiting: 'cancelled',
        beside: 'cancelled',
        due: 'cancelled',
      });
      await ask(copy, `SELECT df.signal(id, 'go') FROM df.instances`);
      await untilSignalled(source, 'waiting', 'two');
      await untilDone(source, 'due');
      await start(copy, 'new', `df.sleep(5) ~> ${writes('new')}`);
      await untilDone(copy, 'new');
      expect(await doneOf(copy)).toEqual(['new', 'one', 'over']);
      // What shows functions to users still does.
      expect((await ask(copy, 'SELECT label FROM df.list_instances()')).length).toBe(5);
    },
    20 * MINUTES,
  );

  test(
    'it stops in order, starts again, and its worker with it',
    async () => {
      for (const verb of ['stop', 'start'] as const) {
        const { operationId } = await api.changeInstance(verb, copy);
        expect(await untilOver(operationId)).toMatchObject({ state: 'SUCCEEDED', failure: null });
      }
      await eventually(
        () => start(copy, 'later', writes('later')).catch(() => null),
        (begun) => begun !== null,
        2 * MINUTES,
      );
      await untilDone(copy, 'later');
    },
    15 * MINUTES,
  );

  test(
    'restored when it is gone, its functions go on, and can be seen, signalled and cancelled',
    async () => {
      for (const id of [copy, source]) await untilOver((await api.changeInstance('delete', id)).operationId);
      const made = await restore('heir', { sourceImageId: image });
      expect(made.notices.join()).toMatch(/RESUME, since its source "durable" is gone/);
      expect(made.end).toMatchObject({ state: 'SUCCEEDED', failure: null });
      await untilDone(made.id, 'due');
      await untilSignalled(made.id, 'waiting', 'two');
      await ask(made.id, `SELECT df.cancel(id) FROM df.instances WHERE label = 'beside'`);
      await eventually(
        () => functionsOf(made.id),
        (found) => found.waiting === 'completed' && found.due === 'completed' && found.beside === 'cancelled',
        2 * MINUTES,
      );
      expect((await doneOf(made.id)).sort()).toEqual(['due', 'one', 'over', 'two']);
      await untilOver((await api.changeInstance('delete', made.id)).operationId);
    },
    20 * MINUTES,
  );
});
