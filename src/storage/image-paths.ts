import { AppError } from '../../schema/errors.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Below it lie the logs of ended jobs; never the prefix of an image. */
export const LOGS_PREFIX = '_logs/';
/** Below it jobs try whether they can write and read. */
export const TRIALS_PREFIX = '_trials/';
export const MANIFEST_NAME = 'manifest.json';

/** True for what can be the id of an image or a job. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** `<image id>/`. Throws INVALID_INPUT for what is no id: an empty prefix would be everybody's. */
export function imagePrefix(imageId: string): string {
  return `${checked(imageId)}/`;
}

/** `_trials/<job id>/`, with the same care; never the prefix of an image. */
export function trialPrefix(jobId: string): string {
  return `${TRIALS_PREFIX}${checked(jobId)}/`;
}

/** `_logs/<job id>/`, with the same care. */
export function jobLogPrefix(jobId: string): string {
  return `${LOGS_PREFIX}${checked(jobId)}/`;
}

function checked(id: string): string {
  if (isId(id)) return id;
  throw new AppError('INVALID_INPUT', 'An image and a job are named by a UUID in the blob store.');
}
