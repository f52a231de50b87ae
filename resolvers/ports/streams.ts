import type { ImageRecord, InstanceRecord } from '../../jobs/ports/records.ts';
import type { ChangeRecord, LogLineRecord, OperationEventRecord, OperationRecord } from './records.ts';

/**
 * What subscribers follow. Every iterable ends by itself when there is nothing more to come, and at once, leaving nothing
 * behind, when `signal` is aborted or its `return` is called while it waits.
 */
export interface EventStreams {
  /** Every event after `after` in order, then live; ends after a terminal event that is the last stored. NOT_FOUND at the first `next`. */
  followOperation(operationId: string, after: number, signal: AbortSignal): AsyncIterable<OperationEventRecord>;
  /** With an id: the present state first, then every change. Without: every change from now on. NOT_FOUND for an unknown id. */
  followInstances(instanceId: string | null, signal: AbortSignal): AsyncIterable<InstanceRecord>;
  followImages(imageId: string | null, signal: AbortSignal): AsyncIterable<ImageRecord>;
  /** Every change of operations from now on, of this instance or image where one is given. */
  followOperations(
    criteria: { readonly instanceId: string | null; readonly imageId: string | null },
    signal: AbortSignal,
  ): AsyncIterable<OperationRecord>;
  /**
   * Every change of any record after a cursor, in one order; without one, from now on. INVALID_INPUT at the first `next`
   * for a cursor that is none, or after which changes were forgotten.
   */
  followChanges(after: string | null, signal: AbortSignal): AsyncIterable<ChangeRecord>;
  /** A cursor of now: whatever changes after the answer comes after it. */
  readChangesCursor(): Promise<string>;
}

export interface JobLogRequest {
  /** The last so many lines; null for all (or all after `afterLine`). */
  readonly tailLines: number | null;
  readonly afterLine: number | null;
}

export interface ServerLogRequest {
  /** The last so many lines; null for all that is kept. */
  readonly tailLines: number | null;
  readonly since: Date | null;
  readonly follow: boolean;
}

/** Logs of jobs, also after the platform has forgotten them, and of servers. */
export interface LogStreams {
  /** NOT_FOUND for an unknown job. */
  readJob(jobId: string, request: JobLogRequest): Promise<readonly LogLineRecord[]>;
  followJob(
    jobId: string,
    request: JobLogRequest & { readonly follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<LogLineRecord>;
  /** The same lines in lists of at most 1,000, none empty: all that is there at once. */
  followJobBatches(
    jobId: string,
    request: JobLogRequest & { readonly follow: boolean },
    signal: AbortSignal,
  ): AsyncIterable<readonly LogLineRecord[]>;
  followInstance(instanceId: string, request: ServerLogRequest, signal: AbortSignal): AsyncIterable<LogLineRecord>;
  /** The same lines in lists of at most 1,000, none empty: all that is there at once. */
  followInstanceBatches(
    instanceId: string,
    request: ServerLogRequest,
    signal: AbortSignal,
  ): AsyncIterable<readonly LogLineRecord[]>;
}
