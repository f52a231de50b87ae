import { LOSSES, SEVERITIES } from '../rules/finding-rules.ts';
import { enumOf } from './enum-of.ts';

export const IMAGE_STATES = ['CREATING', 'AVAILABLE', 'FAILED', 'DELETING', 'DELETED'] as const;
export type ImageState = (typeof IMAGE_STATES)[number];
export const ImageState = enumOf(
  'ImageState',
  'AVAILABLE only after everything that a restore needs was verified in the blob store.',
  IMAGE_STATES,
  {
    CREATING: 'It is being taken.',
    AVAILABLE: 'Whole, verified, and ready to be restored.',
    FAILED: 'It could not be taken and nothing of it is stored.',
    DELETING: 'Its files are being removed.',
    DELETED: 'Its files are gone; only this record is left.',
  },
);

export const IMAGE_TYPES = ['STOCK', 'PG_DURABLE'] as const;
export type ImageType = (typeof IMAGE_TYPES)[number];
export const ImageType = enumOf('ImageType', 'What the server runs; a restore keeps it.', IMAGE_TYPES, {
  STOCK: 'PostgreSQL as its makers ship it.',
  PG_DURABLE: 'PostgreSQL with the pg_durable extension and its worker.',
});

export const IMAGE_METHODS = ['LOGICAL', 'PHYSICAL'] as const;
export type ImageMethod = (typeof IMAGE_METHODS)[number];
export const ImageMethod = enumOf(
  'ImageMethod',
  'LOGICAL: every database by pg_dump, with roles and settings. PHYSICAL: the cluster by pg_basebackup.',
  IMAGE_METHODS,
  {
    LOGICAL: 'Every database by pg_dump, with roles and settings; each consistent in itself.',
    PHYSICAL: 'The whole cluster by pg_basebackup, consistent throughout.',
  },
);

export const DURABLE_FUNCTIONS = ['RESUME', 'CANCEL'] as const;
export type DurableFunctions = (typeof DURABLE_FUNCTIONS)[number];
export const DurableFunctions = enumOf(
  'DurableFunctions',
  'What becomes in a restored server of durable functions that had not ended when the image was taken.',
  DURABLE_FUNCTIONS,
  {
    RESUME: 'They go on. While their source lives, both do what they do: payments, mails, calls.',
    CANCEL: 'They are cancelled before the server starts; no step of them runs.',
  },
);

export const BACKGROUND_WORK = ['HOLD', 'RUN'] as const;
export type BackgroundWork = (typeof BACKGROUND_WORK)[number];
export const BackgroundWork = enumOf(
  'BackgroundWork',
  'What becomes in a restored server of work that acts by itself: jobs of pg_cron, subscriptions.',
  BACKGROUND_WORK,
  {
    HOLD: 'It is there and held, so that nothing is done twice; a finding says how to let it run.',
    RUN: 'It runs as on the source. While its source lives, both do what they do.',
  },
);

export type Loss = (typeof LOSSES)[number];
export const Loss = enumOf('Loss', 'How much may be lost without the operation failing.', LOSSES, {
  NOTHING: 'Nothing: only findings of severity INFO are accepted.',
  OBJECTS: 'Objects that are missing, empty or not enforced, with all rows: WARNING is accepted too.',
  ROWS: 'Rows as well: CRITICAL is accepted too.',
});

export type Severity = (typeof SEVERITIES)[number];
export const Severity = enumOf('Severity', 'How much it matters.', SEVERITIES, {
  INFO: 'Another form with the same behaviour.',
  WARNING: 'Something is missing, empty or not enforced, or needs a look.',
  CRITICAL: 'Data is missing or at stake.',
});

export const DRILL_STATES = ['RUNNING', 'PASSED', 'FAILED', 'CANCELLED'] as const;
export type DrillState = (typeof DRILL_STATES)[number];
export const DrillState = enumOf('DrillState', 'How a drill stands.', DRILL_STATES, {
  RUNNING: 'It was asked for, and is not over.',
  PASSED: 'The image came back, with nothing missing that it had not told of itself.',
  FAILED: 'The image did not come back, or not as it says; failure and findings say why.',
  CANCELLED: 'It was stopped by somebody, and says nothing about the image.',
});
