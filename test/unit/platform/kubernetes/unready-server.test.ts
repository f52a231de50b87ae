import { describe, expect, test } from 'vitest';
import type { Events } from '../../../../src/platform/kubernetes/causes.ts';
import type { ContainerStatus, Pod } from '../../../../src/platform/kubernetes/cluster/objects.ts';
import type { KubernetesContext } from '../../../../src/platform/kubernetes/context.ts';
import { describeUnready } from '../../../../src/platform/kubernetes/servers/unready-server.ts';
import { kubernetesSettings } from '../../../support/kubernetes-templates.ts';
import { serverSpec } from '../../../support/platform-specs.ts';

const spec = serverSpec();
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

/** The API server has this log of every container, and no volume that waits. */
function contextOf(log: string): KubernetesContext {
  const read = async () => new Map();
  async function* lines() {
    yield Buffer.from(log);
  }
  return {
    known: { of: () => ({ read }) },
    settings: kubernetesSettings(),
    api: { server: 'test', stream: async () => lines() },
  } as unknown as KubernetesContext;
}

const asked: unknown[] = [];
const eventsOf = (text: string | null): Events => ({
  read: async (kind, _object, since) => {
    asked.push([kind, since]);
    return text === null ? null : { text, hopeless: false };
  },
});

function podOf(container: Partial<ContainerStatus>, conditions: NonNullable<Pod['status']>['conditions'] = []): Pod {
  const status = { name: 'postgres', ready: false, restartCount: 0, ...container };
  return {
    metadata: { name: `${spec.resourceName}-0`, namespace: spec.namespace, creationTimestamp: ago(900) },
    spec: {},
    status: { containerStatuses: [status], conditions },
  };
}

describe('a server whose pod is not ready', () => {
  test('has just been started only as long as that is true', async () => {
    const young = podOf({ state: { running: { startedAt: ago(5) } } });
    expect(await describeUnready(contextOf(''), eventsOf(null), spec, young)).toEqual({
      phase: 'STARTING',
      detail: 'the server has just been started',
    });
    const log = '2026-01-01T00:00:00.0Z 2026-01-01 00:00:00.000 UTC [7] LOG:  redo in progress, elapsed time: 80 s\n';
    const old = podOf({ state: { running: { startedAt: ago(90) } } });
    const { phase, detail } = await describeUnready(contextOf(log), eventsOf(null), spec, old);
    expect([phase, detail]).toEqual([
      'STARTING',
      expect.stringMatching(/has run for 9\d s and takes no connections yet; it said last: .*redo in progress/),
    ]);
  });

  test('that was up before is told to hang, since when, whatever was once said of it', async () => {
    const since = ago(60);
    const hung = podOf({ started: true, state: { running: { startedAt: ago(600) } } }, [
      { type: 'Ready', status: 'False', lastTransitionTime: since },
    ]);
    const { phase, detail } = await describeUnready(contextOf(''), eventsOf('FailedMount: long ago'), spec, hung);
    expect(phase).toBe('STARTING');
    expect(detail).toContain(`was up and does not answer since ${since}`);
    expect(detail).not.toContain('long ago');
  });

  test('is asked about from the time when its pod came so far', async () => {
    asked.length = 0;
    const placed = ago(30);
    const waiting = podOf({ state: { waiting: { reason: 'ContainerCreating' } } }, [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: placed },
    ]);
    const { detail } = await describeUnready(
      contextOf(''),
      eventsOf('FailedMount: configmap not found'),
      spec,
      waiting,
    );
    expect(detail).toBe('FailedMount: configmap not found');
    expect(asked).toEqual([['Pod', placed]]);
  });

  test('that ends again and again has failed with its last error', async () => {
    const log =
      '2026-01-01T00:00:00.0Z 2026-01-01 00:00:00.000 UTC [1] FATAL:  could not map anonymous shared memory\n';
    const looping = podOf({
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    });
    const { phase, detail } = await describeUnready(contextOf(log), eventsOf(null), spec, looping);
    expect([phase, detail]).toEqual(['FAILED', expect.stringContaining('could not map anonymous shared memory')]);
  });
});
