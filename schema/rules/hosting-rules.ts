import { invalidInput } from '../errors.ts';
import type { TaintEffect } from '../states.ts';
import { buildLabelRecord, LABELS_MAX, type LabelPair, requireLabelForm } from './label-rules.ts';

/** What a container may ask for at most of each: more than any node has. */
const CPU_MAX_MILLICORES = 1_024_000;
const MEMORY_MAX_MIB = 64 * 1024 * 1024;
/** A server does not come up with less. */
const CPU_MIN_MILLICORES = 10;
const MEMORY_LIMIT_MIN_MIB = 128;
const TOLERATIONS_MAX = 32;
const CLASS = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What a server is given; what is left out, as the installation gives it. */
export type HostingResources = {
  readonly cpuRequestMillicores?: number;
  readonly cpuLimitMillicores?: number;
  readonly memoryRequestMib?: number;
  readonly memoryLimitMib?: number;
};

/** A taint that is no hindrance; what is left out, whatever it is. */
export type HostingToleration = {
  readonly key: string;
  readonly value?: string;
  readonly effect?: TaintEffect;
};

/** How the nodes of a cluster host a server, as it was asked for; what is left out, as the installation has it. */
export type Hosting = {
  readonly resources?: HostingResources;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly HostingToleration[];
  readonly priorityClass?: string;
};

/** Resources as clients send them; null is as good as left out. */
export interface ResourcesForm {
  readonly cpuRequestMillicores?: number | null | undefined;
  readonly cpuLimitMillicores?: number | null | undefined;
  readonly memoryRequestMib?: number | null | undefined;
  readonly memoryLimitMib?: number | null | undefined;
}

/** A toleration as clients send it; null is as good as left out. */
export interface TolerationForm {
  readonly key: string;
  readonly value?: string | null | undefined;
  readonly effect?: TaintEffect | null | undefined;
}

/** What an input says of how a server is hosted. */
export interface HostingForm {
  readonly resources?: ResourcesForm | null | undefined;
  readonly nodeSelector?: readonly LabelPair[] | null | undefined;
  readonly tolerations?: readonly TolerationForm[] | null | undefined;
  readonly priorityClass?: string | null | undefined;
}

function checkRange(name: keyof ResourcesForm, value: number | null | undefined, min: number, max: number): void {
  if (value == null || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw invalidInput('resources', 'range', `${name} must be a whole number from ${min} to ${max}: choose one.`);
}

function checkOrder(what: string, request: number | null | undefined, limit: number | null | undefined): void {
  if (request == null || limit == null || request <= limit) return;
  throw invalidInput(
    'resources',
    'requestAboveLimit',
    `The request of ${what} (${request}) is above its limit (${limit}): ask for less, or give more.`,
  );
}

function checkResources(resources: ResourcesForm): void {
  const { cpuRequestMillicores, cpuLimitMillicores, memoryRequestMib, memoryLimitMib } = resources;
  checkRange('cpuRequestMillicores', cpuRequestMillicores, 1, CPU_MAX_MILLICORES);
  checkRange('cpuLimitMillicores', cpuLimitMillicores, CPU_MIN_MILLICORES, CPU_MAX_MILLICORES);
  checkRange('memoryRequestMib', memoryRequestMib, 1, MEMORY_MAX_MIB);
  checkRange('memoryLimitMib', memoryLimitMib, MEMORY_LIMIT_MIN_MIB, MEMORY_MAX_MIB);
  checkOrder('cpu', cpuRequestMillicores, cpuLimitMillicores);
  checkOrder('memory', memoryRequestMib, memoryLimitMib);
}

function checkTolerations(tolerations: readonly TolerationForm[]): void {
  if (tolerations.length > TOLERATIONS_MAX) {
    throw invalidInput('tolerations', 'maxCount', `There can be at most ${TOLERATIONS_MAX} of them: leave some out.`);
  }
  const seen = new Set<string>();
  for (const [index, { key, value, effect }] of tolerations.entries()) {
    requireLabelForm('tolerations', `Toleration ${index + 1}`, key, value ?? '');
    const text = JSON.stringify([key, value ?? null, effect ?? null]);
    if (seen.has(text)) {
      throw invalidInput('tolerations', 'unique', `The toleration of ${key} is given twice: keep one of them.`);
    }
    seen.add(text);
  }
}

function checkNodeSelector(labels: readonly LabelPair[]): void {
  if (labels.length > LABELS_MAX) {
    throw invalidInput('nodeSelector', 'maxCount', `There can be at most ${LABELS_MAX} labels: leave some out.`);
  }
  const seen = new Set<string>();
  for (const [index, { key, value }] of labels.entries()) {
    requireLabelForm('nodeSelector', `Label ${index + 1}`, key, value);
    if (seen.has(key)) {
      throw invalidInput('nodeSelector', 'uniqueKeys', `The label ${key} is given twice: keep one of them.`);
    }
    seen.add(key);
  }
}

/** Requires what can be the name of a class of the cluster: of storage, of priority. */
export function checkClassName(field: 'storageClass' | 'priorityClass', name: string): void {
  if (CLASS.test(name)) return;
  throw invalidInput(
    field,
    'pattern',
    `${field} must have at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends: name ` +
      'one that the cluster has, or leave it out.',
  );
}

/** Requires the form of all that is said of how a server is hosted. Whether it can be had, the platform knows. */
export function checkHostingForm({ resources, nodeSelector, tolerations, priorityClass }: HostingForm): void {
  if (resources != null) checkResources(resources);
  if (nodeSelector != null) checkNodeSelector(nodeSelector);
  if (tolerations != null) checkTolerations(tolerations);
  if (priorityClass != null) checkClassName('priorityClass', priorityClass);
}

/** What of an object was given. */
function given<T extends object>(form: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value != null)) as never;
}

/** What an input, checked before, says of hosting, in the form that records have. A field that it takes back is null. */
export type HostingChange = { readonly [K in keyof Hosting]: Hosting[K] | null };

/** What was left out is left out; undefined: all of it. */
export function buildHostingChange(form: HostingForm): HostingChange | undefined {
  const { resources, nodeSelector, tolerations, priorityClass } = form;
  const change: HostingChange = {
    ...(resources === undefined ? {} : { resources: resources && given(resources) }),
    ...(nodeSelector === undefined ? {} : { nodeSelector: nodeSelector && buildLabelRecord(nodeSelector) }),
    ...(tolerations === undefined
      ? {}
      : { tolerations: tolerations?.map(({ key, ...rest }) => ({ key, ...given(rest) })) ?? null }),
    ...(priorityClass === undefined ? {} : { priorityClass }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

function isNothing(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value as object).length === 0);
}

/** How it is hosted after a change: what is null or empty is as the installation has it, and so is left out. */
export function applyHostingChange(present: Hosting, change: HostingChange): Hosting {
  return Object.fromEntries(Object.entries({ ...present, ...change }).filter(([, value]) => !isNothing(value)));
}
