import * as z from 'zod';
import { AppError } from '../../schema/errors.ts';
import { undoWriting } from '../images/undo-writing.ts';
import type { PreflightInput } from '../inputs.ts';
import { buildJobRef } from '../platform-jobs/job-identity.ts';
import type { PlannedJob } from '../platform-jobs/watch-job.ts';
import type { JobSpec } from '../ports/platform/jobs.ts';
import type { RunFacts, StepScope, UndoContext, WorkflowServices } from '../workflow/context.ts';
import { describeBrokenLink, findBrokenLink, isKnownLink } from './broken-links.ts';

type Context = WorkflowServices & RunFacts;

/** The phases of the preflight program. */
export const PREFLIGHT_PHASES = ['tools', 'identity', 'write', 'read'] as const;

const DEADLINE_SECONDS = 600;
const GRANT_SECONDS = 3_600;
const SCRATCH_BYTES = 256 << 20;

const PreflightResult = z.object({ azcopy: z.string(), postgres: z.string(), identity: z.string() });

/** Throws STEP_FAILED when the result is not as agreed. */
export function parsePreflightResult(result: unknown): null {
  if (PreflightResult.safeParse(result).success) return null;
  throw new AppError('STEP_FAILED', 'The preflight job reported a result that cannot be read.');
}

/** The preflight job of this run: made as a backup job is, and given what one is given. */
export function preflightJob(context: Context, input: PreflightInput): PlannedJob {
  return { phases: PREFLIGHT_PHASES, dataBytes: 0, buildSpec: () => buildPreflightSpec(context, input) };
}

async function buildPreflightSpec(
  context: Context,
  { namespace, postgresVersion, imageType }: PreflightInput,
): Promise<JobSpec> {
  const ref = buildJobRef(context, 'preflight', { namespace, name: namespace });
  const { upload, download } = await context.store.grantTrial(ref.id, GRANT_SECONDS);
  return {
    ...ref,
    kind: 'preflight',
    operationId: context.operationId,
    instanceId: null,
    imageId: null,
    volume: null,
    imageType,
    postgresVersion,
    parameters: { TOYGRES_IMAGE_URL: upload.url, TOYGRES_POSTGRES_VERSION: postgresVersion },
    secrets: {
      ...(upload.sas === null ? {} : { sas: upload.sas }),
      ...(download.sas === null ? {} : { 'read-sas': download.sas }),
    },
    scratchBytes: SCRATCH_BYTES,
    deadlineSeconds: DEADLINE_SECONDS,
    // What is broken is broken for the next attempt, too, and somebody waits for the answer.
    attempts: 1,
  };
}

function named(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  // What may pass is tried again, and named in case that it does not.
  if (error.code !== 'STEP_FAILED' && !(error.code === 'UNAVAILABLE' && isKnownLink(error.message))) return error;
  return new AppError(error.code, describeBrokenLink(findBrokenLink(error.message)), { cause: error });
}

/** The work of a step, of which a failure names the broken link. */
export function namingLinks<T>(work: (scope: StepScope) => Promise<T>): (scope: StepScope) => Promise<T> {
  return (scope) =>
    work(scope).catch((error: unknown) => {
      throw named(error);
    });
}

/** Removes what the jobs of an operation wrote to try whether they can. */
export async function removeTrials(context: UndoContext): Promise<void> {
  const { jobs, store, operationId } = context;
  await undoWriting(context, 'Remove what was written', async () => {
    let removed = 0;
    for (const { id } of await jobs.list(operationId)) removed += await store.removeTrial(id);
    return removed;
  });
}
