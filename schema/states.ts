import { registerEnumType } from 'type-graphql';

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
] as const;
export const IMAGE_TYPES = ['STOCK', 'PG_DURABLE'] as const;
export const IMAGE_METHODS = ['LOGICAL', 'PHYSICAL'] as const;
export const EXPOSURES = ['INTERNAL', 'PUBLIC'] as const;
export const HEALTH_STATUSES = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'] as const;
export const JOB_STATES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export const ROLES = ['VIEWER', 'OPERATOR', 'ADMIN'] as const;

type EnumObject<T extends readonly string[]> = { readonly [K in T[number]]: K };

function enumOf<const T extends readonly string[]>(name: string, description: string, values: T): EnumObject<T> {
  const object = Object.fromEntries(values.map((value) => [value, value])) as EnumObject<T>;
  registerEnumType(object, { name, description });
  return object;
}

export type InstanceState = (typeof INSTANCE_STATES)[number];
export const InstanceState = enumOf(
  'InstanceState',
  'Where an instance is in its life. FAILED: creation never completed and its objects are removed.',
  INSTANCE_STATES,
);
export type ImageState = (typeof IMAGE_STATES)[number];
export const ImageState = enumOf(
  'ImageState',
  'AVAILABLE only after everything that a restore needs was verified in the blob store.',
  IMAGE_STATES,
);
export type OperationState = (typeof OPERATION_STATES)[number];
export const OperationState = enumOf(
  'OperationState',
  'SUCCEEDED, FAILED and CANCELLED are final; only retryOperation moves a FAILED one back to QUEUED.',
  OPERATION_STATES,
);
export type StepState = (typeof STEP_STATES)[number];
export const StepState = enumOf('StepState', 'SKIPPED: the way that the run took did not need it.', STEP_STATES);
export type OperationKind = (typeof OPERATION_KINDS)[number];
export const OperationKind = enumOf(
  'OperationKind',
  'What an operation does to its instance or image.',
  OPERATION_KINDS,
);
export type ImageType = (typeof IMAGE_TYPES)[number];
export const ImageType = enumOf('ImageType', 'What the server runs; a restore keeps it.', IMAGE_TYPES);
export type ImageMethod = (typeof IMAGE_METHODS)[number];
export const ImageMethod = enumOf(
  'ImageMethod',
  'LOGICAL: every database by pg_dump, with roles and settings. PHYSICAL: the cluster by pg_basebackup.',
  IMAGE_METHODS,
);
export type Exposure = (typeof EXPOSURES)[number];
export const Exposure = enumOf(
  'Exposure',
  'INTERNAL: reachable where the platform runs. PUBLIC: through a load balancer, with a DNS label where the cloud has them.',
  EXPOSURES,
);
export type HealthStatus = (typeof HEALTH_STATUSES)[number];
export const HealthStatus = enumOf(
  'HealthStatus',
  'What the last health check found; UNKNOWN before the first.',
  HEALTH_STATUSES,
);
export type JobState = (typeof JOB_STATES)[number];
export const JobState = enumOf('JobState', 'The state of a backup or restore job over all its attempts.', JOB_STATES);
export type Role = (typeof ROLES)[number];
export const Role = enumOf('Role', 'What a caller may do: read, operate, or administer.', ROLES);

/** The states in which an operation is over until somebody retries it. */
export const TERMINAL_OPERATION_STATES: readonly OperationState[] = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** True when nothing will happen to the operation any more by itself. */
export function isTerminal(state: OperationState): boolean {
  return TERMINAL_OPERATION_STATES.includes(state);
}
