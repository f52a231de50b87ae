import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createServerManifests, namesOf } from '../src/platform/kubernetes/servers/build-server.ts';
import type { TestNamespace } from '../test/support/cluster.ts';
import type { LimitedAccount } from '../test/support/cluster-account.ts';
import { startClusterAzurite } from '../test/support/cluster-azurite.ts';
import { kubernetesSettings, readProductTemplates } from '../test/support/kubernetes-templates.ts';
import { serverSpec } from '../test/support/platform-specs.ts';
import { timed } from './figures.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './place.ts';
import type { Measurement } from './report.ts';
import { startStandalone } from './standalone.ts';

const run = promisify(execFile);
const IDLE_SECONDS = 60;
const VERSION = '15';

/** Prepares the same objects by hand; the answer is the time from `kubectl apply` until the pod is ready. */
async function prepareKubectl({ directory }: Place, namespace: TestNamespace) {
  const manifests = createServerManifests(await readProductTemplates(), kubernetesSettings());
  const file = path.join(directory, 'manifests.json');
  const kubectl = (...args: string[]) => run('kubectl', ['--namespace', namespace.name, ...args]);
  return async (): Promise<number> => {
    const spec = { ...serverSpec({ postgresVersion: VERSION }), namespace: namespace.name };
    const { volume, secret, configuration, service, networkPolicy, server } = manifests;
    const login = secret(spec, { username: 'postgres', password: 'bench' });
    const made = [
      volume(spec),
      login,
      configuration(spec),
      service(spec),
      networkPolicy(spec),
      server(spec, new Date()),
    ];
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: made.map(({ body }) => body) }));
    const { seconds } = await timed(async () => {
      await kubectl('apply', '--filename', file);
      const ready = 'jsonpath={.status.readyReplicas}=1';
      await kubectl('wait', `--for=${ready}`, `statefulset/${namesOf(spec).server}`, '--timeout=300s');
    });
    await kubectl('delete', '--filename', file, '--wait=true');
    return seconds;
  };
}

/** What every operation costs in calls of the API server, and how long a new server takes, against kubectl by turns. */
export async function benchClusterOperations(
  place: Place,
  namespace: TestNamespace,
  { kubeconfig, proxy }: LimitedAccount,
  { runs }: BenchOptions,
): Promise<Measurement[]> {
  const { say } = place;
  await using standalone = await startStandalone(place, 'cluster-home', {
    TOYGRES_PLATFORM: 'kubernetes',
    KUBECONFIG: kubeconfig,
    TOYGRES_NAMESPACE: namespace.name,
    AZURE_STORAGE_CONNECTION_STRING: await startClusterAzurite(namespace),
    TOYGRES_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  const { product } = standalone;
  const byHand = await prepareKubectl(place, namespace);
  const calls = new Map<string, number[]>();
  const seconds = new Map<string, number[]>();
  const add = (to: Map<string, number[]>, name: string, value: number) =>
    to.set(name, [...(to.get(name) ?? []), value]);
  const measure = async (name: string, ...given: Parameters<typeof product.run>) => {
    const before = proxy.calls;
    const done = await product.run(...given);
    add(calls, name, proxy.calls - before);
    add(seconds, name, done.seconds);
    return done.id;
  };
  const plain: number[] = [];
  let idle = 0;
  for (let turn = 1; turn <= runs; turn += 1) {
    if (turn % 2 === 0) plain.push(await byHand());
    const input = { name: `bench-${turn}`, postgresVersion: VERSION, storageGib: 1 };
    const instanceId = await measure('createInstance', 'createInstance', 'instance', input);
    if (turn % 2 === 1) plain.push(await byHand());
    const imageId = await measure('createImage', 'createImage', 'image', { name: `bench-${turn}`, instanceId });
    const copy = { name: `copy-${turn}`, sourceImageId: imageId, storageGib: 1 };
    const copyId = await measure('createInstance from an image', 'createInstance', 'instance', copy);
    if (turn === 1) {
      say(`cluster: idle for ${IDLE_SECONDS} s ...`);
      const before = proxy.calls;
      await delay(IDLE_SECONDS * 1000);
      idle = (proxy.calls - before) / IDLE_SECONDS;
    }
    for (const verb of ['stopInstance', 'startInstance', 'restartInstance', 'deleteInstance'])
      await measure(verb, verb, 'instance', { instanceId: copyId });
    await measure('deleteImage', 'deleteImage', 'image', { imageId });
    await product.run('deleteInstance', 'instance', { instanceId });
    say(`cluster: run ${turn} of ${runs}: createInstance ${seconds.get('createInstance')?.at(-1)?.toFixed(1)} s`);
  }
  return [
    {
      name: 'createInstance, until it is RUNNING',
      unit: 's',
      values: seconds.get('createInstance') ?? [],
      against: [{ name: 'kubectl apply, kubectl wait', values: plain }],
    },
    { name: 'API calls while idle, with 2 instances', unit: '1/s', values: [idle] },
    ...[...calls].map(([name, values]) => ({
      name: `API calls of ${name}`,
      unit: 'calls',
      values,
      notes: [`in ${(seconds.get(name) ?? []).map((value) => `${value.toFixed(1)} s`).join(', ')}`],
    })),
  ];
}
