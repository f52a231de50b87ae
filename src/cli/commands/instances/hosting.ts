import type { Command } from 'commander';
import type { CreateInstanceInput, UpdateInstanceInput } from '../../../client/connect.ts';
import { UsageError } from '../../exit-codes.ts';
import { collect, given, parseEnum, parseLabel } from '../../options.ts';

type Resources = NonNullable<CreateInstanceInput['resources']>;
type Toleration = NonNullable<NonNullable<CreateInstanceInput['tolerations']>[number]>;

/** What a command line says of how a server is hosted. */
export interface HostingOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly nodeLabel?: readonly string[];
  readonly toleration?: readonly string[];
  readonly priorityClass?: string | false;
}

const CPU = /^(\d+(?:\.\d+)?)(m?)$/;
const MEMORY = /^(\d+)(Mi|Gi)$/;

function toMillicores(text: string): number | null {
  const [, amount, unit] = CPU.exec(text) ?? [];
  return amount === undefined ? null : Math.round(Number(amount) * (unit === 'm' ? 1 : 1000));
}

function toMib(text: string): number | null {
  const [, amount, unit] = MEMORY.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) * (unit === 'Gi' ? 1024 : 1);
}

/** `500m/2`, request and limit, of which one may be left out. */
function parseRange(option: string, text: string | undefined, read: (part: string) => number | null, like: string) {
  if (text === undefined) return [undefined, undefined] as const;
  const parts = text.split('/');
  const [request, limit] = parts.map((part) => (part === '' ? undefined : read(part)));
  const isGiven = parts.length === 2 && (request !== undefined || limit !== undefined);
  if (!isGiven || request === null || limit === null) {
    throw new UsageError(`${option} ${text}: is request/limit, such as ${like}, of which one may be left out.`);
  }
  return [request, limit] as const;
}

/** What is kept and at most given, in the units of the API. Throws UsageError. */
export function parseResourceOptions({ cpu, memory }: Pick<HostingOptions, 'cpu' | 'memory'>): Resources | undefined {
  const [cpuRequestMillicores, cpuLimitMillicores] = parseRange('--cpu', cpu, toMillicores, '500m/2');
  const [memoryRequestMib, memoryLimitMib] = parseRange('--memory', memory, toMib, '512Mi/4Gi');
  const resources = given({ cpuRequestMillicores, cpuLimitMillicores, memoryRequestMib, memoryLimitMib });
  return Object.keys(resources).length === 0 ? undefined : resources;
}

/** `dedicated=databases:NoSchedule`, of which value and effect may be left out. Throws UsageError. */
export function parseToleration(text: string): Toleration {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?(?::([A-Za-z]+))?$/.exec(text) ?? [];
  if (key === undefined) throw new UsageError(`"${text}" is no taint: write it as key=value:NoSchedule.`);
  // As Kubernetes writes it: NoSchedule.
  const words = effect?.replace(/([a-z])([A-Z])/g, '$1-$2');
  return { key, ...given({ value, effect: words === undefined ? undefined : parseEnum(words) }) };
}

/** The options of a command that says how a server is hosted. */
export function addHostingOptions(command: Command): Command {
  return command
    .option('--cpu <request/limit>', 'on Kubernetes: processors, such as 500m/2; one may be left out: /2')
    .option('--memory <request/limit>', 'on Kubernetes: memory, such as 512Mi/4Gi')
    .option('--node-label <key=value>', 'on Kubernetes: its node must carry it; may be given several times', collect)
    .option('--toleration <taint>', 'on Kubernetes: key=value:NoSchedule; may be given several times', collect)
    .option('--priority-class <name>', 'on Kubernetes: its PriorityClass');
}

/** What was given of them, as the API takes it. Throws UsageError. */
export function readHostingOptions(
  options: HostingOptions,
): Pick<UpdateInstanceInput, 'resources' | 'nodeSelector' | 'tolerations' | 'priorityClass'> {
  return given({
    resources: parseResourceOptions(options),
    nodeSelector: options.nodeLabel?.map(parseLabel),
    tolerations: options.toleration?.map(parseToleration),
    priorityClass: options.priorityClass === false ? null : options.priorityClass,
  });
}
