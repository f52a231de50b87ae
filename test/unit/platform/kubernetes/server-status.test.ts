import { describe, expect, test } from 'vitest';
import type { Events } from '../../../../src/platform/kubernetes/causes.ts';
import type { Kind, KubeObject } from '../../../../src/platform/kubernetes/cluster/objects.ts';
import type { KubernetesContext } from '../../../../src/platform/kubernetes/context.ts';
import { serverPodLabels } from '../../../../src/platform/kubernetes/labels.ts';
import { readServerStatus } from '../../../../src/platform/kubernetes/servers/server-status.ts';
import { kubernetesSettings } from '../../../support/kubernetes-templates.ts';
import { serverSpec } from '../../../support/platform-specs.ts';

const spec = serverSpec({ exposure: 'PUBLIC', dnsLabel: 'shop' });
const LABEL = { 'service.beta.kubernetes.io/azure-dns-label-name': 'shop' };

/** A server that is ready, behind a load balancer that the cloud has given these addresses. */
function contextOf(ingress: readonly object[], dnsSuffix: string | null = null): KubernetesContext {
  const meta = (name: string, change: object = {}) => ({ metadata: { name, namespace: spec.namespace, ...change } });
  const conditions = [{ type: 'Ready', status: 'True' }];
  const objects: Partial<Record<Kind, KubeObject & Record<string, unknown>>> = {
    StatefulSet: { ...meta(spec.resourceName), spec: { replicas: 1 } },
    Service: {
      ...meta(`${spec.resourceName}-svc`, { annotations: LABEL }),
      spec: { type: 'LoadBalancer', clusterIP: '10.96.0.9' },
      status: { loadBalancer: { ingress } },
    },
    Pod: { ...meta(`${spec.resourceName}-0`, { labels: serverPodLabels(spec) }), spec: {}, status: { conditions } },
  };
  const of = (kind: Kind) => ({
    read: async () => {
      const object = objects[kind];
      return new Map(object === undefined ? [] : [[object.metadata.name, object]]);
    },
  });
  return {
    known: { of },
    settings: { ...kubernetesSettings(), dnsSuffix },
    reached: new Map(),
  } as unknown as KubernetesContext;
}

const eventsOf = (text: string | null): Events => ({
  read: async (kind) => (kind === 'Service' && text !== null ? { text, hopeless: false } : null),
});

describe('a PUBLIC server that takes connections', () => {
  test('is READY without an endpoint while the cloud has given no address, and says what that waits for', async () => {
    expect(await readServerStatus(contextOf([]), eventsOf(null), spec)).toEqual({
      phase: 'READY',
      endpoint: null,
      insideAddress: { host: '10.96.0.9', port: 5432 },
      askedBy: null,
      detail: 'the load balancer has no address yet',
    });
    const refusal = 'SyncLoadBalancerFailed: PublicIPCountLimitReached: Cannot create more than 20 public IP addresses';
    const { endpoint, detail } = await readServerStatus(contextOf([]), eventsOf(refusal), spec);
    expect([endpoint, detail]).toEqual([null, expect.stringContaining('PublicIPCountLimitReached')]);
  });

  test('is reached by its address where nothing gives names', async () => {
    const { endpoint, detail } = await readServerStatus(contextOf([{ ip: '203.0.113.7' }]), eventsOf(null), spec);
    expect([endpoint, detail]).toEqual([{ host: '203.0.113.7', port: 5432, dnsName: null }, null]);
  });

  test('is reached by its DNS label where the cloud gives names for labels', async () => {
    const context = contextOf([{ ip: '203.0.113.7' }], 'westeurope.cloudapp.azure.com');
    const host = 'shop.westeurope.cloudapp.azure.com';
    expect((await readServerStatus(context, eventsOf(null), spec)).endpoint).toEqual({
      host,
      port: 5432,
      dnsName: host,
    });
  });

  test('is reached by the name that a cloud gives in the place of an address', async () => {
    const { endpoint } = await readServerStatus(contextOf([{ hostname: 'x.elb.example' }]), eventsOf(null), spec);
    expect(endpoint).toEqual({ host: 'x.elb.example', port: 5432, dnsName: 'x.elb.example' });
  });
});
