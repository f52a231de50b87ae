import 'reflect-metadata';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { ImageRecord } from '../../jobs/ports/records.ts';
import { checkRetentionPreview } from '../../schema/rules/schedule-rules.ts';
import { RetentionPreview, RetentionPreviewInput } from '../../schema/schedules/retention-preview.ts';
import type { ApiContext } from '../context.ts';
import { notFound, requireId } from '../ids.ts';
import type { Services } from '../services.ts';
import { INPUT } from '../words.ts';

interface PreviewOutcome {
  readonly keep: readonly { readonly image: ImageRecord; readonly because: readonly string[] }[];
  readonly remove: readonly ImageRecord[];
  readonly freedBytes: number;
}

/** What retention would do. */
@Resolver()
export class RetentionResolver {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  @Query(() => RetentionPreview, {
    description:
      'What retention would delete of AVAILABLE images, and why each of the others stays; nothing is done. It agrees with ' +
      'what is then deleted, unless the clock or the blob store is in doubt: nothing is deleted then.',
  })
  async retentionPreview(
    @Ctx() { loaders }: ApiContext,
    @Arg('input', () => RetentionPreviewInput, { description: INPUT }) input: RetentionPreviewInput,
  ): Promise<PreviewOutcome> {
    checkRetentionPreview(input);
    const scheduleId = input.scheduleId == null ? null : requireId('schedule', 'scheduleId', input.scheduleId);
    const instanceId = input.instanceId == null ? null : requireId('instance', 'instanceId', input.instanceId);
    if (scheduleId !== null && (await loaders.schedules.load(scheduleId)) === null) {
      throw notFound('schedule', 'scheduleId');
    }
    if (instanceId !== null && (await loaders.instances.load(instanceId)) === null) {
      throw notFound('instance', 'instanceId');
    }
    const retention = input.retention == null ? null : { ...input.retention };
    const request = { scheduleId, instanceId, retention, at: input.at ?? null };
    const preview = await this.#services.retention.preview(request);
    const find = async (id: string) => {
      const image = await loaders.images.load(id);
      if (image === null) throw new Error('an image is not there any more');
      return image;
    };
    const [kept, remove] = await Promise.all([
      Promise.all(preview.keep.map(async ({ imageId, because }) => ({ image: await find(imageId), because }))),
      Promise.all(preview.remove.map(find)),
    ]);
    return { keep: kept, remove, freedBytes: preview.freedBytes };
  }
}
