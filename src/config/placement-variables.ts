import type * as z from 'zod';
import { type Placement, parseNodeLabel, parseToleration, type Toleration } from './placement.ts';
import { parseResourcesMax, type ResourcesMax } from './resources.ts';

/** How far an instance may be hosted otherwise than the installation has it. */
export interface HostingChoices {
  /** Null: whatever it is. */
  readonly resourcesMax: ResourcesMax | null;
  /** Empty: all that the cluster has. */
  readonly storageClasses: readonly string[];
  /** Taints that may be tolerated; empty: none. */
  readonly tolerations: readonly Toleration[];
  /** Empty: none. */
  readonly priorityClasses: readonly string[];
}

const CLASS = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** On which nodes servers and jobs run, and what inputs may say of that; of a text that may be unset, and of a list. */
export function placementVariables<T extends z.ZodType<string | null>, L extends z.ZodType<string[]>>(
  text: T,
  list: L,
) {
  const classes = (what: string) =>
    list.refine((names) => names.every((name) => CLASS.test(name)), {
      message: `must be names of ${what}, separated by commas`,
    });
  const tolerations = list.refine((taints) => taints.every((taint) => parseToleration(taint) !== null), {
    message: 'must be taints like dedicated=databases:NoSchedule, separated by commas',
  });
  return {
    TOYGRES_NODE_SELECTOR: list.refine((labels) => labels.every((label) => parseNodeLabel(label) !== null), {
      message: 'must be labels like pool=databases, separated by commas',
    }),
    TOYGRES_TOLERATIONS: tolerations,
    TOYGRES_PRIORITY_CLASS: text.refine((value) => value === null || CLASS.test(value), {
      message: 'must be the name of a PriorityClass',
    }),
    TOYGRES_INSTANCE_RESOURCES_MAX: text.refine((value) => value === null || parseResourcesMax(value) !== null, {
      message: 'must be like cpu=8,memory=32Gi, or one of them',
    }),
    TOYGRES_INSTANCE_STORAGE_CLASSES: classes('StorageClasses'),
    TOYGRES_INSTANCE_TOLERATIONS: tolerations,
    TOYGRES_INSTANCE_PRIORITY_CLASSES: classes('PriorityClasses'),
  };
}

type Variables = {
  readonly [K in keyof ReturnType<typeof placementVariables>]: z.infer<ReturnType<typeof placementVariables>[K]>;
};

const readTolerations = (taints: readonly string[]) => taints.flatMap((taint) => parseToleration(taint) ?? []);

/** Where servers and jobs run. */
export function readPlacement(
  env: Pick<Variables, 'TOYGRES_NODE_SELECTOR' | 'TOYGRES_TOLERATIONS' | 'TOYGRES_PRIORITY_CLASS'>,
): Placement {
  return {
    nodeSelector: Object.fromEntries(env.TOYGRES_NODE_SELECTOR.flatMap((label) => [parseNodeLabel(label) ?? []])),
    tolerations: readTolerations(env.TOYGRES_TOLERATIONS),
    priorityClass: env.TOYGRES_PRIORITY_CLASS,
  };
}

/** What inputs may say of it. */
export function readHostingChoices(env: Variables): HostingChoices {
  const { TOYGRES_INSTANCE_RESOURCES_MAX: max } = env;
  return {
    resourcesMax: max === null ? null : parseResourcesMax(max),
    storageClasses: env.TOYGRES_INSTANCE_STORAGE_CLASSES,
    tolerations: readTolerations(env.TOYGRES_INSTANCE_TOLERATIONS),
    priorityClasses: env.TOYGRES_INSTANCE_PRIORITY_CLASSES,
  };
}
