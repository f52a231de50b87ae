import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDeployment, otherImage, type TestDeployment } from '../support/deployment.ts';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { eventually } from '../support/eventually.ts';
import { askFront, greetFront } from '../support/front-door.ts';
import { type FollowedLog, findKubectl, followLog, kubectl, readObjects } from '../support/kubectl.ts';

const LONG = 600_000;

let deployed: TestDeployment;
let root: string;
let api: E2eClient;
let instanceId: string;
let imageId: string;
let copyId: string;

/** The namespace of a managed server's Service, and where that is reached from here. */
async function connect(id: string): Promise<pg.Client> {
  const { host, user, password } = await api.login(id);
  const [service = ''] = host.split('.');
  const [address, port] = (await deployed.addressOf(service, deployed.managed)).split(':');
  const client = new pg.Client({ host: address ?? '', port: Number(port), user, password, database: 'postgres' });
  // It may outlive its server when a test fails.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function readToken(): Promise<string> {
  const { data } = await readObjects<{ data: Record<string, string> }>(
    'secret',
    'toygres',
    '--namespace',
    deployed.system,
  );
  return Buffer.from(data.TOYGRES_API_TOKEN ?? '', 'base64').toString();
}

/** Asks each pod of API and workers, by its own address. */
async function askPods(path: string): Promise<readonly { readonly status: number; readonly text: string }[]> {
  const pods = [...(await deployed.pods('api')), ...(await deployed.pods('worker'))];
  return Promise.all(
    pods.map(async ({ status }) => {
      const answer = await fetch(`http://${status.podIP}:8080${path}`);
      return { status: answer.status, text: await answer.text() };
    }),
  );
}

const namesDatabase = (text: string) =>
  (JSON.parse(text) as { checks: { name: string; ok: boolean }[] }).checks.some(
    ({ name, ok }) => name === 'database' && !ok,
  );

const restarts = async () =>
  [...(await deployed.pods('api')), ...(await deployed.pods('worker'))].map(
    ({ status }) => status.containerStatuses?.[0]?.restartCount ?? -1,
  );

beforeAll(async () => {
  findKubectl();
  deployed = createTestDeployment();
  await deployed.deploy();
  root = `http://${await deployed.addressOf('toygres-api')}`;
  api = createE2eClient({ url: `${root}/graphql`, token: await readToken() });
}, LONG);

afterAll(async () => {
  await api?.stop();
  await deployed?.stop();
}, LONG);

describe('what is deployed', () => {
  test('runs as the restricted level demands, on a read-only root, as any user', async () => {
    for (const name of [deployed.system, deployed.managed]) {
      const { metadata } = await readObjects<{ metadata: { labels: Record<string, string> } }>('namespace', name);
      expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    }
    const look = `const fs = require('node:fs'); let written = true;
      try { fs.writeFileSync('/app/x', '') } catch { written = false }
      console.log(JSON.stringify([process.getuid(), written, fs.readFileSync('/proc/1/status', 'utf8').match(/CapEff:\\s*(\\S+)/)[1], fs.readFileSync('/proc/1/comm', 'utf8').trim()]))`;
    const seen = await Promise.all(
      ['api', 'worker'].map(async (component) => {
        const [pod] = await deployed.pods(component);
        const args = ['exec', '--namespace', deployed.system, pod?.metadata.name ?? '', '--', 'node', '-e', look];
        return JSON.parse((await kubectl(args)).text);
      }),
    );
    expect(seen).toEqual([
      [1000, false, '0000000000000000', expect.stringMatching(/^(node|MainThread)$/)],
      [1_234_567, false, '0000000000000000', expect.stringMatching(/^(node|MainThread)$/)],
    ]);
  });

  test('has two of each, that answer /health and /ready', async () => {
    expect(await Promise.all([deployed.pods('api'), deployed.pods('worker')])).toMatchObject([
      { length: 2 },
      { length: 2 },
    ]);
    expect((await askPods('/health')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await askPods('/ready')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test('has all that jobs need, as a preflight finds from inside', async () => {
    const { runPreflight } = await api.request<{ runPreflight: { operation: { id: string } } }>(
      'mutation ($input: RunPreflightInput!) { runPreflight(input: $input) { operation { id } } }',
      { input: { postgresVersion: '15' } },
    );
    const { id } = runPreflight.operation;
    // Its failure names the broken link.
    const { failure } = await api.untilOver(id).catch(() => api.operation(id));
    expect(failure).toBeNull();
    const { diagnostics } = await api.request<{ diagnostics: { name: string; ok: boolean; detail: string }[] }>(
      '{ diagnostics { name ok detail } }',
    );
    expect(diagnostics.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('creates an instance in the managed namespace', async () => {
    const created = await api.createInstance({ name: 'shop', postgresVersion: '15', storageGib: 1 });
    await api.untilOver(created.operationId);
    instanceId = created.id;
    const client = await connect(instanceId);
    await client.query('CREATE TABLE goods AS SELECT g AS id FROM generate_series(1, 1000) g');
    await client.end();
  });

  test(
    'refuses a rollout with another encryption key before it takes traffic, and goes on with the old one',
    async () => {
      const name = ['secret', 'toygres', '--namespace', deployed.system];
      const { data } = await readObjects<{ data: Record<string, string> }>(...name);
      const setKey = async (value: string) => {
        const directory = await mkdtemp('/tmp/toygres-key-');
        const file = path.join(directory, 'patch.json');
        await writeFile(file, JSON.stringify({ data: { TOYGRES_ENCRYPTION_KEY: value } }), { mode: 0o600 });
        await kubectl(['patch', ...name, '--type', 'merge', '--patch-file', file]).finally(() =>
          rm(directory, { recursive: true }),
        );
      };
      const rollout = (verb: string) =>
        kubectl(['rollout', verb, 'deployment/toygres-api', '--namespace', deployed.system]);
      const before = (await deployed.pods('api')).map(({ metadata }) => metadata.name);
      // The Secret holds the text of the key, which is base64 itself.
      await setKey(Buffer.from(Buffer.alloc(32, 1).toString('base64')).toString('base64'));
      try {
        await rollout('restart');
        const fresh = await eventually(
          async () => (await deployed.pods('api')).filter(({ metadata }) => !before.includes(metadata.name)),
          (pods) => (pods[0]?.status.containerStatuses?.[0]?.restartCount ?? 0) > 0,
          180_000,
        );
        expect(fresh.map(({ status }) => status.containerStatuses?.[0]?.ready)).toEqual([false]);
        // Of a container that ended or of the one after it: the node may have swept the first away.
        const logs = ['logs', '--namespace', deployed.system, fresh[0]?.metadata.name ?? ''];
        await eventually(
          async () =>
            (await Promise.all([logs, [...logs, '--previous']].map((args) => kubectl(args).catch(() => null))))
              .map((log) => log?.text ?? '')
              .join('\n'),
          (text) => text.includes('TOYGRES_ENCRYPTION_KEY: the records hold secrets'),
          120_000,
        );
        const still = (await deployed.pods('api')).map(({ metadata }) => metadata.name);
        expect(still.filter((pod) => before.includes(pod)).sort()).toEqual([...before].sort());
        expect(await api.instance(instanceId)).toMatchObject({ state: 'RUNNING' });
      } finally {
        await setKey(data.TOYGRES_ENCRYPTION_KEY ?? '');
        await rollout('restart');
      }
      await deployed.untilRolledOut();
    },
    LONG,
  );

  test(
    'loses no operation and no request when API and workers are restarted one by one in the middle of an image',
    async () => {
      // While it holds this lock, the dump cannot end.
      const holder = await connect(instanceId);
      await holder.query('BEGIN; LOCK TABLE goods');
      const image = await api.createImage({ name: 'monday', instanceId });
      await api.untilStep(image.operationId, 'Dump the databases');
      const before = [...(await deployed.pods('api')), ...(await deployed.pods('worker'))].map(
        ({ metadata }) => metadata.name,
      );
      const logs: readonly FollowedLog[] = before.map((pod) => followLog(deployed.system, pod));

      let isOver = false;
      const refused: unknown[] = [];
      const asking = (async () => {
        while (!isOver) {
          await fetch(`${root}/health`, { headers: { connection: 'close' } })
            .then(({ status }) => status === 200 || refused.push(status))
            .catch((error: Error) => refused.push(String(error.cause ?? error)));
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      })();
      try {
        const names = ['deployment/toygres-api', 'deployment/toygres-worker'];
        await kubectl(['rollout', 'restart', ...names, '--namespace', deployed.system]);
        await deployed.untilRolledOut();
        // The last of the old ones take their time to end.
        for (const text of await Promise.all(logs.map(({ whole }) => whole))) expect(text).toContain('SIGTERM');
      } finally {
        isOver = true;
        for (const log of logs) log.stop();
        await asking;
      }
      expect(refused).toEqual([]);
      const after = [...(await deployed.pods('api')), ...(await deployed.pods('worker'))].map(
        ({ metadata }) => metadata.name,
      );
      expect(after.filter((name) => before.includes(name))).toEqual([]);

      expect(await api.operation(image.operationId)).toMatchObject({ state: 'RUNNING' });
      await holder.query('COMMIT');
      await holder.end();
      const { jobs } = await api.untilOver(image.operationId);
      expect(jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
      expect(await api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
      imageId = image.id;
    },
    LONG,
  );

  test('makes a second instance from the image', async () => {
    const restored = await api.createInstance({ name: 'copy', sourceImageId: imageId, storageGib: 1 });
    await api.untilOver(restored.operationId);
    copyId = restored.id;
    const client = await connect(copyId);
    expect((await client.query('SELECT count(*)::int AS n FROM goods')).rows).toEqual([{ n: 1000 }]);
    await client.end();
  });

  test('deletes all of it and leaves nothing in the managed namespace', async () => {
    for (const id of [instanceId, copyId]) await api.untilOver((await api.changeInstance('delete', id)).operationId);
    await api.untilOver((await api.deleteImage(imageId)).operationId);
    const kinds = 'statefulsets,services,persistentvolumeclaims,secrets,jobs,pods';
    const selector = 'app.kubernetes.io/managed-by=toygres';
    await eventually(
      async () =>
        (await kubectl(['get', kinds, '--namespace', deployed.managed, '--selector', selector, '--output', 'name']))
          .text,
      (left) => left === '',
      120_000,
    );
  });

  test(
    'serves what needs no blob store while that is away, and says so where everything is asked for',
    async () => {
      const scale = (replicas: number) =>
        kubectl([
          ...['scale', 'statefulset/toygres-azurite', '--replicas', String(replicas)],
          ...['--namespace', deployed.system],
        ]);
      await scale(0);
      try {
        const away = await eventually(
          () => askPods('/ready'),
          (all) => all.every(({ status }) => status === 503),
          120_000,
        );
        for (const { text } of away) expect(text).toContain('"name":"blob store","ok":false');
        expect((await askPods('/ready/traffic')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        await api.request('{ instances(first: 1) { nodes { id } } }');
        const all = [...(await deployed.pods('api')), ...(await deployed.pods('worker'))];
        expect(all.map(({ status }) => status.containerStatuses?.[0]?.ready)).toEqual([true, true, true, true]);
      } finally {
        await scale(1);
      }
      await deployed.untilRolledOut();
    },
    LONG,
  );

  test(
    'is not ready, but alive, while the database of records is away, and comes back by itself',
    async () => {
      const before = await restarts();
      const scale = (replicas: number) =>
        kubectl(['scale', 'statefulset/toygres-cms', '--replicas', String(replicas), '--namespace', deployed.system]);
      await scale(0);
      try {
        // Until then a look at the database may be late, and is said to be.
        await eventually(
          () => askPods('/ready'),
          (all) => all.every(({ status, text }) => status === 503 && namesDatabase(text)),
          120_000,
        );
        expect((await askPods('/health')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        // No request is sent to a pod that cannot serve it.
        await eventually(
          async () =>
            (
              await readObjects<{ items: { endpoints: { conditions: { ready: boolean } }[] | null }[] }>(
                'endpointslices',
                '--namespace',
                deployed.system,
                '--selector',
                'kubernetes.io/service-name=toygres-api',
              )
            ).items
              .flatMap(({ endpoints }) => endpoints ?? [])
              .filter(({ conditions }) => conditions.ready).length,
          (ready) => ready === 0,
          120_000,
        );
      } finally {
        await scale(1);
      }
      await deployed.untilRolledOut();
      expect((await askPods('/ready')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(await restarts()).toEqual(before);
    },
    LONG,
  );
});

const CADDY = process.env.TOYGRES_TEST_CADDY_IMAGE;

describe.skipIf(CADDY === undefined)('HTTPS (where TOYGRES_TEST_CADDY_IMAGE names an image of Caddy)', () => {
  test(
    'ends in front of the API, for requests and for WebSockets, and keeps the metrics inside',
    async () => {
      const host = 'toygres.test';
      const settings = [
        { op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: host },
        {
          op: 'add',
          path: '/spec/template/spec/containers/0/env/-',
          value: { name: 'TOYGRES_TLS', value: 'tls internal' },
        },
      ];
      const manifests = await deployed.render(['overlays/local'], ['components/front-door', 'components/https'], {
        images: otherImage('caddy', CADDY),
        patches: [{ target: { kind: 'Deployment', name: 'toygres-https' }, patch: JSON.stringify(settings) }],
      });
      await kubectl(['apply', '--server-side', '--filename', '-'], manifests);
      const rollout = ['rollout', 'status', 'deployment/toygres-https', '--namespace', deployed.system];
      await kubectl([...rollout, '--timeout', '300s']);
      const address = await eventually(
        () => deployed.outsideAddressOf('toygres'),
        (found) => found !== null,
        120_000,
      );
      const front = { address: address ?? '', host };
      // The load balancer may take a moment to know its pod.
      const health = await eventually(
        () => askFront(front, 'https', '/health').catch(() => null),
        (answer) => answer?.status === 200,
        60_000,
      );
      expect(health?.headers['strict-transport-security']).toBe('max-age=31536000');
      expect(await askFront(front, 'https', '/metrics')).toMatchObject({ status: 404 });
      expect(await askFront(front, 'http', '/health')).toMatchObject({
        status: 308,
        headers: { location: `https://${host}/health` },
      });
      expect(await greetFront(front, await readToken())).toEqual({ type: 'connection_ack' });
    },
    LONG,
  );
});
