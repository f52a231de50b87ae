import 'reflect-metadata';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { ImageRecord } from '../../jobs/ports/records.ts';
import { Image } from '../../schema/image.ts';
import { follow, type Subscriber } from '../follow.ts';
import { requireId } from '../ids.ts';

interface ImageChangedArgs {
  readonly imageId?: string | null;
}

function followImage({ args: { imageId }, context }: Subscriber<ImageChangedArgs>): AsyncIterable<ImageRecord> {
  const id = imageId == null ? null : requireId('image', 'imageId', imageId);
  return follow((signal) => context.services.events.followImages(id, signal));
}

/** What can be followed of images. */
@Resolver()
export class ImageSubscriptionResolver {
  @Subscription(() => Image, {
    description: 'With an id the present state, then every change of it; without one every change of any from now on.',
    subscribe: followImage,
  })
  imageChanged(
    @Root() image: ImageRecord,
    @Arg('imageId', () => ID, { nullable: true, description: 'The one to follow; NOT_FOUND for an unknown one.' })
    _imageId?: string | null,
  ): ImageRecord {
    return image;
  }
}
