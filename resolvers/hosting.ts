import type { Resources, Toleration } from '../schema/hosting.ts';
import {
  buildHostingChange,
  type Hosting,
  type HostingChange,
  type HostingForm,
} from '../schema/rules/hosting-rules.ts';

/** Resources of a record as clients see them. */
export function showResources({ resources = {} }: Hosting): Resources {
  return {
    cpuRequestMillicores: resources.cpuRequestMillicores ?? null,
    cpuLimitMillicores: resources.cpuLimitMillicores ?? null,
    memoryRequestMib: resources.memoryRequestMib ?? null,
    memoryLimitMib: resources.memoryLimitMib ?? null,
  };
}

/** Tolerations of a record as clients see them. */
export function listTolerations({ tolerations = [] }: Hosting): Toleration[] {
  return tolerations.map(({ key, value = null, effect = null }) => ({ key, value, effect }));
}

/** An input, checked before, in which all that is said of hosting is one field; undefined where nothing is. */
export function readHosting<T extends HostingForm>({
  resources,
  nodeSelector,
  tolerations,
  priorityClass,
  ...plain
}: T): Omit<T, keyof HostingForm> & { readonly hosting: HostingChange | undefined } {
  return { ...plain, hosting: buildHostingChange({ resources, nodeSelector, tolerations, priorityClass }) };
}
