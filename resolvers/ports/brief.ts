import type { ImageRecord } from '../../jobs/ports/records.ts';
import type { OperationRecord } from './records.ts';

/** What pages mostly show of images: read without the rest where nothing else is asked for. */
export const BRIEF_IMAGE = [
  'id',
  'name',
  'state',
  'method',
  'sourceInstanceId',
  'sourceInstanceName',
  'sizeBytes',
  'labels',
  'takenAt',
  'verifiedAt',
  'protected',
  'expiresAt',
  'scheduleId',
  'createdAt',
] as const satisfies readonly (keyof ImageRecord)[];

/** The same of operations. */
export const BRIEF_OPERATION = [
  'id',
  'kind',
  'state',
  'percent',
  'instanceId',
  'imageId',
  'requestedBy',
  'failure',
  'createdAt',
  'startedAt',
  'finishedAt',
] as const satisfies readonly (keyof OperationRecord)[];
