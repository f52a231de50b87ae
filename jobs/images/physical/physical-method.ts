import { compareJob } from '../compare-job.ts';
import { parseComparedImage } from '../compared-image.ts';
import type { ImageMethod } from '../image-method.ts';
import { parseFilledVolume, parseTakenImage } from '../taken-image.ts';
import { copyJob, STREAMING_SCRATCH_BYTES } from './copy-job.ts';
import { unpackJob } from './unpack-job.ts';

/** The whole cluster as a base backup, with the log that makes it consistent. */
export const PHYSICAL = {
  method: 'PHYSICAL',
  workflows: {
    take: { name: 'create-physical-image', version: '1.0.0' },
    fill: { name: 'restore-physical-instance', version: '1.0.0' },
    fillDurable: { name: 'restore-durable-physical-instance', version: '1.0.0' },
    prove: { name: 'verify-physical-image', version: '1.0.0' },
    proveDurable: { name: 'verify-durable-physical-image', version: '1.0.0' },
  },
  take: {
    phases: [{ phase: 'copy', step: 'Copy the cluster', weight: 88 }],
    plan: copyJob,
    parseResult: parseTakenImage,
  },
  fill: {
    phases: [
      { phase: 'unpack', step: 'Unpack the image', weight: 58 },
      { phase: 'recover', step: 'Recover the cluster', weight: 20 },
    ],
    plan: unpackJob,
    parseResult: parseFilledVolume,
  },
  prove: {
    phases: [
      { phase: 'files', step: 'Hold every file against its manifest', weight: 10 },
      { phase: 'pages', step: 'Read every page', weight: 10 },
      { phase: 'compare', step: 'Read every row', weight: 14 },
    ],
    plan: (context, drillId, image) =>
      compareJob(context, drillId, image, {
        program: 'verify-physical',
        scratchOf: () => ({ scratchBytes: STREAMING_SCRATCH_BYTES }),
      }),
    parseResult: parseComparedImage,
  },
} as const satisfies ImageMethod;
