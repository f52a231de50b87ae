import type { Hosting, HostingResources, HostingToleration } from '../../../../schema/rules/hosting-rules.ts';
import type { TaintEffect } from '../../../../schema/states.ts';
import type { Placement, Toleration } from '../../../config/placement.ts';
import { parseQuantity } from '../cluster/quantity.ts';
import type { KubernetesSettings, Resources } from '../settings.ts';

type Range = Resources['cpu'];

const EFFECTS = {
  NO_SCHEDULE: 'NoSchedule',
  PREFER_NO_SCHEDULE: 'PreferNoSchedule',
  NO_EXECUTE: 'NoExecute',
} as const satisfies Record<TaintEffect, string>;

/** The smaller one of two quantities, or the larger one, as it was written. */
function choose(which: 'smaller' | 'larger', one: string, other: string): string {
  const isSmaller = (parseQuantity(one) ?? 0) <= (parseQuantity(other) ?? 0);
  return isSmaller === (which === 'smaller') ? one : other;
}

/** What was not asked for is the installation's, as far as it goes with what was: a request is at most its limit. */
function rangeOf(usual: Range, request: string | undefined, limit: string | undefined): Range {
  return {
    request: request ?? (limit === undefined ? usual.request : choose('smaller', usual.request, limit)),
    limit: limit ?? (request === undefined ? usual.limit : choose('larger', usual.limit, request)),
  };
}

/** What a server is given, in the notation of Kubernetes. */
export function serverResourcesOf(
  { serverResources }: Pick<KubernetesSettings, 'serverResources'>,
  resources: HostingResources = {},
): Resources {
  const cpu = (value: number | undefined) => (value === undefined ? undefined : `${value}m`);
  const memory = (value: number | undefined) => (value === undefined ? undefined : `${value}Mi`);
  const { cpuRequestMillicores, cpuLimitMillicores, memoryRequestMib, memoryLimitMib } = resources;
  return {
    cpu: rangeOf(serverResources.cpu, cpu(cpuRequestMillicores), cpu(cpuLimitMillicores)),
    memory: rangeOf(serverResources.memory, memory(memoryRequestMib), memory(memoryLimitMib)),
  };
}

/** A toleration of a record as settings have them. */
export function tolerationOf({ key, value, effect }: HostingToleration): Toleration {
  return { key, value: value ?? null, effect: effect === undefined ? null : EFFECTS[effect] };
}

/** On which nodes a server, or a job on its volume, runs: what the installation says always holds as well. */
export function placementFor(usual: Placement, hosting: Hosting = {}): Placement {
  return {
    nodeSelector: { ...hosting.nodeSelector, ...usual.nodeSelector },
    tolerations: [...usual.tolerations, ...(hosting.tolerations ?? []).map(tolerationOf)],
    priorityClass: hosting.priorityClass ?? usual.priorityClass,
  };
}
