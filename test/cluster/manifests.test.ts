import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAzureCheckout } from '../support/azure-checkout.ts';
import { createTestDeployment, type TestDeployment } from '../support/deployment.ts';
import { findKubectl, kubectl } from '../support/kubectl.ts';

let trial: TestDeployment;

/** Has the API server look at them as if they were applied. */
async function tryOut(manifests: string): Promise<{ readonly objects: number; readonly warnings: readonly string[] }> {
  const { text, warnings } = await kubectl(
    'apply --server-side --field-manager trial --dry-run=server --filename -'.split(' '),
    manifests,
  );
  return { objects: text.trim().split('\n').length, warnings };
}

beforeAll(async () => {
  trial = createTestDeployment();
  // What is in a namespace is tried out in one that is there.
  for (const name of [trial.system, trial.managed]) await kubectl(['create', 'namespace', name]);
});

afterAll(() => trial?.stop());

test.each([
  { resources: ['base'], components: [] },
  { resources: ['base'], components: ['components/limits', 'components/classes'] },
  { resources: ['overlays/local'], components: [] },
  { resources: ['overlays/aks'], components: [] },
  { resources: ['overlays/aks'], components: ['components/https'] },
])('the API server takes $resources $components without a warning', async ({ resources, components }) => {
  const manifests = await trial.render(resources, components);
  expect(await tryOut(manifests)).toEqual({ objects: manifests.split(/^---$/m).length, warnings: [] });
});

test('it takes what the operator of Prometheus is to read, where it knows of such a thing', async (context) => {
  const { text } = await kubectl('api-resources --api-group monitoring.coreos.com --output name'.split(' '));
  if (!/podmonitors.*prometheusrules/s.test(text)) return context.skip();
  const manifests = await trial.render(['base'], ['components/monitoring']);
  expect(manifests).toMatch(/^kind: PodMonitor$/m);
  expect(await tryOut(manifests)).toEqual({ objects: manifests.split(/^---$/m).length, warnings: [] });
});

test('it takes what deploy-to-aks.sh writes', async () => {
  const azure = await makeAzureCheckout({ kubectl: findKubectl() });
  try {
    await azure.run('setup-infra.sh', ['--location', 'westeurope']);
    const { code, errors } = await azure.run('deploy-to-aks.sh', ['--https', '--dns-label', 'my-toygres']);
    expect(code, errors).toBe(0);
    const manifests = ((await azure.kept('manifests.yaml')) ?? '')
      .replaceAll('toygres-system', trial.system)
      .replaceAll('toygres-managed', trial.managed);
    expect(await tryOut(manifests)).toMatchObject({ warnings: [] });
    expect(manifests).toContain('azure.workload.identity/client-id: 11111111-1111-1111-1111-111111111111');
    expect(manifests).toContain('TOYGRES_WORKLOAD_IDENTITY_CLIENT_ID: 22222222-2222-2222-2222-222222222222');
    expect(manifests).toContain('service.beta.kubernetes.io/azure-dns-label-name: my-toygres');
    expect(manifests).toContain('value: my-toygres.westeurope.cloudapp.azure.com');
    expect(manifests).not.toMatch(/image: toygres\//);
  } finally {
    await azure.stop();
  }
});

test('it refuses a pod that would not keep to the restricted level', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'a', image: 'a:1' }] } };
  const manifests = await trial.render(['base']);
  const namespaces = manifests.split(/^---$/m).filter((document) => /^kind: Namespace$/m.test(document));
  expect(namespaces).toHaveLength(2);
  await kubectl(['apply', '--server-side', '--force-conflicts', '--filename', '-'], namespaces.join('---\n'));
  for (const namespace of [trial.system, trial.managed]) {
    const manifest = JSON.stringify({ ...pod, metadata: { name: 'a', namespace } });
    await expect(kubectl(['create', '--dry-run=server', '--filename', '-'], manifest)).rejects.toThrow(
      'violates PodSecurity',
    );
  }
});
