import { enumOf } from './enum-of.ts';

/** What a run makes of one instance; PROVING: its image is there, and a drill of it under way. */
export const SCHEDULED_IMAGE_STATES = ['PENDING', 'TAKING', 'PROVING', 'SUCCEEDED', 'FAILED', 'SKIPPED'] as const;
export type ScheduledImageState = (typeof SCHEDULED_IMAGE_STATES)[number];

export const DRIFT_KINDS = ['SERVER', 'VOLUME', 'SECRET', 'CONFIGURATION', 'JOB', 'IMAGE'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
export const DriftKind = enumOf('DriftKind', 'What differs from the records.', DRIFT_KINDS, {
  SERVER: 'A server of the platform.',
  VOLUME: 'The volume of a server, with its data.',
  SECRET: 'The secret of a server.',
  CONFIGURATION: 'The configuration of a server.',
  JOB: 'A backup, restore, verify or preflight job.',
  IMAGE: 'The files of an image in the blob store.',
});

export const DRIFT_STATES = ['PENDING', 'REPORTED', 'REMOVED', 'RESOLVED'] as const;
export type DriftState = (typeof DRIFT_STATES)[number];
export const DriftState = enumOf('DriftState', 'What becomes of a difference.', DRIFT_STATES, {
  PENDING: 'Provably left over from ours; it is removed after the grace time unless a record claims it.',
  REPORTED: 'For people to look at; it is never touched.',
  REMOVED: 'It was left over, and it was removed.',
  RESOLVED: 'It is not there any more, or agrees with the records again.',
});

export const SCHEDULE_RUN_STATES = ['RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'SKIPPED'] as const;
export type ScheduleRunState = (typeof SCHEDULE_RUN_STATES)[number];
export const ScheduleRunState = enumOf(
  'ScheduleRunState',
  'What became of a time at which a schedule was due.',
  SCHEDULE_RUN_STATES,
  {
    RUNNING: 'Images are being taken.',
    SUCCEEDED: 'Every image was taken, and every drill passed.',
    PARTIAL: 'Some images were taken; message says which were not.',
    FAILED: 'No image was taken; message says why.',
    SKIPPED: 'The one before was under way, or it was missed and a later one made up for it; message says which.',
  },
);

export const READINESS_STATUSES = ['READY', 'UNPROVEN', 'STALE', 'UNPROTECTED'] as const;
export type ReadinessStatus = (typeof READINESS_STATUSES)[number];
export const ReadinessStatus = enumOf(
  'ReadinessStatus',
  'How well an instance could be brought back now.',
  READINESS_STATUSES,
  {
    READY: 'Its newest image is as young as its schedules promise, and its last drill passed.',
    UNPROVEN: 'It has an image, and no drill of one has passed, or the last one failed.',
    STALE: 'An image is overdue.',
    UNPROTECTED: 'It has no image.',
  },
);

export const ALERT_KINDS = [
  'IMAGE_FAILED',
  'IMAGE_OVERDUE',
  'DRILL_FAILED',
  'RESTORE_FAILED',
  'INSTANCE_UNHEALTHY',
  'SCHEDULE_FAILED',
  'STORE_UNREACHABLE',
  'DRIFT_REPORTED',
  'WEBHOOK_FAILING',
  'RETENTION_STOPPED',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];
export const AlertKind = enumOf('AlertKind', 'What an alert is about.', ALERT_KINDS, {
  IMAGE_FAILED: 'The last image of an instance failed; over when a later one is AVAILABLE.',
  IMAGE_OVERDUE: 'An instance has no image as young as a schedule promises.',
  DRILL_FAILED: 'The last drill of an instance failed; over when a later one passes.',
  RESTORE_FAILED: 'An instance could not be made from an image; over when that is retried well or its record deleted.',
  INSTANCE_UNHEALTHY: 'A server has been UNHEALTHY for more than a minute.',
  SCHEDULE_FAILED: 'The last run of a schedule could not take all of its images.',
  STORE_UNREACHABLE: 'The blob store does not answer.',
  DRIFT_REPORTED: 'Something differs from the records and is never touched.',
  WEBHOOK_FAILING: 'A webhook is disabled, since for a day nothing could be delivered.',
  RETENTION_STOPPED: 'No image is deleted by rules, since the clock is in doubt.',
});

export const WEBHOOK_EVENTS = [
  'OPERATION_SUCCEEDED',
  'OPERATION_FAILED',
  'OPERATION_CANCELLED',
  'DRILL_PASSED',
  'DRILL_FAILED',
  'ALERT_OPENED',
  'ALERT_RESOLVED',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
export const WebhookEvent = enumOf(
  'WebhookEvent',
  'What a webhook is told of; on the wire in lower case with a dot, "operation.succeeded".',
  WEBHOOK_EVENTS,
  {
    OPERATION_SUCCEEDED: 'An operation has done all that was asked for.',
    OPERATION_FAILED: 'An operation did not get there.',
    OPERATION_CANCELLED: 'An operation was stopped by somebody.',
    DRILL_PASSED: 'A drill has proven an image.',
    DRILL_FAILED: 'A drill could not prove an image.',
    ALERT_OPENED: 'An alert was opened.',
    ALERT_RESOLVED: 'What an alert was about is over.',
  },
);

/** The states in which a difference from the records is there still. */
export const OPEN_DRIFT_STATES = ['PENDING', 'REPORTED'] as const satisfies readonly DriftState[];
