import { registerEnumType } from 'type-graphql';
import { LOSSES, SEVERITIES } from './rules/finding-rules.ts';

/** The values of each enumeration in the order of the contract; the same strings stand in the database. */
export const INSTANCE_STATES = ['CREATING', 'RUNNING', 'STOPPED', 'DELETING', 'DELETED', 'FAILED'] as const;
export const IMAGE_STATES = ['CREATING', 'AVAILABLE', 'FAILED', 'DELETING', 'DELETED'] as const;
export const OPERATION_STATES = ['QUEUED', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export const STEP_STATES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED'] as const;
export const OPERATION_KINDS = [
  'CREATE_INSTANCE',
  'UPDATE_INSTANCE',
  'DELETE_INSTANCE',
  'STOP_INSTANCE',
  'START_INSTANCE',
  'RESTART_INSTANCE',
  'CREATE_IMAGE',
  'DELETE_IMAGE',
  'VERIFY_IMAGE',
  'PREFLIGHT',
  'ROTATE_CREDENTIALS',
] as const;
export const IMAGE_TYPES = ['STOCK', 'PG_DURABLE'] as const;
export const IMAGE_METHODS = ['LOGICAL', 'PHYSICAL'] as const;
export const DURABLE_FUNCTIONS = ['RESUME', 'CANCEL'] as const;
export const BACKGROUND_WORK = ['HOLD', 'RUN'] as const;
export const EXPOSURES = ['INTERNAL', 'PUBLIC'] as const;
export const HEALTH_STATUSES = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'] as const;
export const DRIFT_KINDS = ['SERVER', 'VOLUME', 'SECRET', 'CONFIGURATION', 'JOB', 'IMAGE'] as const;
export const DRIFT_STATES = ['PENDING', 'REPORTED', 'REMOVED', 'RESOLVED'] as const;
export const JOB_STATES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export const ACTOR_KINDS = ['USER', 'TOKEN', 'SCHEDULE', 'SYSTEM'] as const;
export const SCHEDULE_RUN_STATES = ['RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'SKIPPED'] as const;
/** What a run makes of one instance; PROVING: its image is there, and a drill of it under way. */
export const SCHEDULED_IMAGE_STATES = ['PENDING', 'TAKING', 'PROVING', 'SUCCEEDED', 'FAILED', 'SKIPPED'] as const;
export type ScheduledImageState = (typeof SCHEDULED_IMAGE_STATES)[number];
export const DRILL_STATES = ['RUNNING', 'PASSED', 'FAILED', 'CANCELLED'] as const;
export const READINESS_STATUSES = ['READY', 'UNPROVEN', 'STALE', 'UNPROTECTED'] as const;
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
export const WEBHOOK_EVENTS = [
  'OPERATION_SUCCEEDED',
  'OPERATION_FAILED',
  'OPERATION_CANCELLED',
  'DRILL_PASSED',
  'DRILL_FAILED',
  'ALERT_OPENED',
  'ALERT_RESOLVED',
] as const;
export const ROLES = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;
export const LOGINS = ['SUPERUSER', 'OWNER'] as const;
export const AUDIT_OUTCOMES = ['ALLOWED', 'REFUSED', 'FAILED'] as const;

type EnumObject<T extends readonly string[]> = { readonly [K in T[number]]: K };

function enumOf<const T extends readonly string[]>(
  name: string,
  description: string,
  values: T,
  meanings: Readonly<Record<T[number], string>>,
): EnumObject<T> {
  const object = Object.fromEntries(values.map((value) => [value, value])) as EnumObject<T>;
  const described = values.map((value: T[number]) => [value, { description: meanings[value] }]);
  registerEnumType(object, { name, description, valuesConfig: Object.fromEntries(described) });
  return object;
}

export type InstanceState = (typeof INSTANCE_STATES)[number];
export const InstanceState = enumOf(
  'InstanceState',
  'Where an instance is in its life. FAILED: creation never completed and its objects are removed.',
  INSTANCE_STATES,
  {
    CREATING: 'Its objects are being made; no connection is taken yet.',
    RUNNING: 'The server is up and took a connection.',
    STOPPED: 'The server is down, its data is kept.',
    DELETING: 'It is being removed with its data; a failed deletion stays here and can be asked for again.',
    DELETED: 'Gone with its data; only this record is left.',
    FAILED: 'It never came to life and what was made of it is removed.',
  },
);
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
export type OperationState = (typeof OPERATION_STATES)[number];
export const OperationState = enumOf(
  'OperationState',
  'SUCCEEDED, FAILED and CANCELLED are final; only retryOperation moves a FAILED one back to QUEUED.',
  OPERATION_STATES,
  {
    QUEUED: 'It waits for a worker.',
    RUNNING: 'A worker has it in hand, or it waits for a job.',
    CANCELLING: 'What it did is being taken back, as somebody asked.',
    SUCCEEDED: 'All that was asked for is done.',
    FAILED: 'It did not get there; what it made was taken back.',
    CANCELLED: 'Somebody stopped it; what it made was taken back.',
  },
);
export type StepState = (typeof STEP_STATES)[number];
export const StepState = enumOf('StepState', 'SKIPPED: the way that the run took did not need it.', STEP_STATES, {
  PENDING: 'Not begun.',
  RUNNING: 'Begun and not ended.',
  SUCCEEDED: 'Done; it is not done again in this run.',
  FAILED: 'It failed or was interrupted.',
  SKIPPED: 'Not needed.',
});
export type OperationKind = (typeof OPERATION_KINDS)[number];
export const OperationKind = enumOf(
  'OperationKind',
  'What an operation does to its instance or image.',
  OPERATION_KINDS,
  {
    CREATE_INSTANCE: 'Makes an instance, empty or from an image.',
    UPDATE_INSTANCE: 'Changes what the platform holds of an instance, such as the size of its volume.',
    DELETE_INSTANCE: 'Removes an instance with its data.',
    STOP_INSTANCE: 'Shuts the server down and keeps the data.',
    START_INSTANCE: 'Brings a stopped server back.',
    RESTART_INSTANCE: 'Shuts the server down and brings it back.',
    CREATE_IMAGE: 'Takes an image of an instance.',
    DELETE_IMAGE: 'Removes the files of an image.',
    VERIFY_IMAGE: 'Restores an image into a server that is thrown away, and compares.',
    ROTATE_CREDENTIALS: 'Gives the superuser another password.',
    PREFLIGHT: 'Tries from where jobs run all that they depend on; works on no instance and no image.',
  },
);
export type ImageType = (typeof IMAGE_TYPES)[number];
export const ImageType = enumOf('ImageType', 'What the server runs; a restore keeps it.', IMAGE_TYPES, {
  STOCK: 'PostgreSQL as its makers ship it.',
  PG_DURABLE: 'PostgreSQL with the pg_durable extension and its worker.',
});
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
export type Exposure = (typeof EXPOSURES)[number];
export const Exposure = enumOf(
  'Exposure',
  'INTERNAL: reachable where the platform runs. PUBLIC: through a load balancer, with a DNS label where the cloud has them.',
  EXPOSURES,
  {
    INTERNAL: 'Only from where the platform runs.',
    PUBLIC: 'From outside, through a load balancer.',
  },
);
export type HealthStatus = (typeof HEALTH_STATUSES)[number];
export const HealthStatus = enumOf(
  'HealthStatus',
  'What the last health check found; UNKNOWN before the first, and while the instance is not RUNNING.',
  HEALTH_STATUSES,
  {
    HEALTHY: 'The last check found nothing wrong.',
    UNHEALTHY: 'The last check found something wrong.',
    UNKNOWN: 'Not checked yet, or not meant to run.',
  },
);
export type DriftKind = (typeof DRIFT_KINDS)[number];
export const DriftKind = enumOf('DriftKind', 'What differs from the records.', DRIFT_KINDS, {
  SERVER: 'A server of the platform.',
  VOLUME: 'The volume of a server, with its data.',
  SECRET: 'The secret of a server.',
  CONFIGURATION: 'The configuration of a server.',
  JOB: 'A backup, restore, verify or preflight job.',
  IMAGE: 'The files of an image in the blob store.',
});
export type DriftState = (typeof DRIFT_STATES)[number];
export const DriftState = enumOf('DriftState', 'What becomes of a difference.', DRIFT_STATES, {
  PENDING: 'Provably left over from ours; it is removed after the grace time unless a record claims it.',
  REPORTED: 'For people to look at; it is never touched.',
  REMOVED: 'It was left over, and it was removed.',
  RESOLVED: 'It is not there any more, or agrees with the records again.',
});
export type JobState = (typeof JOB_STATES)[number];
export const JobState = enumOf('JobState', 'The state of a backup or restore job over all its attempts.', JOB_STATES, {
  PENDING: 'Recorded, not running yet.',
  RUNNING: 'An attempt runs.',
  SUCCEEDED: 'Its last attempt ended well.',
  FAILED: 'No attempt ended well, and there is no further one.',
  CANCELLED: 'It was stopped before its end.',
});
export type ActorKind = (typeof ACTOR_KINDS)[number];
export const ActorKind = enumOf('ActorKind', 'What did something.', ACTOR_KINDS, {
  USER: 'A person who signed in.',
  TOKEN: 'A program, by an API token.',
  SCHEDULE: 'A schedule, when it was due.',
  SYSTEM: 'Toygres itself.',
});
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
export type Severity = (typeof SEVERITIES)[number];
export const Severity = enumOf('Severity', 'How much it matters.', SEVERITIES, {
  INFO: 'Another form with the same behaviour.',
  WARNING: 'Something is missing, empty or not enforced, or needs a look.',
  CRITICAL: 'Data is missing or at stake.',
});
export type DrillState = (typeof DRILL_STATES)[number];
export const DrillState = enumOf('DrillState', 'How a drill stands.', DRILL_STATES, {
  RUNNING: 'It was asked for, and is not over.',
  PASSED: 'The image came back, with nothing missing that it had not told of itself.',
  FAILED: 'The image did not come back, or not as it says; failure and findings say why.',
  CANCELLED: 'It was stopped by somebody, and says nothing about the image.',
});
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
export type Role = (typeof ROLES)[number];
export const Role = enumOf('Role', 'What a caller may do: read, operate, or administer.', ROLES, {
  VIEWER: 'May read all but credentials, logs and the audit log.',
  OPERATOR: "May also change instances, images and schedules, and read logs and the owner's login.",
  ADMIN: "May do everything: users, the audit log, the superuser's login.",
});
export type Login = (typeof LOGINS)[number];
export const Login = enumOf('Login', 'Which login of an instance.', LOGINS, {
  SUPERUSER: 'The one that may do everything on the server. For administrators.',
  OWNER: 'The role `app`, which owns the database `app` and is no superuser. For people and programs.',
});
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];
export const AuditOutcome = enumOf('AuditOutcome', 'What came of what somebody asked for.', AUDIT_OUTCOMES, {
  ALLOWED: 'It was done, or begun.',
  REFUSED: 'It was not allowed, or not possible as things stood.',
  FAILED: 'It was allowed and did not work.',
});

/** The states in which an operation is over until somebody retries it. */
export const TERMINAL_OPERATION_STATES = [
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
] as const satisfies readonly OperationState[];
export type TerminalState = (typeof TERMINAL_OPERATION_STATES)[number];
/** The others: it waits for a worker, or one is at it. */
export const ACTIVE_OPERATION_STATES = ['QUEUED', 'RUNNING', 'CANCELLING'] as const satisfies readonly OperationState[];
/** What asks for an instance to run, or not to: the last one of them says which of it is wanted. */
export const RUNNING_WISHES = [
  'START_INSTANCE',
  'RESTART_INSTANCE',
  'STOP_INSTANCE',
] as const satisfies readonly OperationKind[];
/** The states in which an instance or image has given its name free, and holds nothing any more. */
export const ENDED_RECORD_STATES = ['DELETED', 'FAILED'] as const satisfies readonly (InstanceState & ImageState)[];
/** The states in which an instance has, or is about to have, a server that is to be kept. */
export const LIVE_INSTANCE_STATES = ['CREATING', 'RUNNING', 'STOPPED'] as const satisfies readonly InstanceState[];
/** The states in which a difference from the records is there still. */
export const OPEN_DRIFT_STATES = ['PENDING', 'REPORTED'] as const satisfies readonly DriftState[];

/** True when nothing will happen to the operation any more by itself. */
export function isTerminal(state: OperationState): state is TerminalState {
  return TERMINAL_OPERATION_STATES.some((terminal) => terminal === state);
}

/** True when an instance or image of this state has given its name free. */
export function isEnded(state: InstanceState | ImageState): boolean {
  return ENDED_RECORD_STATES.some((ended) => ended === state);
}
