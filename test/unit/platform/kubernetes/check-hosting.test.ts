import { describe, expect, test } from 'vitest';
import type { Hosting } from '../../../../schema/rules/hosting-rules.ts';
import type { HostingChoices } from '../../../../src/config/placement-variables.ts';
import type { ClusterClass, ClusterClassKind, KubernetesApi } from '../../../../src/platform/kubernetes/cluster/api.ts';
import { createHostingChecks } from '../../../../src/platform/kubernetes/servers/check-hosting.ts';
import { kubernetesSettings } from '../../../support/kubernetes-templates.ts';

type Classes = Readonly<Record<ClusterClassKind, readonly ClusterClass[] | null>>;

const plain = (...names: string[]) => names.map((name) => ({ name, isDefault: false }));
const CLUSTER: Classes = {
  StorageClass: [{ name: 'usual', isDefault: true }, ...plain('fast')],
  PriorityClass: plain('databases', 'system-node-critical'),
};

/** Checks where an installation lets inputs choose, and what of the cluster was looked at. */
function checksOf(choices: Partial<HostingChoices> = {}, classes: Classes = CLUSTER) {
  const looked: ClusterClassKind[] = [];
  const api = {
    listClasses: async (kind: ClusterClassKind) => {
      looked.push(kind);
      return classes[kind];
    },
  } as Partial<KubernetesApi> as KubernetesApi;
  const usual = kubernetesSettings();
  const { checkHosting } = createHostingChecks(api, {
    ...usual,
    placement: { ...usual.placement, nodeSelector: { pool: 'databases' }, priorityClass: 'databases' },
    choices: { ...usual.choices, ...choices },
  });
  return {
    looked,
    check: (hosting: Hosting, storageClass: string | null = null) => checkHosting(hosting, storageClass),
  };
}

const refused = (field: string, rule: string, ...words: string[]) => ({
  code: 'INVALID_INPUT',
  details: { field, rule },
  message: expect.stringMatching(new RegExp(words.join('.*'))),
});

describe('what an instance may ask of a cluster', () => {
  test('costs no look at the cluster where it names no class of it', async () => {
    const { check, looked } = checksOf();
    await check({ resources: { memoryLimitMib: 1_000_000 }, nodeSelector: { disk: 'fast', pool: 'databases' } });
    expect(looked).toEqual([]);
  });

  test('is a class of storage that the cluster has, and of those that the installation names', async () => {
    await checksOf().check({}, 'fast');
    await expect(checksOf().check({}, 'none')).rejects.toMatchObject(
      refused('storageClass', 'offered', 'no StorageClass none', 'fast, usual \\(the default\\)'),
    );
    const { check, looked } = checksOf({ storageClasses: ['fast'] });
    await expect(check({}, 'usual')).rejects.toMatchObject(refused('storageClass', 'offered', 'It has: fast\\.'));
    expect(looked).toEqual([]);
  });

  test('is a class of priority that the installation names, or its own, and that the cluster has', async () => {
    await checksOf().check({ priorityClass: 'databases' });
    await expect(checksOf().check({ priorityClass: 'system-node-critical' })).rejects.toMatchObject(
      refused('priorityClass', 'offered', 'It has: databases\\.'),
    );
    await expect(checksOf({ priorityClasses: ['gone'] }).check({ priorityClass: 'gone' })).rejects.toMatchObject(
      refused('priorityClass', 'offered', 'This cluster has no PriorityClass gone'),
    );
  });

  test('passes where the cluster may not be looked at', async () => {
    const { check, looked } = checksOf({}, { StorageClass: null, PriorityClass: null });
    await check({ priorityClass: 'databases' }, 'whatever');
    expect(looked).toEqual(['PriorityClass', 'StorageClass']);
  });

  test('is no more than the installation gives, counting what goes with what was asked for', async () => {
    const { check } = checksOf({ resourcesMax: { cpuMillicores: 4000, memoryMib: 2048 } });
    await check({ resources: { cpuLimitMillicores: 4000, memoryLimitMib: 2048 } });
    await expect(check({ resources: { memoryLimitMib: 2049 } })).rejects.toMatchObject(
      refused('resources', 'installationLimit', 'memory would be 2049 MiB', '2048 at most'),
    );
    await expect(check({ resources: { cpuRequestMillicores: 4001 } })).rejects.toMatchObject(
      refused('resources', 'installationLimit', 'cpu would be 4001 millicores'),
    );
  });

  test('is at most what every server has where that is above the most', async () => {
    const { check } = checksOf({ resourcesMax: { cpuMillicores: 1000, memoryMib: 512 } });
    await check({ resources: { memoryLimitMib: 512 } });
    await expect(check({ resources: { cpuLimitMillicores: 2001 } })).rejects.toMatchObject(
      refused('resources', 'installationLimit', '2001 millicores'),
    );
  });

  test('never leads off the nodes that the installation keeps its servers on', async () => {
    await expect(checksOf().check({ nodeSelector: { pool: 'mine' } })).rejects.toMatchObject(
      refused('nodeSelector', 'installationLimit', 'pool=databases'),
    );
  });

  test('are tolerations of those that the installation names, in full or as far as it says', async () => {
    const { check } = checksOf({
      tolerations: [
        { key: 'dedicated', value: 'databases', effect: 'NoSchedule' },
        { key: 'spot', value: null, effect: null },
      ],
    });
    await check({
      tolerations: [
        { key: 'dedicated', value: 'databases', effect: 'NO_SCHEDULE' },
        { key: 'spot', effect: 'NO_EXECUTE' },
      ],
    });
    for (const toleration of [
      { key: 'dedicated', value: 'databases' },
      { key: 'dedicated', effect: 'NO_SCHEDULE' },
      { key: 'node-role.kubernetes.io/control-plane' },
    ] as const) {
      await expect(check({ tolerations: [toleration] })).rejects.toMatchObject(
        refused('tolerations', 'offered', toleration.key, 'dedicated, spot'),
      );
    }
    await expect(checksOf().check({ tolerations: [{ key: 'spot' }] })).rejects.toMatchObject(
      refused('tolerations', 'offered', 'It has: none'),
    );
  });
});
