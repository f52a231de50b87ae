import type { DrillRecords } from '../ports/drill-records.ts';
import type { ImageStore } from '../ports/image-store.ts';
import type { Json } from '../ports/json.ts';
import type { Platform } from '../ports/platform/platform.ts';
import type { ImageRecords, InstanceRecords, JobRecords } from '../ports/records.ts';
import type { ServerProbe } from '../ports/server-probe.ts';
import type { Transaction } from '../ports/transaction.ts';

/** What a step can say about how far it is; the engine works out percent, rate and time left. */
export interface ProgressReport {
  readonly bytesDone?: number | null;
  readonly bytesTotal?: number | null;
  /** 0 to 100, where bytes do not tell. */
  readonly percent?: number | null;
  readonly message?: string | null;
}

/** What one look in `step.until` found: the end, or how far it is. */
export type Poll<T> = { readonly done: T } | { readonly progress: ProgressReport | null };

export interface StepOptions {
  /** How long one attempt may take. Default 2 minutes for a step, a day for `until`: give it what its work needs. */
  readonly timeoutMs?: number;
  /** Attempts while the error is retryable (UNAVAILABLE), first one included. Default 5. */
  readonly attempts?: number;
  /** The wait after the first failed attempt; doubles up to `maxDelayMs`. Default 1 s and 30 s. */
  readonly delayMs?: number;
  readonly maxDelayMs?: number;
}

export interface UntilOptions extends StepOptions {
  /** The longest wait between two looks, which come sooner while the step is young. Default 500 ms. */
  readonly intervalMs?: number;
  /** Resolves when it is worth looking before that, once; the signal is aborted when nobody waits any more. Must not throw. */
  readonly sooner?: (signal: AbortSignal) => Promise<void>;
}

/** What a step's function is given: which attempt it is, when to give up, and where to report. */
export interface StepScope {
  /** 1 for the first attempt of this step in this run. */
  readonly attempt: number;
  /** Aborted when the operation is cancelled, the attempt timed out, or another worker took over. */
  readonly signal: AbortSignal;
  report(progress: ProgressReport): void;
}

/**
 * Runs the declared steps of a workflow. A step that has finished is not run again: its stored result is returned.
 * A step may run twice (a crash between effect and commit), so whatever it does must be idempotent.
 */
export interface StepRunner<Name extends string> {
  (name: Name, run: (scope: StepScope) => Promise<void>, options?: StepOptions): Promise<void>;
  <T extends Json | undefined>(name: Name, run: (scope: StepScope) => Promise<T>, options?: StepOptions): Promise<T>;
  /**
   * Looks again and again until done; one look may take 2 minutes. Holds no worker slot between two looks. Only failures in a
   * row count as attempts. What is not done within `timeoutMs` has failed for good (STEP_FAILED).
   */
  until<T extends Json | undefined>(
    name: Name,
    poll: (scope: StepScope) => Promise<Poll<T>>,
    options?: UntilOptions,
  ): Promise<T>;
  /** Writes records in the transaction that finishes the step; refused when the operation was cancelled before. */
  commit(name: Name, write: (tx: Transaction) => Promise<void>, options?: StepOptions): Promise<void>;
}

/** Runs the durable steps of a compensation; their names are free, unique within it. Retried for 15 minutes in all. */
export type UndoRunner = (name: string, run: (scope: StepScope) => Promise<void>) => Promise<void>;

/** The ports that every workflow works through. */
export interface WorkflowServices {
  readonly platform: Platform;
  readonly store: ImageStore;
  readonly probe: ServerProbe;
  readonly instances: InstanceRecords;
  readonly images: ImageRecords;
  readonly drills: DrillRecords;
  readonly jobs: JobRecords;
}

/** One run: which operation it is, and the how-manyeth. */
export interface RunFacts {
  readonly operationId: string;
  /** 1, and one more with each retryOperation. */
  readonly run: number;
}

export interface RunContext<Name extends string> extends WorkflowServices, RunFacts {
  readonly step: StepRunner<Name>;
}

export interface UndoContext extends WorkflowServices, RunFacts {
  readonly undo: UndoRunner;
}
