import { compareJob } from '../compare-job.ts';
import { parseComparedImage } from '../compared-image.ts';
import type { ImageMethod } from '../image-method.ts';
import { parseFilledVolume, parseTakenImage } from '../taken-image.ts';
import { backupJob } from './backup-job.ts';
import { scratchOfImage } from './image-scratch.ts';
import { restoreJob } from './restore-job.ts';

/** Every database by pg_dump, with roles and settings. */
export const LOGICAL = {
  method: 'LOGICAL',
  workflows: {
    take: { name: 'create-image', version: '1.0.0' },
    fill: { name: 'restore-instance', version: '1.0.0' },
    fillDurable: { name: 'restore-durable-instance', version: '1.0.0' },
    prove: { name: 'verify-image', version: '1.0.0' },
    proveDurable: { name: 'verify-durable-image', version: '1.0.0' },
  },
  take: {
    phases: [
      { phase: 'dump', step: 'Dump the databases', weight: 52 },
      { phase: 'hash', step: 'Hash the files', weight: 6 },
      { phase: 'upload', step: 'Upload the files', weight: 30 },
    ],
    plan: backupJob,
    parseResult: parseTakenImage,
  },
  fill: {
    phases: [
      { phase: 'download', step: 'Download the image', weight: 18 },
      { phase: 'check', step: 'Check the files', weight: 4 },
      { phase: 'restore', step: 'Restore the databases', weight: 50 },
      { phase: 'analyze', step: 'Gather statistics', weight: 6 },
    ],
    plan: restoreJob,
    parseResult: parseFilledVolume,
  },
  prove: {
    phases: [
      { phase: 'download', step: 'Download the image again', weight: 6 },
      { phase: 'check', step: 'Check the files again', weight: 2 },
      { phase: 'compare', step: 'Compare rows and objects', weight: 26 },
    ],
    plan: (context, drillId, image) =>
      compareJob(context, drillId, image, { program: 'verify-logical', scratchOf: scratchOfImage }),
    parseResult: parseComparedImage,
  },
} as const satisfies ImageMethod;
