import type { VolumeGrowth } from '../../../../jobs/ports/platform/servers.ts';
import { findCondition, type PersistentVolumeClaim } from '../cluster/objects.ts';
import { parseQuantity } from '../cluster/quantity.ts';

const GIB = 2 ** 30;

/** What the claim asks for and what it has, in GiB; 0 where it does not say. */
export function sizesOf({ spec, status }: PersistentVolumeClaim): { readonly asked: number; readonly has: number } {
  return {
    asked: (parseQuantity(spec.resources?.requests?.storage) ?? 0) / GIB,
    has: (parseQuantity(status?.capacity?.storage) ?? 0) / GIB,
  };
}

const growing = (detail: string): VolumeGrowth => ({ state: 'GROWING', detail });
const failed = (detail: string): VolumeGrowth => ({ state: 'FAILED', detail });

/**
 * How far a claim is on its way to a size, from what the cluster writes on it: first the disk grows (`Resizing`), then,
 * while a pod has it mounted, its file system (`FileSystemResizePending`); `capacity` changes last.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
 */
export function readVolumeGrowth(claim: PersistentVolumeClaim, storageGib: number, isMounted: boolean): VolumeGrowth {
  const { asked, has } = sizesOf(claim);
  if (has >= storageGib) return { state: 'GROWN', detail: null };
  if (asked < storageGib) return failed('the request for more room was taken back from outside');
  const { conditions, allocatedResourceStatuses } = claim.status ?? {};
  const error = findCondition(conditions, 'ControllerResizeError') ?? findCondition(conditions, 'NodeResizeError');
  const verdict = allocatedResourceStatuses?.storage ?? '';
  if (/Infeasible$/.test(verdict)) {
    return failed(`the storage system cannot do it (${verdict})${error?.message ? `: ${error.message}` : ''}`);
  }
  if (error !== null) return growing(`the storage system tries again: ${error.message ?? error.reason ?? error.type}`);
  if (findCondition(conditions, 'FileSystemResizePending') !== null) {
    if (isMounted) return growing('the file system is being made larger');
    return failed(
      'the disk is larger already, but its file system grows only while the server runs. Start the instance, then ask for this size again',
    );
  }
  if (findCondition(conditions, 'Resizing') !== null) return growing('the disk is being made larger');
  return growing('waiting for the storage system to take it up');
}
