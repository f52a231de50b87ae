import type { ImageMethod as MethodName } from '../../schema/states.ts';
import { type PlannedJob, watchJob } from '../platform-jobs/watch-job.ts';
import type { Json } from '../ports/json.ts';
import type { JobRef } from '../ports/platform/jobs.ts';
import type { RunContext, RunFacts, WorkflowServices } from '../workflow/context.ts';
import type { ComparedImage } from './compared-image.ts';
import type { ImageToRestore } from './image-to-restore.ts';
import type { FilledVolume, TakenImage } from './taken-image.ts';

/** A phase of a job's program, and the step that waits until the job has left it behind. */
export interface JobPhase<S extends string> {
  readonly phase: string;
  readonly step: S;
  readonly weight: number;
}

/** A job of a method: what it works on, what it goes through, and what it reports. */
export interface MethodJob<S extends string, A extends readonly unknown[], R extends Json> {
  /** In order; at least one. */
  readonly phases: readonly JobPhase<S>[];
  readonly plan: (context: WorkflowServices & RunFacts, ...subject: A) => Omit<PlannedJob, 'phases'>;
  /** Reads what the job reported when it succeeded. Throws STEP_FAILED. */
  readonly parseResult: (result: unknown) => R;
}

interface Named {
  readonly name: string;
  readonly version: string;
}

/**
 * A way of taking images and of restoring them. Every workflow about images is made of one. A run is pinned to its name and
 * version: other phases are another version, with the old one kept beside it in the registry.
 */
export interface ImageMethod<T extends string = string, F extends string = string, P extends string = string> {
  readonly method: MethodName;
  readonly workflows: {
    readonly take: Named;
    readonly fill: Named;
    readonly fillDurable: Named;
    readonly prove: Named;
    readonly proveDurable: Named;
  };
  /** Reads a running source of so many bytes, and writes the image's prefix in the store. */
  readonly take: MethodJob<T, readonly [imageId: string, dataBytes: number], TakenImage>;
  /** Reads the image's prefix, and leaves a whole data directory on the instance's volume. */
  readonly fill: MethodJob<F, readonly [instanceId: string, image: ImageToRestore], FilledVolume>;
  /** Holds the server of a drill, which runs, against the image that it was restored from. */
  readonly prove: MethodJob<P, readonly [drillId: string, image: ImageToRestore], ComparedImage>;
}

/** The steps of a job's phases with their weights, to be declared by a workflow. */
export function stepsOf<S extends string>(phases: readonly JobPhase<S>[]): Readonly<Record<S, number>> {
  return Object.fromEntries(phases.map(({ step, weight }) => [step, weight])) as Record<S, number>;
}

/** The job as a run starts and watches it. */
export function planJob<S extends string, A extends readonly unknown[], R extends Json>(
  context: WorkflowServices & RunFacts,
  job: MethodJob<S, A, R>,
  ...subject: A
): PlannedJob {
  return { ...job.plan(context, ...subject), phases: job.phases.map(({ phase }) => phase) };
}

/** Waits step by step until a started job has succeeded; answers with what it reported. */
export async function followPhases<S extends string, A extends readonly unknown[], R extends Json>(
  context: RunContext<NoInfer<S>>,
  { phases, parseResult }: MethodJob<S, A, R>,
  planned: PlannedJob,
  ref: JobRef,
): Promise<R> {
  const watch = watchJob(context, planned, ref);
  const last = phases.at(-1);
  if (last === undefined) throw new Error('a job of a method has no phase');
  for (const { step, phase } of phases.slice(0, -1)) {
    await context.step.until(step, watch.past(phase), watch.patience);
  }
  return context.step.until<R>(last.step, watch.succeeded(last.phase, parseResult), watch.patience);
}
