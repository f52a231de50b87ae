import { randomBytes, randomUUID } from 'node:crypto';
import type { JobSpec, PlatformLogLine } from '../../jobs/ports/platform/jobs.ts';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';

/** A server that nothing else uses. */
export function serverSpec(change: Partial<ServerSpec> = {}): ServerSpec {
  return {
    namespace: 'test',
    resourceName: `orders-${randomBytes(4).toString('hex')}`,
    instanceId: randomUUID(),
    operationId: randomUUID(),
    imageType: 'STOCK',
    postgresVersion: '15',
    storageGib: 1,
    exposure: 'INTERNAL',
    dnsLabel: null,
    parameters: {},
    hosting: {},
    storageClass: null,
    ...change,
  };
}

/** A job that runs the bash program given. */
export function jobSpec(program: string, change: Partial<JobSpec> = {}): JobSpec {
  return {
    id: randomUUID(),
    namespace: 'test',
    name: `backup-orders-${randomBytes(4).toString('hex')}`,
    kind: 'backup',
    operationId: randomUUID(),
    instanceId: null,
    imageId: null,
    volume: null,
    imageType: 'STOCK',
    postgresVersion: '15',
    parameters: { PROGRAM: program },
    secrets: {},
    scratchBytes: 1_000_000,
    deadlineSeconds: 60,
    attempts: 1,
    ...change,
  };
}

export async function collect(lines: AsyncIterable<PlatformLogLine>): Promise<PlatformLogLine[]> {
  const collected: PlatformLogLine[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}

/** Follow options that end with what is there. */
export function untilNow(afterLine = 0) {
  return { afterLine, follow: false, signal: new AbortController().signal };
}

/** Follow options that wait for the end of the job. */
export function untilEnd(afterLine = 0, signal = new AbortController().signal) {
  return { afterLine, follow: true, signal };
}
