import type { Hosting } from '../../../schema/rules/hosting-rules.ts';
import type { ImageType } from '../../../schema/states.ts';
import type { ServerRef } from './servers.ts';

export type PlatformJobKind = 'backup' | 'restore' | 'verify' | 'preflight';

export interface JobRef {
  /** The id of the job's record. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
}

/** A program of the runner to run beside the data, to the end, at most `attempts` times. */
export interface JobSpec extends JobRef {
  readonly kind: PlatformJobKind;
  /** The runner's program for it, where the kind has more than one; left out: the one of its kind. */
  readonly program?: string;
  readonly operationId: string;
  readonly instanceId: string | null;
  readonly imageId: string | null;
  /** The volume it is given (restore), or null when it works over the network (backup). */
  readonly volume: ServerRef | null;
  /** Of the server whose volume that is: the job runs where the server is to. Left out: as the installation has it. */
  readonly hosting?: Hosting;
  readonly imageType: ImageType;
  readonly postgresVersion: string;
  /** Environment of the script; never a secret. */
  readonly parameters: Readonly<Record<string, string>>;
  /** One file each, mode 0600, in the directory that the script finds in TOYGRES_SECRETS_DIR. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Bytes of scratch space it will need: a place without them is none for it. */
  readonly scratchBytes: number;
  /** What it may take where there is more; as much as it needs when absent. A platform that holds it to that tells it so. */
  readonly scratchAtMostBytes?: number;
  /** The whole job, over all attempts, is ended as failed after this. */
  readonly deadlineSeconds: number;
  readonly attempts: number;
}

/** What a script reported last with a control line (see templates/scripts/README.md). */
export interface JobReport {
  /** The phase of the script's work, `'dump'`, `'upload'`; phases only go forward within an attempt. */
  readonly phase: string;
  readonly bytesDone: number | null;
  readonly bytesTotal: number | null;
  /** 0 to 100 within the phase, where bytes do not tell. */
  readonly percent: number | null;
  readonly message: string | null;
}

/**
 * INTERRUPTED: ended by the platform's own orderly shutdown, to be started again with `ensureJob`; no failure.
 * ABSENT: the platform does not know it (never started, or removed behind our back).
 */
export type PlatformJobState = 'ABSENT' | 'PENDING' | 'RUNNING' | 'INTERRUPTED' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

export interface JobStatus {
  readonly state: PlatformJobState;
  /** Attempts begun. */
  readonly attempts: number;
  /** Of the last attempt that ended; 128 + n when signal n ended it. */
  readonly exitCode: number | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly report: JobReport | null;
  /** When the script last reported something new: what a stall watchdog looks at. */
  readonly reportedAt: Date | null;
  /** The JSON object of the script's result line, present when it SUCCEEDED. */
  readonly result: Readonly<Record<string, unknown>> | null;
  /** Why it has not begun yet, where the platform can tell: no room, a quota, an image. Left out: nothing is known. */
  readonly waitsFor?: string | null;
  /** The real cause when FAILED: the script's own error line, or what the platform says. */
  readonly failure: string | null;
}

export interface PlatformLogLine {
  /** Counts from 1 over all attempts of a job; within one reading for a server. */
  readonly line: number;
  readonly attempt: number;
  readonly at: Date | null;
  readonly text: string;
}

export interface FollowJobLogs {
  /** Only lines after this one. 0: from the first. */
  readonly afterLine: number;
  /** True: wait for more until the job has ended. False: end with what is there. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}
