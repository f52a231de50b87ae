import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';
import { eventually } from '../support/eventually.ts';
import { kubectl, readObjects } from '../support/kubectl.ts';

const LONG = 600_000;

let world: DeployedWorld;
beforeAll(async () => {
  world = await startDeployedWorld();
}, LONG);
afterAll(() => world?.stop(), LONG);

const namesDatabase = (text: string) =>
  (JSON.parse(text) as { checks: { name: string; ok: boolean }[] }).checks.some(
    ({ name, ok }) => name === 'database' && !ok,
  );

test(
  'serves what needs no blob store while that is away, and says so where everything is asked for',
  async () => {
    const scale = (replicas: number) =>
      kubectl([
        ...['scale', 'statefulset/toygres-azurite', '--replicas', String(replicas)],
        ...['--namespace', world.deployed.system],
      ]);
    await scale(0);
    try {
      const away = await eventually(
        () => world.askPods('/ready'),
        (all) => all.every(({ status }) => status === 503),
        120_000,
      );
      for (const { text } of away) expect(text).toContain('"name":"blob store","ok":false');
      expect((await world.askPods('/ready/traffic')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      await world.api.request('{ instances(first: 1) { nodes { id } } }');
      const all = [...(await world.deployed.pods('api')), ...(await world.deployed.pods('worker'))];
      expect(all.map(({ status }) => status.containerStatuses?.[0]?.ready)).toEqual([true, true, true, true]);
    } finally {
      await scale(1);
    }
    await world.deployed.untilRolledOut();
  },
  LONG,
);

test(
  'a drain takes its pods one at a time, and no request is refused meanwhile',
  async () => {
    const before = await world.podNames();
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
    let heldBack = 0;
    try {
      for (const name of before) {
        const target = `/api/v1/namespaces/${world.deployed.system}/pods/${name}/eviction`;
        const body = {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name, namespace: world.deployed.system },
        };
        const evict = () =>
          kubectl(['create', '--raw', target, '--filename', '-'], JSON.stringify(body)).then(
            () => true,
            (error: Error) => {
              if (!error.message.includes('disruption budget')) throw error;
              heldBack += 1;
              return false;
            },
          );
        await eventually(evict, (gone) => gone, 180_000);
      }
      await world.deployed.untilRolledOut();
    } finally {
      isOver = true;
      await asking;
    }
    expect(heldBack).toBeGreaterThan(0);
    expect(refused).toEqual([]);
    expect((await world.podNames()).filter((name) => before.includes(name))).toEqual([]);
  },
  LONG,
);

test(
  'is not ready, but alive, while the database of records is away, and comes back by itself',
  async () => {
    const before = await world.restarts();
    const scale = (replicas: number) =>
      kubectl([
        'scale',
        'statefulset/toygres-cms',
        '--replicas',
        String(replicas),
        '--namespace',
        world.deployed.system,
      ]);
    await scale(0);
    try {
      // Until then a look at the database may be late, and is said to be.
      await eventually(
        () => world.askPods('/ready'),
        (all) => all.every(({ status, text }) => status === 503 && namesDatabase(text)),
        120_000,
      );
      expect((await world.askPods('/health')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      // No request is sent to a pod that cannot serve it.
      await eventually(
        async () =>
          (
            await readObjects<{ items: { endpoints: { conditions: { ready: boolean } }[] | null }[] }>(
              'endpointslices',
              '--namespace',
              world.deployed.system,
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
    await world.deployed.untilRolledOut();
    expect((await world.askPods('/ready')).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await world.restarts()).toEqual(before);
  },
  LONG,
);
