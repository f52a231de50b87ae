import { exec } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEverything, podsOf } from '../support/cluster-objects.ts';
import { type ClusterProxy, startClusterProxy } from '../support/cluster-proxy.ts';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';
import { holdTable } from '../support/e2e-data.ts';
import { query } from '../support/e2e-home-services.ts';
import { eventually } from '../support/eventually.ts';
import type { ServerLogin } from '../support/server-facts.ts';

const PATIENCE_MS = 300_000;
/** Shell commands that kill the cluster's API server, and bring it back; only for a cluster that nobody else uses. */
const { TOYGRES_TEST_KILL_API_SERVER: KILL, TOYGRES_TEST_START_API_SERVER: START } = process.env;

let proxy: ClusterProxy;
let world: ControlPlane;
let found: readonly string[];
let source: { readonly id: string; readonly login: ServerLogin };

/** Takes an image; while its job works nobody can ask about it, and it ends meanwhile. */
async function imageWithout(name: string, goAway: () => Promise<unknown>, comeBack: () => Promise<unknown>) {
  const held = await holdTable(source.login, 't');
  try {
    const image = await world.api.createImage({ name, instanceId: source.id });
    await eventually(
      () => podsOf(world.namespace, `toygres.io/image=${image.id}`),
      (pods) => pods.some(({ status }) => status?.phase === 'Running'),
      PATIENCE_MS,
    );
    await goAway();
    await held.release();
    // The job goes on without an API server. So do we: whoever asks us gets an answer.
    for (let second = 0; second < 15; second += 1) {
      await delay(1000);
      expect(await world.api.operation(image.operationId)).toMatchObject({ state: 'RUNNING' });
    }
    await comeBack();
    await world.api.untilOver(image.operationId, 'SUCCEEDED', PATIENCE_MS);
    expect(await world.api.image(image.id)).toMatchObject({ state: 'AVAILABLE', failure: null });
    await world.api.untilOver((await world.api.deleteImage(image.id)).operationId);
  } finally {
    await held.release();
  }
}

beforeAll(async () => {
  proxy = await startClusterProxy();
  world = await startControlPlane('cluster-api', { kubeconfig: proxy.kubeconfig });
  found = await listEverything(world.namespace);
  const created = await world.api.createInstance({ name: 'source', postgresVersion: '15', storageGib: 1 });
  await world.api.untilOver(created.operationId);
  source = { id: created.id, login: await world.login(created.id) };
  await query(source.login, 'postgres', 'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n');
});

afterAll(async () => {
  await world?.stop();
  await proxy?.stop();
});

test('an API server that refuses connections, then cuts every one, in the middle of a backup does the image no harm', async () => {
  await imageWithout(
    'gone',
    () => proxy.set('refuse'),
    async () => {
      await proxy.set('reset');
      await delay(5000);
      await proxy.set('pass');
    },
  );
});

test('an API server that hangs, and leaves half-open connections behind, does the image no harm', async () => {
  await imageWithout(
    'hanging',
    () => proxy.set('swallow'),
    () => proxy.set('pass'),
  );
});

test('an API server that is killed and started again does the image no harm', async (context) => {
  if (!KILL || !START) {
    context.skip('TOYGRES_TEST_KILL_API_SERVER and TOYGRES_TEST_START_API_SERVER are not set: it is not killed');
    return;
  }
  const run = promisify(exec);
  await imageWithout(
    'killed',
    () => run(KILL),
    () => run(START),
  );
});

test('all that leaves the namespace as it was found', async () => {
  await world.api.untilOver((await world.api.changeInstance('delete', source.id)).operationId);
  expect(await listEverything(world.namespace)).toEqual(found);
});
