import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Kind, KubeObject } from '../../../../src/platform/kubernetes/cluster/objects.ts';
import type { KubernetesContext } from '../../../../src/platform/kubernetes/context.ts';
import { serverPodLabels } from '../../../../src/platform/kubernetes/labels.ts';
import { createServerEnds } from '../../../../src/platform/kubernetes/servers/end-server.ts';
import { serverSpec } from '../../../support/platform-specs.ts';

const spec = serverSpec();
const ASKED = '2026-11-29T10:00:00Z';

/** A cluster that has these objects for ever; answers with what was applied, too. */
function clusterOf(objects: Partial<Record<Kind, KubeObject>>, set: KubeObject | null) {
  const applied: unknown[] = [];
  const context = {
    api: {
      patch: async () => set,
      remove: async () => true,
      read: async (kind: Kind) => objects[kind] ?? null,
      apply: async (manifest: { body: unknown }) => {
        applied.push(manifest.body);
        return manifest.body;
      },
    },
    known: {
      of: (kind: Kind) => ({
        read: async () => new Map(objects[kind] === undefined ? [] : [[objects[kind].metadata.name, objects[kind]]]),
        put: () => undefined,
      }),
      onChange: () => () => undefined,
    },
  } as unknown as KubernetesContext;
  return { ends: createServerEnds(context), applied };
}

const pod = (change: object = {}) => ({
  metadata: { name: `${spec.resourceName}-0`, namespace: spec.namespace, labels: serverPodLabels(spec), ...change },
  spec: { nodeName: 'node7' },
});

/** What the work fails with, once all of its patience is over. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const failed = work.then(
    () => 'nothing',
    (error: Error) => error.message,
  );
  await vi.advanceTimersByTimeAsync(400_000);
  return failed;
}

describe('what does not end', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is named, with its node, since when it should have, and what holds it', async () => {
    const going = pod({ deletionTimestamp: ASKED, finalizers: ['example.com/backup'] });
    const { ends } = clusterOf({ Pod: going }, { metadata: { name: spec.resourceName } });
    expect(await failureOf(ends.scaleDown(spec))).toBe(
      `Server ${spec.resourceName} is still shutting down: its pod ${spec.resourceName}-0 on node7 is still there (asked to ` +
        `end at ${ASKED}, held by example.com/backup). Where that node is gone for good, delete the pod by force.`,
    );
    const volume = {
      metadata: { name: 'x-pvc', deletionTimestamp: ASKED, finalizers: ['kubernetes.io/pvc-protection'] },
    };
    const { ends: others } = clusterOf({ PersistentVolumeClaim: volume }, null);
    expect(await failureOf(others.removeAndWait('PersistentVolumeClaim', spec, 'x-pvc'))).toBe(
      `PersistentVolumeClaim x-pvc is still being removed (asked to end at ${ASKED}, held by kubernetes.io/pvc-protection).`,
    );
  });

  test('is given a controller where somebody has taken its own, with nothing that a cluster gives pods by itself', async () => {
    const labels = { ...serverPodLabels(spec), 'controller-revision-hash': 'a', 'apps.kubernetes.io/pod-index': '0' };
    const { ends, applied } = clusterOf({ Pod: pod({ labels }) }, null);
    expect(await failureOf(ends.scaleDown(spec))).toContain('is still there');
    expect(applied).toMatchObject([
      { metadata: { name: spec.resourceName, labels: serverPodLabels(spec) }, spec: { replicas: 0 } },
    ]);
    expect(JSON.stringify(applied)).not.toMatch(/revision-hash|pod-index/);
  });

  test('is not asked to where its volume would go with it', async () => {
    const volume = { metadata: { name: `${spec.resourceName}-pvc`, deletionTimestamp: ASKED } };
    const { ends, applied } = clusterOf({ Pod: pod(), PersistentVolumeClaim: volume }, null);
    await expect(ends.scaleDown(spec)).rejects.toThrow('Take an image now');
    expect(applied).toEqual([]);
    expect(await failureOf(ends.scaleDown(spec, { forGood: true }))).toContain('is still there');
    expect(applied).toHaveLength(1);
  });
});
