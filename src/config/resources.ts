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
