import { describe, expect, test } from 'vitest';
import { createEvents, readPodCause } from '../../../../src/platform/kubernetes/causes.ts';
import type { ContainerState, KubeEvent, Pod } from '../../../../src/platform/kubernetes/cluster/objects.ts';

const MADE = '2026-01-01T00:00:00Z';

function pod(state: ContainerState | null, status: Pod['status'] = {}): Pod {
  const containerStatuses = state === null ? [] : [{ name: 'job', ready: false, restartCount: 0, state }];
  return {
    metadata: { name: 'p', namespace: 'n', creationTimestamp: MADE },
    spec: {},
    status: { containerStatuses, ...status },
  };
}

describe('the cause that a pod tells itself', () => {
  const waiting = (reason: string, message: string) => pod({ waiting: { reason, message } });

  test.each([
    [
      'ImagePullBackOff',
      waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
      /cannot be pulled \(ImagePullBackOff\): Back-off/,
    ],
    ['ErrImagePull', waiting('ErrImagePull', 'no such host'), /cannot be pulled .*no such host/],
    [
      'ErrImageNeverPull',
      waiting('ErrImageNeverPull', 'Container image "postgres:17" is not present'),
      /cannot be pulled .*"postgres:17" is not present\. Its name says no registry.*set TOYGRES_POSTGRES_IMAGE/,
    ],
    [
      'InvalidImageName',
      waiting('InvalidImageName', 'couldn\'t parse image "::"'),
      /cannot be pulled .*couldn't parse/,
    ],
    [
      'CreateContainerConfigError',
      waiting('CreateContainerConfigError', 'secret "s" not found'),
      /cannot be started .*secret "s" not found/,
    ],
  ])('%s is named, and waiting does not cure it', (_, of, words) => {
    expect(readPodCause(of)).toEqual({ text: expect.stringMatching(words), hopeless: true });
  });

  test('no place is named with the words of the scheduler, and may pass', () => {
    const message = '0/3 nodes are available: 3 Insufficient memory.';
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    expect(readPodCause(pod(null, { conditions }))).toEqual({
      text: expect.stringContaining(message),
      hopeless: false,
    });
  });

  test('memory that ran out is named, now and in the run before', () => {
    const terminated = { exitCode: 137, reason: 'OOMKilled' };
    expect(readPodCause(pod({ terminated }))?.text).toContain('OOMKilled');
    const [status] = pod({ waiting: { reason: 'CrashLoopBackOff' } }).status?.containerStatuses ?? [];
    const again = pod(null, { containerStatuses: status ? [{ ...status, lastState: { terminated } }] : [] });
    expect(readPodCause(again)?.text).toContain('OOMKilled');
  });

  test('an eviction is named with its message', () => {
    const evicted = pod(null, { reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' });
    expect(readPodCause(evicted)).toEqual({ text: expect.stringContaining('ephemeral-storage'), hopeless: false });
  });

  test('a pod that is only being made, or runs, has none', () => {
    expect(readPodCause(pod({ waiting: { reason: 'ContainerCreating' } }))).toBeNull();
    expect(readPodCause(pod({ running: {} }))).toBeNull();
    expect(readPodCause(pod(null))).toBeNull();
  });

  test('a message of any length becomes one line that can be read', () => {
    const cause = readPodCause(waiting('ErrImagePull', `first\nsecond${'x'.repeat(5_000)}`));
    expect(cause?.text).toContain('first second');
    expect(cause?.text.length).toBeLessThan(800);
  });
});

describe('the cause that events tell', () => {
  const event = (reason: string, message: string, change: Partial<KubeEvent> = {}): KubeEvent => ({
    metadata: { name: `e-${reason}` },
    involvedObject: { kind: 'Pod', name: 'p' },
    reason,
    message,
    lastTimestamp: '2026-01-01T00:00:10Z',
    ...change,
  });

  function eventsOf(items: readonly KubeEvent[] | Error) {
    let calls = 0;
    const list = async () => {
      calls += 1;
      if (items instanceof Error) throw items;
      return { items, resourceVersion: '1' };
    };
    return { events: createEvents({ list: list as never }), calls: () => calls };
  }

  test('is the last telling one of this object since it was made', async () => {
    const { events } = eventsOf([
      event('FailedMount', 'later', { lastTimestamp: '2026-01-01T00:00:20Z' }),
      event('FailedMount', 'MountVolume.SetUp failed: secret "s" not found'),
      event('FailedMount', 'of the one before', { lastTimestamp: '2025-12-31T00:00:00Z' }),
      event('BackOff', 'tells nothing', { lastTimestamp: '2026-01-01T00:00:30Z' }),
      event('FailedMount', 'another pod', {
        involvedObject: { kind: 'Pod', name: 'q' },
        lastTimestamp: '2026-01-02T00:00:00Z',
      }),
      event('FailedMount', 'another kind', {
        involvedObject: { kind: 'Job', name: 'p' },
        lastTimestamp: '2026-01-02T00:00:00Z',
      }),
    ]);
    expect(await events.read('Pod', pod(null))).toEqual({ text: 'FailedMount: later', hopeless: false });
  });

  test.each([
    [
      'a quota',
      'pods "p" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0',
      /quota of the namespace.*limited: pods=0/,
    ],
    [
      'the Pod Security level',
      'pods "p" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      /Pod Security level.*runAsNonRoot/,
    ],
    [
      'a webhook',
      'admission webhook "policy.example" denied the request: no such label',
      /policy\.example refuses it: no such label/,
    ],
    [
      'a LimitRange',
      'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
      /LimitRange.*maximum cpu/,
    ],
  ])('%s that refuses the pod is named, and waiting does not cure it', async (_, message, words) => {
    const { events } = eventsOf([event('FailedCreate', message, { involvedObject: { kind: 'Job', name: 'j' } })]);
    const job = { metadata: { name: 'j', namespace: 'n', creationTimestamp: MADE } };
    expect(await events.read('Job', job)).toEqual({ text: expect.stringMatching(words), hopeless: true });
  });

  test('costs one call a namespace, however many pods wait', async () => {
    const { events, calls } = eventsOf([event('FailedMount', 'm')]);
    const names = Array.from({ length: 50 }, (_, index) => `p${index}`);
    const all = names.map((name) =>
      events.read('Pod', { metadata: { name, namespace: 'n', creationTimestamp: MADE } }),
    );
    await Promise.all(all);
    expect(calls()).toBe(1);
    await events.read('Pod', { metadata: { name: 'p', namespace: 'other' } });
    expect(calls()).toBe(2);
  });

  test('is none when events cannot be read: that is no reason to fail', async () => {
    expect(await eventsOf(new Error('forbidden')).events.read('Pod', pod(null))).toBeNull();
  });
});
