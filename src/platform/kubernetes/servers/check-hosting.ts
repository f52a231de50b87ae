import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import { invalidInput } from '../../../../schema/errors.ts';
import type { Hosting } from '../../../../schema/rules/hosting-rules.ts';
import { covers } from '../../../config/placement.ts';
import type { ClusterClass, ClusterClassKind, KubernetesApi } from '../cluster/api.ts';
import { parseQuantity } from '../cluster/quantity.ts';
import type { KubernetesSettings, Resources } from '../settings.ts';
import { serverResourcesOf, tolerationOf } from './server-hosting.ts';

type Settings = Pick<KubernetesSettings, 'serverResources' | 'placement' | 'choices'>;

const MIB = 2 ** 20;

const millicoresOf = ({ cpu }: Resources) => Math.round((parseQuantity(cpu.limit) ?? 0) * 1000);
const mibOf = ({ memory }: Resources) => Math.ceil((parseQuantity(memory.limit) ?? 0) / MIB);

/** What every server has without asking is no more than it may have, whatever the most is. */
function checkResources(settings: Settings, { resources }: Hosting): void {
  const { resourcesMax } = settings.choices;
  if (resources === undefined || resourcesMax === null) return;
  const [asked, usual] = [serverResourcesOf(settings, resources), settings.serverResources];
  for (const { what, unit, read, max } of [
    { what: 'cpu', unit: 'millicores', read: millicoresOf, max: resourcesMax.cpuMillicores },
    { what: 'memory', unit: 'MiB', read: mibOf, max: resourcesMax.memoryMib },
  ]) {
    if (max === null || read(asked) <= Math.max(max, read(usual))) continue;
    throw invalidInput(
      'resources',
      'installationLimit',
      `The limit of ${what} would be ${read(asked)} ${unit}, and this installation gives an instance ${max} at most: ask for less.`,
    );
  }
}

function checkNodeSelector({ placement }: Settings, { nodeSelector = {} }: Hosting): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const usual = placement.nodeSelector[key];
    if (usual === undefined || usual === value) continue;
    throw invalidInput(
      'nodeSelector',
      'installationLimit',
      `This installation puts every server on nodes with ${key}=${usual}: leave ${key} out.`,
    );
  }
}

function checkTolerations({ choices, placement }: Settings, { tolerations = [] }: Hosting): void {
  const allowed = [...choices.tolerations, ...placement.tolerations];
  for (const toleration of tolerations.map(tolerationOf)) {
    if (allowed.some((one) => covers(one, toleration))) continue;
    const keys = [...new Set(choices.tolerations.map(({ key }) => key))].join(', ') || 'none';
    throw invalidInput(
      'tolerations',
      'offered',
      `This installation does not let an instance tolerate ${toleration.key} so. It has: ${keys}.`,
    );
  }
}

/** What the cluster has; null where that may not be looked up. The default one is marked. */
async function readClasses(api: KubernetesApi, kind: ClusterClassKind): Promise<readonly ClusterClass[] | null> {
  const classes = await api.listClasses(kind);
  return classes === null ? null : [...classes].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function checkClass(
  api: KubernetesApi,
  field: 'storageClass' | 'priorityClass',
  kind: ClusterClassKind,
  name: string,
  allowed: readonly string[] | null,
): Promise<void> {
  if (allowed !== null && !allowed.includes(name)) {
    throw invalidInput(
      field,
      'offered',
      `This installation does not let an instance have the ${kind} ${name}. It has: ${allowed.join(', ') || 'none'}.`,
    );
  }
  const found = await readClasses(api, kind);
  if (found === null || found.some((one) => one.name === name)) return;
  const offered = found.filter((one) => allowed === null || allowed.includes(one.name));
  const names = offered.map((one) => (one.isDefault ? `${one.name} (the default)` : one.name)).join(', ');
  throw invalidInput(field, 'offered', `This cluster has no ${kind} ${name}. It has: ${names || 'none'}.`);
}

/** What can be had of hosting, held against the settings first, and against the cluster where it may be looked at. */
export function createHostingChecks(api: KubernetesApi, settings: Settings): Pick<Platform, 'checkHosting'> {
  const { choices, placement } = settings;
  return {
    checkHosting: async (hosting, storageClass) => {
      checkResources(settings, hosting);
      checkNodeSelector(settings, hosting);
      checkTolerations(settings, hosting);
      const { priorityClass } = hosting;
      if (priorityClass !== undefined) {
        const usual = placement.priorityClass === null ? [] : [placement.priorityClass];
        const allowed = [...new Set([...usual, ...choices.priorityClasses])];
        await checkClass(api, 'priorityClass', 'PriorityClass', priorityClass, allowed);
      }
      if (storageClass !== null) {
        const allowed = choices.storageClasses.length === 0 ? null : choices.storageClasses;
        await checkClass(api, 'storageClass', 'StorageClass', storageClass, allowed);
      }
    },
  };
}
