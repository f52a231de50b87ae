import type { RetentionPreviewRequest, RetentionQueries } from '../../../resolvers/ports/retention.ts';
import { decideRetention, type RetentionPolicy } from '../../../schema/rules/retention.ts';
import { EVERYTHING, type Scope } from '../../../schema/rules/scope-rules.ts';
import type { Database } from '../../db/database.ts';
import { type RetainedInstance, readRetained } from '../../stores/schedules/retained-images.ts';
import { readClock } from '../../stores/schedules/writes.ts';

type Image = RetainedInstance['images'][number];

/** Which images are asked about: those of the schedule, or all that there are of the instance. */
function isMeant({ scheduleId }: Image, request: RetentionPreviewRequest): boolean {
  return request.scheduleId === null || scheduleId === request.scheduleId;
}

function policiesOf({ policies }: RetainedInstance, request: RetentionPreviewRequest) {
  const { retention } = request;
  const zone = request.scheduleId === null ? undefined : policies.get(request.scheduleId)?.timeZone;
  const another: RetentionPolicy | null = retention === null ? null : { retention, timeZone: zone ?? 'UTC' };
  return (image: { readonly scheduleId: string | null }): RetentionPolicy | null => {
    const own = image.scheduleId === null ? null : (policies.get(image.scheduleId) ?? null);
    return another !== null && (request.scheduleId === null || image.scheduleId === request.scheduleId) ? another : own;
  };
}

/** The preview of what a caller of a scope may see. */
export function createRetentionQueries(database: Database, scope: Scope = EVERYTHING): RetentionQueries {
  return {
    async preview(request) {
      const [instances, now] = await Promise.all([
        readRetained(database, request, scope),
        request.at ?? database.transaction(readClock),
      ]);
      const keep: { imageId: string; because: readonly string[] }[] = [];
      const remove: Image[] = [];
      for (const instance of instances) {
        const policyOf = policiesOf(instance, request);
        const decision = decideRetention({ ...instance, policyOf }, now);
        for (const image of instance.images.filter((one) => isMeant(one, request))) {
          const because = decision.get(image.id) ?? [];
          if (because.length === 0) remove.push(image);
          else keep.push({ imageId: image.id, because });
        }
      }
      const freedBytes = remove.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return { keep, remove: remove.map(({ id }) => id), freedBytes };
    },
  };
}
