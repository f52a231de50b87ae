import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { TestNamespace } from './cluster.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';

const ROLE = path.resolve(import.meta.dirname, '../../deploy/managed/role.yaml');

interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** An account with exactly the Role that is deployed, whose calls are recorded. */
export interface LimitedAccount {
  /** The path of a kubeconfig that signs in as it. */
  readonly kubeconfig: string;
  readonly proxy: RecordingProxy;
  /** All rights of the Role, as the recording names them. */
  readonly granted: ReadonlySet<string>;
  stop(): Promise<void>;
}

export async function createLimitedAccount(namespace: TestNamespace): Promise<LimitedAccount> {
  const { name, ask } = namespace;
  const role = parse(await readFile(ROLE, 'utf8')) as Role & { metadata: object };
  const metadata = { name: 'toygres', namespace: name };
  await ask('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata });
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}`;
  await ask('POST', `${rbac}/roles`, { metadata, rules: role.rules });
  await ask('POST', `${rbac}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'toygres' },
    subjects: [{ kind: 'ServiceAccount', name: 'toygres', namespace: name }],
  });
  const asked = await ask('POST', `/api/v1/namespaces/${name}/serviceaccounts/toygres/token`, {
    spec: { expirationSeconds: 3600 },
  });
  const { token } = (asked.body as { status: { token: string } }).status;

  const proxy = await startRecordingProxy();
  const directory = await mkdtemp('/tmp/toygres-account-');
  const kubeconfig = path.join(directory, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: proxy.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, stringify(config), { mode: 0o600 });
  const granted = role.rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
  return {
    kubeconfig,
    proxy,
    granted: new Set(granted),
    stop: async () => {
      await proxy.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
