import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';
import { kubectl, readObjects } from '../support/kubectl.ts';
import { ROOT } from '../support/source-files.ts';

const run = promisify(execFile);
const LONG = 600_000;
const CHART = path.join(ROOT, 'deploy/helm/toygres');
/** Where helm is. */
const { TOYGRES_TEST_HELM: HELM = '' } = process.env;

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Runs helm with values in a file, as people have them. */
async function helm(args: readonly string[], values: object = {}): Promise<string> {
  const directory = await mkdtemp('/tmp/toygres-values-');
  try {
    const file = path.join(directory, 'values.yaml');
    await writeFile(file, stringify(values));
    const withValues = args[0] === 'uninstall' ? args : [...args, '--values', file];
    return (await run(HELM, withValues, { maxBuffer: 64 << 20 })).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}
/** A helm that was compiled as a Go module takes the cluster for a very old one. */
const template = (values: object = {}) =>
  helm(['template', 'toygres', CHART, '--namespace', 'toygres-system', '--kube-version', '1.30.0'], values);

/** By kind and name, without what one of the two ways has for its own needs. */
function objectsOf(text: string): Readonly<Record<string, unknown>> {
  const plain = text
    .replace(/toygres-settings-[a-z0-9]{10}/g, 'toygres-settings')
    .replaceAll('toygres-classes-toygres-system', 'toygres-classes');
  const manifests = parseAllDocuments(plain).map((document) => document.toJS() as Manifest | null);
  return Object.fromEntries(
    manifests
      .filter((manifest) => manifest !== null)
      .filter(({ kind, metadata }) => kind !== 'Namespace' || metadata.name !== 'toygres-system')
      .map((manifest) => [
        `${manifest.kind} ${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`,
        JSON.parse(JSON.stringify(manifest, dropOwnNotes)),
      ]),
  );
}

function dropOwnNotes(name: string, value: unknown): unknown {
  if (name !== 'annotations' || typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !/^(checksum\/|helm\.sh\/)/.test(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

async function kustomize(...components: string[]): Promise<string> {
  const directory = await mkdtemp(path.join(ROOT, 'deploy/.overlay-'));
  try {
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['../base'],
      components: components.map((name) => `../components/${name}`),
      labels: [{ pairs: { 'app.kubernetes.io/part-of': 'toygres' } }],
    };
    await writeFile(path.join(directory, 'kustomization.yaml'), stringify(kustomization));
    return (await kubectl(['kustomize', directory])).text;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe.skipIf(HELM === '')('the chart (left out without TOYGRES_TEST_HELM)', () => {
  test('makes with its default values what the base makes, with the right to list classes', async () => {
    expect(objectsOf(await template())).toEqual(objectsOf(await kustomize('classes')));
  });

  test('makes with all that it can what the components make', async () => {
    const on = { enabled: true };
    const gateway = { ...on, parentRefs: [{ name: 'toygres' }], hostnames: ['toygres.example.com'] };
    const made = await template({ limits: on, frontDoor: on, monitoring: on, gateway });
    expect(objectsOf(made)).toEqual(
      objectsOf(await kustomize('classes', 'limits', 'front-door', 'monitoring', 'gateway')),
    );
  });

  test('puts in what an operator chooses', async () => {
    const digest = `sha256:${'0a'.repeat(32)}`;
    const made = objectsOf(
      await template({
        image: { repository: 'registry.example.com/toygres/server', digest },
        imagePullSecrets: [{ name: 'registry' }],
        secretName: 'of-mine',
        managedNamespaces: [{ name: '123', create: true }, { name: 'team-b' }],
        settings: { TOYGRES_STORAGE_CLASS: 'fast', TOYGRES_JOB_CONCURRENCY: '5' },
        worker: { replicas: 5 },
        podLabels: { 'azure.workload.identity/use': 'true' },
        serviceAccount: { annotations: { 'azure.workload.identity/client-id': 'x' } },
        priorityClassName: 'urgent',
        nodeSelector: { pool: 'control' },
        networkPolicies: { enabled: false },
        monitoring: { enabled: true, labels: { release: 'stack' } },
      }),
    );
    for (const kind of ['PodMonitor', 'PrometheusRule'])
      expect(made[`${kind} toygres-system/toygres`]).toMatchObject({
        metadata: { labels: { release: 'stack', 'app.kubernetes.io/name': 'toygres' } },
      });
    expect(Object.keys(made).filter((name) => /^(Namespace|Role) /.test(name))).toEqual([
      'Namespace /123',
      'Role 123/toygres',
      'Role team-b/toygres',
    ]);
    expect(made['ConfigMap toygres-system/toygres-settings']).toMatchObject({
      data: {
        TOYGRES_NAMESPACE: '123',
        TOYGRES_NAMESPACES: 'team-b',
        TOYGRES_STORAGE_CLASS: 'fast',
        TOYGRES_JOB_CONCURRENCY: '5',
      },
    });
    expect(made['Deployment toygres-system/toygres-worker']).toMatchObject({
      spec: {
        replicas: 5,
        template: {
          metadata: { labels: { 'azure.workload.identity/use': 'true' } },
          spec: {
            imagePullSecrets: [{ name: 'registry' }],
            nodeSelector: { pool: 'control' },
            priorityClassName: 'urgent',
            containers: [{ image: `registry.example.com/toygres/server@${digest}` }],
          },
        },
      },
    });
    expect(JSON.stringify(made)).not.toContain('"secretKeyRef":{"name":"toygres"');
    expect(Object.keys(made)).not.toContain('NetworkPolicy toygres-system/toygres-api');
  });

  test('refuses what does not fit', async () => {
    for (const values of [
      { settings: { TOYGRES_NO_SUCH: 'x' } },
      { settings: { TOYGRES_SERVER_RESOURCES: 'cpu=1' } },
      { settings: { TOYGRES_ENCRYPTION_KEY: 'x' } },
      { image: { digest: 'latest' } },
      { managedNamespaces: [] },
      { gateway: { enabled: true } },
      { replicas: 3 },
    ]) {
      await expect(template(values), JSON.stringify(values)).rejects.toThrow(/values|schema/);
    }
  });
});

describe.skipIf(HELM === '')('a release of the chart', () => {
  let world: DeployedWorld;
  beforeAll(async () => {
    world = await startDeployedWorld();
  }, LONG);
  afterAll(() => world?.stop(), LONG);

  test(
    'takes over what an overlay made, goes on with its servers, and leaves them when it is uninstalled',
    async () => {
      const { system, managed } = world.deployed;
      const created = await world.api.createInstance({ name: 'shop', postgresVersion: '15', storageGib: 1 });
      await world.api.untilOver(created.operationId);
      const [before] = (await readObjects<{ items: Manifest[] }>('configmaps', '--namespace', system)).items.filter(
        ({ metadata }) => metadata.name.startsWith('toygres-settings'),
      );
      const { TOYGRES_NAMESPACE: _, ...settings } = (before as unknown as { data: Record<string, string> }).data;
      const tag = process.env.TOYGRES_TEST_SERVER_TAG ?? '0.1.0';
      const values = {
        image: { tag },
        managedNamespaces: [{ name: managed, create: true }],
        settings,
        api: { replicas: 1 },
        classes: { enabled: false },
      };
      await helm(
        [
          'upgrade',
          '--install',
          'toygres',
          CHART,
          '--namespace',
          system,
          '--take-ownership',
          '--wait',
          '--timeout',
          '300s',
        ],
        values,
      );
      await world.deployed.untilRolledOut();
      const [pod] = await world.deployed.pods('api');
      expect(pod?.status.containerStatuses).toMatchObject([{ ready: true }]);
      await world.api.untilOver((await world.api.changeInstance('restart', created.id)).operationId);

      await helm(['uninstall', 'toygres', '--namespace', system, '--wait', '--timeout', '300s']);
      expect(await world.deployed.pods('worker')).toEqual([]);
      const { items } = await readObjects<{ items: Manifest[] }>('statefulsets', '--namespace', managed);
      expect(items.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, ''))).toEqual(['shop']);
    },
    LONG,
  );
});
