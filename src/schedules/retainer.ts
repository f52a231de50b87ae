import { AppError } from '../../schema/errors.ts';
import { decideRetention } from '../../schema/rules/retention.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';
import { noteClock } from '../stores/schedules/clock.ts';
import { lockRetained, type RetainedInstance, readRetainedBatch } from '../stores/schedules/retained-images.ts';
import { readClock } from '../stores/schedules/writes.ts';
import type { ScheduledWork } from './ports.ts';

export interface RetainerOptions {
  readonly database: Database;
  readonly platformId: string;
  readonly work: ScheduledWork;
  /** Throws while the blob store does not answer. */
  readonly checkStore: () => Promise<void>;
  readonly log: Logger;
  /** Instances that are looked at in one go. Default 200. */
  readonly batch?: number;
}

/** Deletes the images that no rule wants any more. */
export interface Retainer {
  /**
   * Looks at all images that rules have a say about, or with `onlyExpired` at instances with an image whose time is over.
   * Deletes nothing while the clock or the blob store is in doubt. Answers with how many deletions were begun.
   */
  retain(options?: { readonly onlyExpired?: boolean }): Promise<number>;
}

/** The images that go at a moment. */
export function listGoing(instance: RetainedInstance, now: Date): RetainedInstance['images'] {
  const { images, policies, isInstanceGone } = instance;
  const policyOf = ({ scheduleId }: { readonly scheduleId: string | null }) =>
    scheduleId === null ? null : (policies.get(scheduleId) ?? null);
  const decision = decideRetention({ images, isInstanceGone, policyOf }, now);
  return images.filter(({ id }) => decision.get(id)?.length === 0);
}

export function createRetainer(options: RetainerOptions): Retainer {
  const { database, platformId, work, checkStore, log, batch = 200 } = options;

  async function removeOne(instanceId: string, image: RetainedInstance['images'][number]): Promise<boolean> {
    let begun = false;
    try {
      await work.removeImage(image.id, {
        // Another look, in the transaction that deletes: what was true a moment ago may not be any more.
        async claim(tx) {
          const instance = await lockRetained(tx, instanceId);
          if (instance === null) return false;
          return listGoing(instance, await readClock(tx)).some(({ id }) => id === image.id);
        },
        record: async () => {
          begun = true;
        },
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.info({ image: image.id, reason: error.message }, 'an image could not be deleted by its rules yet');
      return false;
    }
    return begun;
  }

  return {
    async retain({ onlyExpired = false } = {}) {
      let removed = 0;
      let isBelieved = false;
      for (let after: string | null = null; ; ) {
        const instances: readonly RetainedInstance[] = await readRetainedBatch(database, platformId, {
          after,
          onlyExpired,
          limit: batch,
        });
        const now = await database.transaction(readClock);
        for (const instance of instances) {
          for (const image of listGoing(instance, now)) {
            if (!isBelieved && (await noteClock(database, platformId, new Date())) !== null) return 0;
            if (!isBelieved) await checkStore();
            isBelieved = true;
            if (await removeOne(instance.instanceId, image)) removed += 1;
          }
        }
        const last = instances.at(-1);
        if (last === undefined || instances.length < batch) break;
        after = last.instanceId;
      }
      if (removed > 0) log.info({ images: removed }, 'images that no rule wants any more are being deleted');
      return removed;
    },
  };
}
