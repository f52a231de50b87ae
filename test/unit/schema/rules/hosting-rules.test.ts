import { describe, expect, test } from 'vitest';
import { applyHostingChange, buildHostingChange, checkHostingForm } from '../../../../schema/rules/hosting-rules.ts';

const refusedBy = (form: Parameters<typeof checkHostingForm>[0]) => {
  try {
    checkHostingForm(form);
    return null;
  } catch (error) {
    const { details } = error as { readonly details: { readonly field: string; readonly rule: string } };
    return `${details.field} ${details.rule}`;
  }
};

describe('the form of how a server is hosted', () => {
  test('has whole numbers in their units, requests at most as high as limits', () => {
    expect(refusedBy({ resources: { cpuRequestMillicores: 250, cpuLimitMillicores: 250 } })).toBeNull();
    expect(refusedBy({ resources: { memoryRequestMib: 1, memoryLimitMib: 128 } })).toBeNull();
    for (const resources of [
      { memoryLimitMib: 127 },
      { memoryLimitMib: 1.5 },
      { memoryRequestMib: 0 },
      { cpuLimitMillicores: 9 },
      { cpuLimitMillicores: 2_000_000 },
      { cpuRequestMillicores: -1 },
    ]) {
      expect(refusedBy({ resources })).toBe('resources range');
    }
    expect(refusedBy({ resources: { cpuRequestMillicores: 2, cpuLimitMillicores: 10 } })).toBeNull();
    expect(refusedBy({ resources: { cpuRequestMillicores: 11, cpuLimitMillicores: 10 } })).toBe(
      'resources requestAboveLimit',
    );
    expect(refusedBy({ resources: { memoryRequestMib: 129, memoryLimitMib: 128 } })).toBe(
      'resources requestAboveLimit',
    );
  });

  test('has labels, taints and classes as Kubernetes writes them', () => {
    expect(refusedBy({ nodeSelector: [{ key: 'topology.kubernetes.io/zone', value: 'eu-1' }] })).toBeNull();
    expect(refusedBy({ nodeSelector: [{ key: 'a b', value: '' }] })).toBe('nodeSelector labelKey');
    expect(refusedBy({ nodeSelector: [{ key: 'a', value: '$(x)' }] })).toBe('nodeSelector labelValue');
    const twice = { key: 'a', value: 'b' };
    expect(refusedBy({ nodeSelector: [twice, twice] })).toBe('nodeSelector uniqueKeys');
    expect(refusedBy({ tolerations: [{ key: 'spot' }, { key: 'spot', effect: 'NO_EXECUTE' }] })).toBeNull();
    expect(refusedBy({ tolerations: [{ key: 'spot' }, { key: 'spot', value: null }] })).toBe('tolerations unique');
    expect(refusedBy({ tolerations: [{ key: '' }] })).toBe('tolerations labelKey');
    expect(refusedBy({ tolerations: Array.from({ length: 33 }, (_, index) => ({ key: `k${index}` })) })).toBe(
      'tolerations maxCount',
    );
    expect(refusedBy({ priorityClass: 'Urgent' })).toBe('priorityClass pattern');
    expect(refusedBy({ priorityClass: '../x' })).toBe('priorityClass pattern');
  });
});

describe('a change of how a server is hosted', () => {
  test('says nothing where its input says nothing', () => {
    expect(buildHostingChange({})).toBeUndefined();
    expect(buildHostingChange({ resources: undefined })).toBeUndefined();
  });

  test('replaces the fields that are named, and takes back those that are null or empty', () => {
    const present = { resources: { memoryLimitMib: 512 }, nodeSelector: { disk: 'fast' }, priorityClass: 'urgent' };
    const change = buildHostingChange({
      resources: { cpuLimitMillicores: 500, memoryLimitMib: null },
      nodeSelector: [],
      tolerations: [{ key: 'spot', value: null }],
    });
    expect(applyHostingChange(present, change ?? {})).toEqual({
      resources: { cpuLimitMillicores: 500 },
      tolerations: [{ key: 'spot' }],
      priorityClass: 'urgent',
    });
    expect(applyHostingChange(present, buildHostingChange({ resources: {}, priorityClass: null }) ?? {})).toEqual({
      nodeSelector: { disk: 'fast' },
    });
  });
});
