import { createHash } from 'node:crypto';

/**
 * The queue of one workflow version on one platform, so that a worker only takes what it has. The platform's id holds
 * characters that queue names must not, so its hash stands for it.
 */
export function queueName(platformId: string, workflow: string, version: string): string {
  const name = `toygres/${platformHash(platformId)}/${workflow}/${version}`;
  if (!/^[\w.\-/]+$/.test(name))
    throw new Error(`workflow name or version holds a character that queues forbid: ${name}`);
  return name;
}

/** What every name of the platform's queues of runs is LIKE, in SQL. */
export function queueNamePattern(platformId: string): string {
  return `toygres/${platformHash(platformId)}/%/%`;
}

function platformHash(platformId: string): string {
  return createHash('sha256').update(platformId).digest('hex').slice(0, 12);
}

/** Keeps a run from being queued twice; a retried operation is another run. */
export function runKey(operationId: string, run: number): string {
  return `${operationId}/${run}`;
}
