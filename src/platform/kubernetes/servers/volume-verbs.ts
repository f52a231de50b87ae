import type { Platform } from '../../../../jobs/ports/platform/platform.ts';
import type { ServerRef } from '../../../../jobs/ports/platform/servers.ts';
import { AppError } from '../../../../schema/errors.ts';
import type { Events } from '../causes.ts';
import { isGoing, type PersistentVolumeClaim } from '../cluster/objects.ts';
import type { KubernetesContext } from '../context.ts';
import { namesOf } from './build-server.ts';
import { listServerPods } from './server-status.ts';
import { readVolumeGrowth, sizesOf } from './volume-growth.ts';

/** Of all that was ever said of a claim, only this is about its growth. */
const ABOUT_GROWTH = /^(VolumeResizeFailed|FileSystemResizeFailed)/;

/** Volumes that grow, as claims that ask for more. */
export function createVolumeVerbs(
  context: KubernetesContext,
  events: Events,
): Pick<Platform, 'ensureVolumeSize' | 'readVolumeGrowth'> {
  const { api, known } = context;

  function requireClaim({ resourceName }: ServerRef, claim: PersistentVolumeClaim | null | undefined) {
    if (claim != null && !isGoing(claim)) return claim;
    throw new AppError('STEP_FAILED', `The volume of ${resourceName} is gone: it cannot grow.`);
  }

  return {
    ensureVolumeSize: async (ref, storageGib) => {
      const { volume } = namesOf(ref);
      const claim = requireClaim(ref, await api.read('PersistentVolumeClaim', ref.namespace, volume));
      const { asked, has } = sizesOf(claim);
      if (Math.max(asked, has) >= storageGib) return;
      // Only the request: the operation that made the volume is still the one that its labels name.
      const change = { spec: { resources: { requests: { storage: `${storageGib}Gi` } } } };
      const changed = await api.patch('PersistentVolumeClaim', ref.namespace, volume, change);
      known.of('PersistentVolumeClaim', ref.namespace).put(requireClaim(ref, changed));
    },

    readVolumeGrowth: async (ref, storageGib) => {
      const claims = await known.of('PersistentVolumeClaim', ref.namespace).read();
      const claim = requireClaim(ref, claims.get(namesOf(ref).volume));
      const isMounted = (await listServerPods(context, ref)).length > 0;
      const growth = readVolumeGrowth(claim, storageGib, isMounted);
      if (growth.state !== 'GROWING') return growth;
      const cause = await events.read('PersistentVolumeClaim', claim);
      if (cause === null || !ABOUT_GROWTH.test(cause.text)) return growth;
      return { state: 'GROWING', detail: `${growth.detail} (${cause.text})` };
    },
  };
}
