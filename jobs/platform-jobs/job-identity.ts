import { createHash } from 'node:crypto';
import type { JobRef, PlatformJobKind } from '../ports/platform/jobs.ts';

/** What Kubernetes allows for a name that is a label as well. */
const LONGEST_NAME = 63;

/** The id of the job that a run starts: the same run asks for the same job, a retry for another. */
export function buildJobId(operationId: string, run: number, kind: PlatformJobKind): string {
  const digest = createHash('sha256').update(`${operationId} ${run} ${kind}`).digest();
  // Version 8 of RFC 9562: a UUID whose bits are the maker's own.
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** `<kind>-<name>-<8 hex>`, the name cut so that the whole is no longer than 63 and ends no part in a hyphen. */
export function buildJobName(kind: PlatformJobKind, name: string, jobId: string): string {
  const suffix = jobId.slice(0, 8);
  const room = LONGEST_NAME - kind.length - suffix.length - 2;
  return `${kind}-${name.slice(0, room).replace(/-+$/, '')}-${suffix}`;
}

/** The job of this kind of this run, named after what it works for. */
export function buildJobRef(
  { operationId, run }: { readonly operationId: string; readonly run: number },
  kind: PlatformJobKind,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): JobRef {
  const id = buildJobId(operationId, run, kind);
  return { id, namespace, name: buildJobName(kind, name, id) };
}
