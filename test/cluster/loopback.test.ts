import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';
import type { KubernetesPlatform } from '../../src/platform/kubernetes/kubernetes-platform.ts';
import { createTestNamespace, type TestNamespace } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { serverSpec } from '../support/platform-specs.ts';

let namespace: TestNamespace;
let platform: KubernetesPlatform;
let spec: ServerSpec;

beforeAll(async () => {
  namespace = await createTestNamespace({ labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
  platform = await namespace.open();
  spec = serverSpec({ namespace: namespace.name });
  await platform.ensureVolume(spec);
  await platform.ensureSecret(spec, { username: 'postgres', password: 'a-password-that-nobody-gives' });
  await platform.ensureConfiguration(spec);
  await platform.ensureServer(spec);
  await eventually(
    () => platform.readServer(spec),
    ({ phase }) => phase === 'READY',
    180_000,
  );
});
afterAll(() => namespace?.stop());

interface Pod {
  readonly status: {
    readonly podIP: string;
    readonly ephemeralContainerStatuses?: readonly {
      readonly name: string;
      readonly state: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

/** Runs psql in the server's own pod, beside it: a container of its own with the pod's loopback. */
async function psqlBeside(name: string, host: string): Promise<{ readonly exitCode: number; readonly said: string }> {
  const pod = `/api/v1/namespaces/${namespace.name}/pods/${spec.resourceName}-0`;
  const container = {
    name,
    image: 'postgres:15',
    command: ['psql', '--no-password', `--host=${host}`, '--username=postgres', '--command=SELECT 40 + 2', '-At'],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 999,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const { body: before } = await namespace.ask('GET', pod);
  const others = (before as { spec: { ephemeralContainers?: object[] } }).spec.ephemeralContainers ?? [];
  const asked = await namespace.ask('PATCH', `${pod}/ephemeralcontainers`, {
    spec: { ephemeralContainers: [...others, container] },
  });
  expect(asked.status).toBe(200);
  const status = await eventually(
    async () => {
      const { body } = await namespace.ask('GET', pod);
      return (body as Pod).status.ephemeralContainerStatuses?.find((one) => one.name === name)?.state.terminated;
    },
    (terminated) => terminated !== undefined,
    120_000,
  );
  const log = await namespace.api.stream(
    'Reading a log',
    `${pod}/log`,
    { container: name },
    {
      signal: AbortSignal.timeout(30_000),
      silenceMs: 10_000,
    },
  );
  let said = '';
  for await (const chunk of log) said += String(chunk);
  return { exitCode: status?.exitCode ?? -1, said };
}

test('over loopback, the address of the pod and the service it asks for a password: no worker of pg_durable is there', async () => {
  const { body } = await namespace.ask('GET', `/api/v1/namespaces/${namespace.name}/pods/${spec.resourceName}-0`);
  const { podIP } = (body as Pod).status;
  for (const [name, host] of [
    ['loopback', '127.0.0.1'],
    ['pod', podIP],
    ['service', (await platform.readServer(spec)).insideAddress?.host ?? ''],
  ] as const) {
    const { exitCode, said } = await psqlBeside(name, host);
    expect(exitCode).toBe(2);
    expect(said).toMatch(/no password supplied/);
  }
});
