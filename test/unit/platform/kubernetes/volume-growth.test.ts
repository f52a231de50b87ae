import { describe, expect, test } from 'vitest';
import type { Condition, PersistentVolumeClaim } from '../../../../src/platform/kubernetes/cluster/objects.ts';
import { parseQuantity } from '../../../../src/platform/kubernetes/cluster/quantity.ts';
import { readVolumeGrowth } from '../../../../src/platform/kubernetes/servers/volume-growth.ts';

function claim(asked: string, has: string, conditions: readonly Condition[] = [], verdict?: string) {
  const allocatedResourceStatuses = verdict === undefined ? {} : { storage: verdict };
  return {
    metadata: { name: 'orders-pvc' },
    spec: { resources: { requests: { storage: asked } } },
    status: { phase: 'Bound', capacity: { storage: has }, conditions, allocatedResourceStatuses },
  } satisfies PersistentVolumeClaim;
}
const is = (type: string, message = ''): Condition => ({ type, status: 'True', message });

describe('how far a claim has grown', () => {
  test('it has when its capacity says so, in whatever unit', () => {
    for (const has of ['20Gi', '21474836480', '30G', '1Ti', '2.2e10']) {
      expect(readVolumeGrowth(claim('20Gi', has), 20, true)).toEqual({ state: 'GROWN', detail: null });
    }
    expect(readVolumeGrowth(claim('20Gi', '20G'), 20, true).state).toBe('GROWING');
  });

  test.each([
    ['nobody has taken it up', [], /waiting/],
    ['the disk grows', [is('Resizing')], /disk/],
    ['the file system grows', [is('FileSystemResizePending')], /file system/],
    [
      'the storage system failed and tries again',
      [is('ControllerResizeError', 'disk is attached')],
      /disk is attached/,
    ],
    ['the node failed and tries again', [is('NodeResizeError', 'resize2fs failed')], /resize2fs failed/],
  ] as const)('it is growing while %s', (_, conditions, words) => {
    const growth = readVolumeGrowth(claim('20Gi', '10Gi', conditions), 20, true);
    expect(growth).toEqual({ state: 'GROWING', detail: expect.stringMatching(words) });
  });

  test('a condition that is over says nothing', () => {
    const over: Condition = { type: 'Resizing', status: 'False' };
    expect(readVolumeGrowth(claim('20Gi', '10Gi', [over]), 20, true).detail).toMatch(/waiting/);
  });

  test.each(['ControllerResizeInfeasible', 'NodeResizeInfeasible'])(
    '%s is the last word, with its reason',
    (verdict) => {
      const conditions = [is('ControllerResizeError', 'the largest disk is 32 TiB')];
      expect(readVolumeGrowth(claim('20Gi', '10Gi', conditions, verdict), 20, true)).toEqual({
        state: 'FAILED',
        detail: expect.stringMatching(new RegExp(`${verdict}.*the largest disk is 32 TiB`)),
      });
      expect(readVolumeGrowth(claim('20Gi', '10Gi', [], verdict), 20, true).state).toBe('FAILED');
    },
  );

  test('a file system grows only while a pod has it mounted: a stopped server has to be started', () => {
    const pending = claim('20Gi', '10Gi', [is('FileSystemResizePending')]);
    expect(readVolumeGrowth(pending, 20, false)).toEqual({
      state: 'FAILED',
      detail: expect.stringContaining('Start the instance'),
    });
  });

  test('a request that somebody took back is not waited for', () => {
    expect(readVolumeGrowth(claim('10Gi', '10Gi'), 20, true).state).toBe('FAILED');
  });

  test('a claim of which nothing is known is not taken for a large one', () => {
    const bare: PersistentVolumeClaim = { metadata: { name: 'x' }, spec: {} };
    expect(readVolumeGrowth(bare, 1, true).state).toBe('FAILED');
  });
});

describe('a quantity', () => {
  test.each([
    ['10Gi', 10 * 2 ** 30],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['500M', 500e6],
    ['1e3', 1000],
    ['12E2', 1200],
    ['2E', 2e18],
    ['7', 7],
    ['100m', 0.1],
    ['.5k', 500],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseQuantity(text)).toBeCloseTo(bytes, 6);
  });

  test.each(['', ' ', 'Gi', '10gi', '-1Gi', '1e', 'NaN', '0x10', '1 Gi', '10GiB', undefined])('%j is none', (text) => {
    expect(parseQuantity(text)).toBeNull();
  });
});
