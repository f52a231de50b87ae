import { enumOf } from './enum-of.ts';

export const OPERATION_STATES = ['QUEUED', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
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

export const STEP_STATES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED'] as const;
export type StepState = (typeof STEP_STATES)[number];
export const StepState = enumOf('StepState', 'SKIPPED: the way that the run took did not need it.', STEP_STATES, {
  PENDING: 'Not begun.',
  RUNNING: 'Begun and not ended.',
  SUCCEEDED: 'Done; it is not done again in this run.',
  FAILED: 'It failed or was interrupted.',
  SKIPPED: 'Not needed.',
});

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

export const JOB_STATES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type JobState = (typeof JOB_STATES)[number];
export const JobState = enumOf('JobState', 'The state of a backup or restore job over all its attempts.', JOB_STATES, {
  PENDING: 'Recorded, not running yet.',
  RUNNING: 'An attempt runs.',
  SUCCEEDED: 'Its last attempt ended well.',
  FAILED: 'No attempt ended well, and there is no further one.',
  CANCELLED: 'It was stopped before its end.',
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

/** True when nothing will happen to the operation any more by itself. */
export function isTerminal(state: OperationState): state is TerminalState {
  return TERMINAL_OPERATION_STATES.some((terminal) => terminal === state);
}
