/** What a container is given at least and at most, in the notation of Kubernetes. */
export interface ContainerResources {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
}

const QUANTITY = String.raw`\d+(?:\.\d+)?(?:m|[kMGT]i?)?`;
const RESOURCES = new RegExp(`^cpu=(${QUANTITY})/(${QUANTITY}),memory=(${QUANTITY})/(${QUANTITY})$`);

/** Reads `cpu=100m/2,memory=256Mi/1Gi`, request and limit of each; null when it is not that. */
export function parseResources(text: string): ContainerResources | null {
  const [, cpuRequest, cpuLimit, memoryRequest, memoryLimit] = RESOURCES.exec(text) ?? [];
  if (!cpuRequest || !cpuLimit || !memoryRequest || !memoryLimit) return null;
  return { cpu: { request: cpuRequest, limit: cpuLimit }, memory: { request: memoryRequest, limit: memoryLimit } };
}

/** What an input may ask for at most; null: whatever it is. */
export interface ResourcesMax {
  readonly cpuMillicores: number | null;
  readonly memoryMib: number | null;
}

const CPU_MAX = String.raw`cpu=(\d{1,4})(m?)`;
const MEMORY_MAX = String.raw`memory=(\d{1,6})(Mi|Gi)`;
const BOTH_MAX = new RegExp(`^${CPU_MAX}(?:,${MEMORY_MAX})?$`);
const MEMORY_MAX_ALONE = new RegExp(`^()()${MEMORY_MAX}$`);

/** Reads `cpu=8,memory=32Gi`, of which one may be left out; null when it is not that. */
export function parseResourcesMax(text: string): ResourcesMax | null {
  const found = BOTH_MAX.exec(text) ?? MEMORY_MAX_ALONE.exec(text);
  if (found === null) return null;
  const [, cpu, milli, memory, unit] = found;
  return {
    cpuMillicores: cpu ? Number(cpu) * (milli === 'm' ? 1 : 1000) : null,
    memoryMib: memory ? Number(memory) * (unit === 'Gi' ? 1024 : 1) : null,
  };
}
