import * as z from 'zod';
import { IMAGE_TYPES } from '../schema/states.ts';

/** The input of workflows about one instance. A restore finds its image in the instance's record. */
export const InstanceInput = z.object({ instanceId: z.uuid() });
export type InstanceInput = z.infer<typeof InstanceInput>;

/** The input of a growth; the record has the old size until the new one is true. */
export const GrowthInput = z.object({ instanceId: z.uuid(), storageGib: z.number().int().positive() });
export type GrowthInput = z.infer<typeof GrowthInput>;

/** The input of a preflight: where its job runs, and the major version whose tools it is to have. */
export const PreflightInput = z.object({
  namespace: z.string().min(1),
  postgresVersion: z.string().regex(/^\d+$/),
  imageType: z.enum(IMAGE_TYPES).default('STOCK'),
});
export type PreflightInput = z.infer<typeof PreflightInput>;

/** The input of workflows about one image, whose record names its source. */
export const ImageInput = z.object({ imageId: z.uuid() });
export type ImageInput = z.infer<typeof ImageInput>;

/** The input of a drill, whose record names its image. */
export const DrillInput = z.object({ drillId: z.uuid() });
export type DrillInput = z.infer<typeof DrillInput>;

/** The input of a deletion that a last image comes before. */
export const FinalImageInput = z.object({ instanceId: z.uuid(), imageId: z.uuid() });
export type FinalImageInput = z.infer<typeof FinalImageInput>;
