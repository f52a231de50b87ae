import type { ImageType, ImageMethod as MethodName } from '../schema/states.ts';
import { createImageBy } from './create-image.ts';
import type { ImageMethod } from './images/image-method.ts';
import { imageMethods } from './images/methods.ts';
import type { DrillInput, ImageInput, InstanceInput } from './inputs.ts';
import { restoreDurableInstanceBy } from './restore-durable-instance.ts';
import { restoreInstanceBy } from './restore-instance.ts';
import { verifyDurableImageBy, verifyImageBy } from './verify-image.ts';
import type { Workflow } from './workflow/define-workflow.ts';

/** The workflows of one way of taking images. */
export interface ImageWorkflows {
  readonly method: MethodName;
  readonly create: Workflow<ImageInput>;
  /** By the type of the server that is restored. */
  readonly restore: Readonly<Record<ImageType, Workflow<InstanceInput>>>;
  /** The same. */
  readonly prove: Readonly<Record<ImageType, Workflow<DrillInput>>>;
}

function buildWorkflows(method: ImageMethod): ImageWorkflows {
  return {
    method: method.method,
    create: createImageBy(method),
    restore: { STOCK: restoreInstanceBy(method), PG_DURABLE: restoreDurableInstanceBy(method) },
    prove: { STOCK: verifyImageBy(method), PG_DURABLE: verifyDurableImageBy(method) },
  };
}

/** Of every method that this release has. */
export const imageWorkflows: readonly ImageWorkflows[] = imageMethods.map(buildWorkflows);

/** Of one method; null when this release does not have it. */
export function findImageWorkflows(method: MethodName): ImageWorkflows | null {
  return imageWorkflows.find((each) => each.method === method) ?? null;
}
