import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLogger } from '../../src/log/logger.ts';
import { createApi, type KubernetesApi } from '../../src/platform/kubernetes/cluster/api.ts';
import { openConnection } from '../../src/platform/kubernetes/cluster/connection.ts';
import type { ManifestFields } from '../../src/platform/kubernetes/fill-template.ts';
import {
  createKubernetesPlatform,
  type KubernetesPlatform,
  type KubernetesPlatformOptions,
} from '../../src/platform/kubernetes/kubernetes-platform.ts';
import { eventually } from './eventually.ts';
import { kubernetesSettings, TEMPLATES } from './kubernetes-templates.ts';

/** Every job of a test runs what its parameter PROGRAM says, so that tests need no script of the product. */
const SCRIPT = 'eval "$PROGRAM"\n';

/** A namespace of a test in the cluster that KUBECONFIG names. */
export interface TestNamespace {
  readonly name: string;
  readonly api: KubernetesApi;
  /** A call that the product does not make. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: never }>;
  /** A platform of which jobs run the tests' programs; stopped with the namespace. */
  open(change?: Partial<KubernetesPlatformOptions>): Promise<KubernetesPlatform>;
  /** Removes it with everything in it, and waits until it is gone. */
  stop(): Promise<void>;
}

async function makeScripts(): Promise<string> {
  const directory = await mkdtemp('/tmp/toygres-scripts-');
  for (const kind of ['backup', 'restore']) await writeFile(path.join(directory, `${kind}.sh`), SCRIPT);
  return directory;
}

/** Makes a namespace, empty and with these labels. `name`: where others know it; default: one of its own. */
export async function createTestNamespace({
  name = `test-${randomBytes(4).toString('hex')}`,
  labels = {},
}: {
  readonly name?: string;
  readonly labels?: Record<string, string>;
} = {}): Promise<TestNamespace> {
  const connection = await openConnection(process.env.KUBECONFIG ?? null);
  const api = createApi(connection);
  const scripts = await makeScripts();
  const platforms: KubernetesPlatform[] = [];

  const ask: TestNamespace['ask'] = async (method, target, body) => {
    const { request } = await import('undici');
    const { dispatcher, headers } = await connection.open();
    const response = await request(`${connection.server}${target}`, {
      dispatcher,
      method: method as 'GET',
      headers: { ...headers, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: response.statusCode, body: (await response.body.json()) as never };
  };
  const place = `/api/v1/namespaces/${name}`;
  const untilGone = () =>
    eventually(
      () => ask('GET', place),
      ({ status }) => status === 404,
      280_000,
    );
  const remove = async () => {
    // A namespace waits for its pods before it removes its Jobs, and a Job under way keeps a failed pod until the next one
    // is made, which is forbidden by then.
    await ask('DELETE', `/apis/batch/v1/namespaces/${name}/jobs?propagationPolicy=Background`);
    await ask('DELETE', place);
    await untilGone();
  };

  const manifest: ManifestFields = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  if ((await ask('POST', '/api/v1/namespaces', manifest)).status === 409) {
    await remove();
    await ask('POST', '/api/v1/namespaces', manifest);
  }

  return {
    name,
    api,
    ask,
    open: async (change = {}) => {
      const platform = await createKubernetesPlatform({
        ...kubernetesSettings(),
        namespaces: [name],
        jobConcurrency: 3,
        kubeconfig: process.env.KUBECONFIG ?? null,
        templatesDirectory: TEMPLATES,
        scriptsDirectory: scripts,
        log: createLogger('silent'),
        ...change,
      });
      platforms.push(platform);
      return platform;
    },
    stop: async () => {
      for (const platform of platforms) await platform.stop();
      await remove();
      await connection.stop();
      await rm(scripts, { recursive: true, force: true });
    },
  };
}
