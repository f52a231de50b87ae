import { describe, expect, test } from 'vitest';
import { readHostingOptions } from '../../../src/cli/commands/instances/hosting.ts';

describe('how a server is hosted, on a command line', () => {
  test('is said as people of Kubernetes write it', () => {
    expect(readHostingOptions({})).toEqual({});
    expect(
      readHostingOptions({
        cpu: '250m/1.5',
        memory: '/4Gi',
        nodeLabel: ['disk=fast'],
        toleration: ['spot', 'dedicated=databases:NoSchedule', 'old:PreferNoSchedule'],
        priorityClass: 'urgent',
      }),
    ).toEqual({
      resources: { cpuRequestMillicores: 250, cpuLimitMillicores: 1500, memoryLimitMib: 4096 },
      nodeSelector: [{ key: 'disk', value: 'fast' }],
      tolerations: [
        { key: 'spot' },
        { key: 'dedicated', value: 'databases', effect: 'NO_SCHEDULE' },
        { key: 'old', effect: 'PREFER_NO_SCHEDULE' },
      ],
      priorityClass: 'urgent',
    });
    expect(readHostingOptions({ priorityClass: false })).toEqual({ priorityClass: null });
  });

  test('is refused in another form', () => {
    for (const cpu of ['2', '/', 'a/b', '1/2/3', '1/-2']) expect(() => readHostingOptions({ cpu })).toThrow('500m/2');
    for (const memory of ['1G/2G', '1024/2048']) expect(() => readHostingOptions({ memory })).toThrow('512Mi/4Gi');
    for (const taint of ['', '=x', 'a=b:c:d']) expect(() => readHostingOptions({ toleration: [taint] })).toThrow();
    expect(() => readHostingOptions({ nodeLabel: ['x'] })).toThrow('label');
  });
});
