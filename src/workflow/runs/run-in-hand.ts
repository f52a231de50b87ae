import type { StoredProgress } from '../../../drizzle/tables/shapes.ts';
import type { Json } from '../../../jobs/ports/json.ts';
import type { FailureRecord } from '../../../jobs/ports/records.ts';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';
import type { StepState } from '../../../schema/states.ts';
import type { Database } from '../../db/database.ts';
import type { Logger } from '../../log/logger.ts';
import type { Attempt } from '../../stores/runs/steps.ts';
import type { RunControl } from './run-control.ts';
import type { RunMeter } from './run-meter.ts';
import type { Slots } from './slots.ts';
import type { Teller } from './teller.ts';

/** What every run of a worker shares. */
export interface EngineDeps {
  readonly database: Database;
  readonly services: WorkflowServices;
  readonly slots: Slots;
  readonly log: Logger;
  readonly meter: RunMeter;
  readonly teller: Teller;
  /** How long a compensation is retried in all. */
  readonly undoBudgetMs: number;
  /** How long work that was told to end may take to do so before it is left behind. */
  readonly settleMs: number;
  /** How long a compensation waits for work that was left behind: it may still change what is to be taken back. */
  readonly leftBehindMs: number;
}

/** A step as this attempt knows it; the rows say the same. */
export interface StepInHand {
  readonly position: number;
  readonly name: string;
  readonly weight: number;
  state: StepState;
  attempt: number;
  /** What it returned, once it has succeeded. */
  result: Json | undefined;
  progress: StoredProgress | null;
}

/** One attempt to bring a run to its end. */
export interface RunInHand {
  readonly by: Attempt;
  readonly workflow: string;
  readonly control: RunControl;
  readonly steps: readonly StepInHand[];
  /** The first cause, once it is recorded. */
  failure: FailureRecord | null;
  /** The number of the last event that this attempt knows of. */
  sequence: number;
  /** Work of steps that did not heed its signal and is still at it. */
  readonly leftBehind: Set<Promise<void>>;
  /** True once the operation has SUCCEEDED. */
  succeeded: boolean;
  /** Told when the run begins and ends to wait without needing a slot. */
  onParked(parked: boolean): void;
}
