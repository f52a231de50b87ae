import { describe, expect, test } from 'vitest';
import type { PlatformObject } from '../../../../jobs/ports/platform/platform.ts';
import type { KubernetesApi } from '../../../../src/platform/kubernetes/cluster/api.ts';
import { listKubernetesObjects } from '../../../../src/platform/kubernetes/cluster/list-objects.ts';
import type { Kind } from '../../../../src/platform/kubernetes/cluster/objects.ts';
import type { KubernetesContext } from '../../../../src/platform/kubernetes/context.ts';
import { serverLabels } from '../../../../src/platform/kubernetes/labels.ts';
import { serverSpec } from '../../../support/platform-specs.ts';

const spec = serverSpec({ namespace: 'one', resourceName: 'shop-0a1b2c3d' });

/** What is told of a namespace that holds these objects, all of the same server. */
async function tell(held: Partial<Record<Kind, readonly string[]>>): Promise<readonly PlatformObject[]> {
  const api = {
    list: async (kind: Kind) => ({
      items: (held[kind] ?? []).map((name) => ({ metadata: { name, labels: serverLabels(spec) }, spec: {} })),
      resourceVersion: '1',
    }),
  } as unknown as KubernetesApi;
  const servers = { serverDigest: 'x', configurationDigest: 'x' };
  return listKubernetesObjects({ api, servers } as unknown as KubernetesContext, ['one']);
}

describe('what a cluster holds of a server', () => {
  test('is its parts, each once, whatever goes with them', async () => {
    const found = await tell({
      StatefulSet: ['shop-0a1b2c3d'],
      Service: ['shop-0a1b2c3d-svc'],
      NetworkPolicy: ['shop-0a1b2c3d'],
      PersistentVolumeClaim: ['shop-0a1b2c3d-pvc'],
      // As the API server lists them.
      Secret: ['shop-0a1b2c3d-secret', 'shop-0a1b2c3d-tls', 'shop-app'],
      ConfigMap: ['shop-0a1b2c3d-config'],
    });
    expect(found.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'configuration shop-0a1b2c3d-config',
      'secret shop-0a1b2c3d-secret',
      'server shop-0a1b2c3d',
      'volume shop-0a1b2c3d-pvc',
    ]);
    expect(found.filter(({ isRemnant }) => isRemnant)).toEqual([]);
  });

  test('is a remnant of a server where only what it is reached by is left', async () => {
    expect(await tell({ Service: ['shop-0a1b2c3d-svc'], NetworkPolicy: ['shop-0a1b2c3d'] })).toEqual([
      { kind: 'server', namespace: 'one', name: 'shop-0a1b2c3d', ownerId: spec.instanceId, isRemnant: true },
    ]);
  });

  test.each([['shop-0a1b2c3d-tls'], ['shop-app']])('is a remnant of a secret where only %s is left', async (name) => {
    expect(await tell({ Secret: [name] })).toEqual([
      { kind: 'secret', namespace: 'one', name: 'shop-0a1b2c3d-secret', ownerId: spec.instanceId, isRemnant: true },
    ]);
    const [whole] = await tell({ Secret: [name, 'shop-0a1b2c3d-secret'] });
    expect(whole).not.toHaveProperty('isRemnant');
  });
});
