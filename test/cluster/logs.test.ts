import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlatformLogLine } from '../../jobs/ports/platform/jobs.ts';
import type { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes-platform.ts';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { killPod, podsOf } from '../support/cluster-objects.ts';
import { type ClusterProxy, startClusterProxy } from '../support/cluster-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { DONE } from '../support/job-bench.ts';
import { jobSpec, serverSpec, untilEnd } from '../support/platform-specs.ts';

const PATIENCE_MS = 180_000;
const LINES = 400;
/** Writes numbered lines for some seconds, then fails on the first attempt. */
const COUNTING = `for ((i = 1; i <= ${LINES}; i++)); do echo "$TOYGRES_ATTEMPT/$i"; ((i % 4)) || sleep 0.1; done
  [[ $TOYGRES_ATTEMPT == 2 ]] || exit 5; ${DONE}`;
const COUNTED = [1, 2].flatMap((attempt) => Array.from({ length: LINES }, (_, index) => `${attempt}/${index + 1}`));

let proxy: ClusterProxy;
let namespace: TestNamespace;
/** The one whose way to the API server is broken. */
let platform: KubernetesPlatform;

beforeAll(async () => {
  namespace = await createTestNamespace();
  proxy = await startClusterProxy();
  platform = await namespace.open({ kubeconfig: proxy.kubeconfig });
});

afterAll(async () => {
  await namespace?.stop();
  await proxy?.stop();
});

function follow(lines: AsyncIterable<PlatformLogLine>) {
  const seen: PlatformLogLine[] = [];
  const done = (async () => {
    for await (const line of lines) seen.push(line);
  })();
  // Awaited later; until then it is nobody's.
  done.catch(() => undefined);
  return {
    seen,
    done,
    untilSeen: (count: number) =>
      eventually(
        () => seen.length,
        (n) => n >= count,
        PATIENCE_MS,
      ),
  };
}

const texts = (lines: readonly PlatformLogLine[]) => lines.map(({ text }) => text);

test('the log of a job is followed over its attempts, through cuts, an outage and dead connections, every line once', async () => {
  const spec = { ...jobSpec(COUNTING, { attempts: 2, deadlineSeconds: 300 }), namespace: namespace.name };
  await platform.ensureJob(spec);
  const follower = follow(platform.followJobLogs(spec, untilEnd()));
  for (const part of [0.1, 0.3, 0.5]) {
    await follower.untilSeen(LINES * part);
    proxy.drop();
  }
  await follower.untilSeen(LINES * 0.7);
  await proxy.set('refuse');
  await delay(3000);
  await proxy.set('pass');
  await follower.untilSeen(LINES * 1.2);
  // The connections that are there are dead from now on, and nobody is told.
  proxy.forget();
  await follower.done;
  expect(texts(follower.seen)).toEqual(COUNTED);
  expect(follower.seen.map(({ line }) => line)).toEqual(COUNTED.map((_, index) => index + 1));
  expect((await platform.readJob(spec)).state).toBe('SUCCEEDED');

  // Who comes back goes on behind the last line it saw.
  const rest = follow(platform.followJobLogs(spec, untilEnd(LINES + 7)));
  await rest.done;
  expect(texts(rest.seen)).toEqual(COUNTED.slice(LINES + 7));
  await platform.removeJob(spec);
});

test('the log of a server is followed from pod to pod and through cuts, every line once', async () => {
  const spec = { ...serverSpec(), namespace: namespace.name };
  await platform.ensureVolume(spec);
  await platform.ensureSecret(spec, { username: 'postgres', password: 'x' });
  await platform.ensureConfiguration(spec);
  await platform.ensureServer(spec);
  const untilReady = () =>
    eventually(
      () => platform.readServer(spec),
      ({ phase }) => phase === 'READY',
      PATIENCE_MS,
    );
  await untilReady();
  const leaving = new AbortController();
  const options = { tailLines: 0, since: null, follow: true, signal: leaving.signal };
  const follower = follow(platform.followServerLogs(spec, options));
  // Not the statements that are logged with it.
  const said = () => texts(follower.seen).flatMap((text) => /LOG: +(counted \d+)$/.exec(text)?.[1] ?? []);
  const { default: pg } = await import('pg');
  const say = async (from: number, to: number) => {
    const { insideAddress } = await untilReady();
    const { host, port } = insideAddress ?? { host: '', port: 0 };
    const client = new pg.Client({ host, port, user: 'postgres', password: 'x', database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    for (let n = from; n <= to; n += 1) {
      await client.query(`DO $$ BEGIN RAISE LOG 'counted ${n}'; END $$`);
      await delay(20);
    }
    await client.end();
  };
  const numbers = (to: number) => Array.from({ length: to }, (_, index) => `counted ${index + 1}`);
  const untilSaid = (to: number) => eventually(said, (lines) => lines.includes(`counted ${to}`), PATIENCE_MS);

  // The follower is there when it has seen the first.
  await eventually(
    async () => {
      await say(0, 0);
      return said();
    },
    (lines) => lines.length > 0,
    PATIENCE_MS,
  );
  const telling = say(1, 100);
  for (let cut = 0; cut < 3; cut += 1) {
    await delay(600);
    proxy.drop();
  }
  await telling;
  await untilSaid(100);
  const [pod] = await podsOf(namespace, `app.kubernetes.io/instance=${spec.resourceName}`);
  await killPod(namespace, pod?.metadata.name ?? '');
  await eventually(
    () => podsOf(namespace, `app.kubernetes.io/instance=${spec.resourceName}`),
    (pods) => pods.length === 1 && pods[0]?.metadata.uid !== pod?.metadata.uid,
    PATIENCE_MS,
  );
  await say(101, 150);
  await untilSaid(150);
  expect(said().filter((text) => text !== 'counted 0')).toEqual(numbers(150));
  leaving.abort();
  await follower.done;
});
