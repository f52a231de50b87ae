import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';
import { eventually } from '../support/eventually.ts';
import { type FollowedLog, followLog, kubectl, readObjects } from '../support/kubectl.ts';

const LONG = 600_000;

let world: DeployedWorld;
beforeAll(async () => {
  world = await startDeployedWorld();
}, LONG);
afterAll(() => world?.stop(), LONG);

let instanceId: string;
let imageId: string;
let copyId: string;

test('runs as the restricted level demands, on a read-only root, as any user', async () => {
  for (const name of [world.deployed.system, world.deployed.managed]) {
    const { metadata } = await readObjects<{ metadata: { labels: Record<string, string> } }>('namespace', name);
    expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
  }
  const look = `const fs = require('node:fs'); let written = true;
    try { fs.writeFileSync('/app/x', '') } catch { written = false }
    console.log(JSON.stringify([process.getuid(), written, fs.readFileSync('/proc/1/status', 'utf8').match(/CapEff:\\s*(\\S+)/)[1], fs.readFileSync('/proc/1/comm', 'utf8').trim()]))`;
  const seen = await Promise.all(
    ['api', 'worker'].map(async (component) => {
      const [pod] = await world.deployed.pods(component);
      const args = ['exec', '--namespace', world.deployed.system, pod?.metadata.name ?? '', '--', 'node', '-e', look];
      return JSON.parse((await kubectl(args)).text);
    }),
  );
  expect(seen).toEqual([
    [1000, false, '0000000000000000', expect.stringMatching(/^(node|MainThread)$/)],
    [1_234_567, false, '0000000000000000', expect.stringMatching(/^(node|MainThread)$/)],
  ]);
});

test('has two of each, that answer /health and /ready', async () => {
  expect(await Promise.all([world.deployed.pods('api'), world.deployed.pods('worker')])).toMatchObject([
    { length: 2 },
    { length: 2 },
  ]);
  expect((await world.askPods('/health')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await world.askPods('/ready')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test('has all that jobs need, as a preflight finds from inside', async () => {
  const { runPreflight } = await world.api.request<{ runPreflight: { operation: { id: string } } }>(
    'mutation ($input: RunPreflightInput!) { runPreflight(input: $input) { operation { id } } }',
    { input: { postgresVersion: '15' } },
  );
  const { id } = runPreflight.operation;
  // Its failure names the broken link.
  const { failure } = await world.api.untilOver(id).catch(() => world.api.operation(id));
  expect(failure).toBeNull();
  const { diagnostics } = await world.api.request<{ diagnostics: { name: string; ok: boolean; detail: string }[] }>(
    '{ diagnostics { name ok detail } }',
  );
  expect(diagnostics.filter(({ ok }) => !ok)).toEqual([]);
});

test('creates an instance in the managed namespace', async () => {
  const created = await world.api.createInstance({ name: 'shop', postgresVersion: '15', storageGib: 1 });
  await world.api.untilOver(created.operationId);
  instanceId = created.id;
  const client = await world.connect(instanceId);
  await client.query('CREATE TABLE goods AS SELECT g AS id FROM generate_series(1, 1000) g');
  await client.end();
});

test('keeps what a tenant runs in its pod from API, workers, records, blobs and the cluster itself', async () => {
  const tenant = await world.connect(instanceId);
  try {
    const shell = async (command: string) => {
      const program = command.replaceAll("'", "''");
      await tenant.query('CREATE TEMP TABLE IF NOT EXISTS said (line text); TRUNCATE said');
      await tenant.query(`COPY said FROM PROGRAM '${program}' (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')`);
      const { rows } = await tenant.query<{ said: string | null }>(`SELECT string_agg(line, ' ') AS said FROM said`);
      return rows[0]?.said ?? '';
    };
    const [worker] = await world.deployed.pods('worker');
    const [api] = await world.deployed.pods('api');
    const places: Readonly<Record<string, string>> = {
      API: await world.deployed.addressOf('toygres-api'),
      'a pod of the API': `${api?.status.podIP}:8080`,
      'a worker': `${worker?.status.podIP}:8080`,
      'the records': await world.deployed.addressOf('toygres-cms'),
      'the blobs': await world.deployed.addressOf('toygresblobs'),
      'the API server': await world.deployed.addressOf('kubernetes', 'default'),
    };
    // They are there: this machine reaches them.
    expect((await world.askPods('/health')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const tries = Object.entries(places).map(([what, address]) => {
      const [host, port] = address.split(':');
      return `(timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo 'open: ${what}') &`;
    });
    // What keeps policies hears of a new pod some moments after it runs.
    const names = () => shell('getent hosts kubernetes.default.svc.cluster.local || echo none');
    await expect.poll(names, { timeout: 30_000 }).toContain('kubernetes');
    await expect.poll(() => shell(`${tries.join(' ')} wait; echo tried`), { timeout: 30_000 }).toBe('tried');
    for (let round = 0; round < 3; round += 1) expect(await shell(`${tries.join(' ')} wait; echo tried`)).toBe('tried');
    // Nor is there anything to sign in to the cluster with.
    expect(await shell('ls /var/run/secrets/kubernetes.io 2>/dev/null || echo none')).toBe('none');
  } finally {
    await tenant.end();
  }
});

test(
  'loses no operation and no request when API and workers are restarted one by one in the middle of an image',
  async () => {
    // While it holds this lock, the dump cannot end.
    const holder = await world.connect(instanceId);
    await holder.query('BEGIN; LOCK TABLE goods');
    const image = await world.api.createImage({ name: 'monday', instanceId });
    await world.api.untilStep(image.operationId, 'Dump the databases');
    const before = await world.podNames();
    const logs: readonly FollowedLog[] = before.map((pod) => followLog(world.deployed.system, pod));

    let isOver = false;
    const refused: unknown[] = [];
    const asking = (async () => {
      while (!isOver) {
        await fetch(`${world.root}/health`, { headers: { connection: 'close' } })
          .then(({ status }) => status === 200 || refused.push(status))
          .catch((error: Error) => refused.push(String(error.cause ?? error)));
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    try {
      const names = ['deployment/toygres-api', 'deployment/toygres-worker'];
      await kubectl(['rollout', 'restart', ...names, '--namespace', world.deployed.system]);
      await world.deployed.untilRolledOut();
      // The last of the old ones take their time to end.
      for (const text of await Promise.all(logs.map(({ whole }) => whole))) expect(text).toContain('SIGTERM');
    } finally {
      isOver = true;
      for (const log of logs) log.stop();
      await asking;
    }
    expect(refused).toEqual([]);
    const after = await world.podNames();
    expect(after.filter((name) => before.includes(name))).toEqual([]);

    expect(await world.api.operation(image.operationId)).toMatchObject({ state: 'RUNNING' });
    await holder.query('COMMIT');
    await holder.end();
    const { jobs } = await world.api.untilOver(image.operationId);
    expect(jobs).toMatchObject([{ state: 'SUCCEEDED' }]);
    expect(await world.api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
    imageId = image.id;
  },
  LONG,
);

test('makes a second instance from the image', async () => {
  const restored = await world.api.createInstance({ name: 'copy', sourceImageId: imageId, storageGib: 1 });
  await world.api.untilOver(restored.operationId);
  copyId = restored.id;
  const client = await world.connect(copyId);
  expect((await client.query('SELECT count(*)::int AS n FROM goods')).rows).toEqual([{ n: 1000 }]);
  await client.end();
});

test('deletes all of it and leaves nothing in the managed namespace', async () => {
  for (const id of [instanceId, copyId])
    await world.api.untilOver((await world.api.changeInstance('delete', id)).operationId);
  await world.api.untilOver((await world.api.deleteImage(imageId)).operationId);
  const kinds = 'statefulsets,services,persistentvolumeclaims,secrets,jobs,pods';
  const selector = 'app.kubernetes.io/managed-by=toygres';
  await eventually(
    async () =>
      (await kubectl(['get', kinds, '--namespace', world.deployed.managed, '--selector', selector, '--output', 'name']))
        .text,
    (left) => left === '',
    120_000,
  );
});
