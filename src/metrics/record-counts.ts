import type {
  AlertKind,
  DriftKind,
  DriftState,
  DrillState,
  HealthStatus,
  ImageState,
  InstanceState,
  JobState,
  OperationKind,
  OperationState,
  ReadinessStatus,
} from '../../schema/states.ts';

/** How many records there are of each kind; combinations without any are left out. */
export interface RecordCounts {
  readonly operations: readonly {
    readonly kind: OperationKind;
    readonly state: OperationState;
    readonly count: number;
  }[];
  readonly instances: readonly {
    readonly state: InstanceState;
    readonly health: HealthStatus;
    readonly count: number;
  }[];
  readonly images: readonly { readonly state: ImageState; readonly count: number; readonly sizeBytes: number }[];
  readonly jobs: readonly { readonly kind: string; readonly state: JobState; readonly count: number }[];
  /** Only what is there now: PENDING and REPORTED. */
  readonly drift: readonly { readonly kind: DriftKind; readonly state: DriftState; readonly count: number }[];
  /** Open alerts. */
  readonly alerts: readonly { readonly kind: AlertKind; readonly count: number }[];
  /**
   * Instances that are neither DELETED nor FAILED, as of the last look at all of them; `oldestSeconds` is of the data of
   * their newest images.
   */
  readonly readiness: readonly {
    readonly status: ReadinessStatus;
    readonly count: number;
    readonly oldestSeconds: number | null;
    /** Of the last drill that passed, where that is longest ago, and where it took longest until the server answered. */
    readonly oldestDrillSeconds: number | null;
    readonly longestRecoverySeconds: number | null;
  }[];
  /** How long ago that look was; null before the first. */
  readonly readinessAgeSeconds: number | null;
  readonly drills: readonly { readonly state: DrillState; readonly count: number }[];
  /** Of each instance the last drill that passed: how long ago, and how long until its server answered; null unless asked for. */
  readonly proofs:
    | readonly {
        readonly name: string;
        readonly namespace: string;
        readonly seconds: number;
        readonly recoverySeconds: number | null;
      }[]
    | null;
  /** How old the data of the newest image of each instance is; null unless that was asked for. */
  readonly imageAges: readonly { readonly name: string; readonly namespace: string; readonly seconds: number }[] | null;
  /** Runs that no worker has in hand; `oldestSeconds` is 0 when there is none. */
  readonly queue: { readonly depth: number; readonly oldestSeconds: number };
  readonly liveWorkers: number;
  /** The running instances one by one; null unless that was asked for. */
  readonly servers:
    | readonly { readonly name: string; readonly namespace: string; readonly health: HealthStatus }[]
    | null;
}

/** Counts the records; what it throws leaves the gauges of records out of one scrape. */
export type ReadRecordCounts = () => Promise<RecordCounts>;
