import type { ImageMethod } from './image-method.ts';
import { LOGICAL } from './logical/logical-method.ts';
import { PHYSICAL } from './physical/physical-method.ts';

/** Every way of taking images that this release has. Another one is a folder beside `logical` and a line here. */
export const imageMethods: readonly ImageMethod[] = [LOGICAL, PHYSICAL];
