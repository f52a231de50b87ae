import type { FailureRecord } from '../../jobs/ports/records.ts';
import type { Actor } from '../../schema/actor.ts';
import type {
  DriftKind,
  DriftState,
  HealthStatus,
  JobState,
  OperationKind,
  OperationState,
  StepState,
} from '../../schema/states.ts';

/** An operation as it stands in the CMS. */
export interface OperationRecord {
  readonly id: string;
  readonly kind: OperationKind;
  readonly workflow: string;
  readonly workflowVersion: string;
  readonly platform: string;
  readonly state: OperationState;
  readonly percent: number;
  readonly run: number;
  readonly instanceId: string | null;
  readonly imageId: string | null;
  readonly requestedBy: string;
  readonly actor: Actor;
  readonly cancelledBy: Actor | null;
  readonly failure: FailureRecord | null;
  readonly revision: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface ProgressRecord {
  readonly percent: number | null;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly message: string | null;
}

export interface StepRecord {
  readonly position: number;
  readonly name: string;
  readonly state: StepState;
  readonly attempt: number;
  readonly progress: ProgressRecord | null;
  readonly failure: FailureRecord | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A step as its operation weighs it. */
export interface WeighedStep extends StepRecord {
  /** Its share of the operation's percent, against those of the other steps. */
  readonly weight: number;
}

export interface OperationEventRecord {
  readonly operationId: string;
  readonly sequence: number;
  readonly at: Date;
  readonly state: OperationState;
  readonly percent: number;
  readonly step: StepRecord | null;
}

/** A change of a record, with the record as it stands. */
export interface ChangeRecord {
  /** Its place in the order of all changes. */
  readonly cursor: string;
  /** 'instance', 'image', 'operation' ... */
  readonly noun: string;
  readonly record: { readonly id: string; readonly revision: number };
}

export interface JobRecord {
  readonly id: string;
  readonly operationId: string;
  readonly namespace: string;
  readonly name: string;
  readonly platform: string;
  readonly state: JobState;
  readonly attempts: number;
  readonly exitCode: number | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface ImageFileRecord {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface LogLineRecord {
  readonly jobId: string | null;
  readonly line: number;
  readonly attempt: number;
  readonly at: Date | null;
  readonly text: string;
}

export interface HealthCheckRecord {
  readonly at: Date;
  readonly status: HealthStatus;
  readonly latencyMs: number | null;
  readonly message: string | null;
}

/** What the checks of some time found; times in milliseconds, null when no check succeeded. */
export interface HealthTally {
  readonly checks: number;
  readonly healthy: number;
  readonly latencyMs: number | null;
  readonly slowestMs: number | null;
}

export interface HealthPeriodRecord extends HealthTally {
  readonly from: Date;
  readonly message: string | null;
}

export interface HealthDayRecord extends HealthTally {
  readonly periods: readonly HealthPeriodRecord[];
}

/** One thing in which the platform or the blob store differs from the records. */
export interface DriftRecord {
  readonly platform: string;
  readonly kind: DriftKind;
  readonly namespace: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly state: DriftState;
  readonly reason: string;
}
