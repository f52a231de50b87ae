import type { ImageDetailQuery } from '../../generated/graphql.ts';

/** An image as its page has it. */
export type ImageShown = NonNullable<ImageDetailQuery['image']>;
