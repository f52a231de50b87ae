import { AppError } from '../schema/errors.ts';
import type { FindingFacts } from '../schema/rules/finding-rules.ts';
import { withDrillAsInstance } from './images/drill-server.ts';
import { describeUntold, findUntold, joinFindings } from './images/drill-verdict.ts';
import { fillingSteps, fillVolume, takeDownRestore } from './images/fill-volume.ts';
import { followPhases, type ImageMethod, planJob, stepsOf } from './images/image-method.ts';
import { readAvailableImage } from './images/image-to-restore.ts';
import { DrillInput } from './inputs.ts';
import { KEEPING, keepLogAndRemove } from './platform-jobs/end-job.ts';
import { startJob } from './platform-jobs/watch-job.ts';
import { startingSteps, startServer } from './servers/bring-up.ts';
import { durableWorkerAt, WORKER_START } from './servers/durable-worker.ts';
import type { Endpoint } from './servers/readiness.ts';
import { PART_REMOVAL_STEPS, type PartStep, removeParts } from './servers/remove-instance.ts';
import { serverOf } from './servers/server-steps.ts';
import type { RunContext, WorkflowServices } from './workflow/context.ts';
import { defineWorkflow, type FailurePlan } from './workflow/define-workflow.ts';
import { scaleSteps } from './workflow/scale-steps.ts';

type Proving =
  | 'Record the recovery'
  | 'Start the comparison'
  | 'Keep the log of the comparison'
  | 'Record what was compared'
  | 'Judge what was found'
  | 'Mark the drill passed';

/** Throws STEP_FAILED when the image did not come back as it says. */
async function judge({ images }: WorkflowServices, imageId: string, found: readonly FindingFacts[]): Promise<void> {
  const image = await images.read(imageId);
  const untold = findUntold(found, image.findings);
  if (untold.length > 0) throw new AppError('STEP_FAILED', describeUntold(image.name, untold));
}

const restoringSteps = <S extends string>(method: ImageMethod<string, S>) => ({
  'Begin the drill': 1,
  ...scaleSteps(fillingSteps(method), 0.5),
});

const provingSteps = <P extends string>(
  method: ImageMethod<string, string, P>,
): Record<P | Proving | PartStep, number> => ({
  'Record the recovery': 1,
  'Start the comparison': 1,
  ...stepsOf(method.prove.phases),
  'Keep the log of the comparison': 1,
  'Record what was compared': 1,
  'Judge what was found': 1,
  ...scaleSteps(PART_REMOVAL_STEPS, 0.1),
  'Mark the drill passed': 1,
});

const onFailure: FailurePlan<DrillInput> = {
  undo: (context, { drillId }) => takeDownRestore(withDrillAsInstance(context), drillId),
  settle: (tx, { drills }, { drillId }, failure) => drills.markEnded(tx, drillId, failure),
  async reopen(tx, services, { drillId }) {
    await services.drills.reopen(tx, drillId);
    const { instances } = withDrillAsInstance(services);
    await readAvailableImage(services, await instances.read(drillId));
  },
};

type AllSteps<S extends string, P extends string> =
  | keyof ReturnType<typeof restoringSteps<S>>
  | keyof ReturnType<typeof startingSteps>
  | keyof ReturnType<typeof provingSteps<P>>;

/**
 * A proof that an image comes back: restored into a server of its own, which starts, is compared, and is thrown away. The
 * drill is what owns that server. It passes only when everything that it made is gone.
 */
async function prove<S extends string, P extends string>(
  given: RunContext<AllSteps<S, P>>,
  method: ImageMethod<string, S, P>,
  drillId: string,
  whenItAnswers: (context: WorkflowServices, endpoint: Endpoint) => Promise<void>,
): Promise<void> {
  const context = withDrillAsInstance(given);
  const { step, drills } = context;
  const server = serverOf(context, drillId);
  await step.commit('Begin the drill', (tx) => drills.begin(tx, drillId));
  const { image, filled } = await fillVolume(context, method, drillId, server);
  const endpoint = await startServer(context, server, server.connectAt);
  await whenItAnswers(context, endpoint);
  await step.commit('Record the recovery', (tx) => drills.noteRecovery(tx, drillId));

  const comparison = planJob(context, method.prove, drillId, image);
  const job = await step('Start the comparison', (scope) => startJob(context, comparison, scope));
  const compared = await followPhases(context, method.prove, comparison, job);
  await step('Keep the log of the comparison', (scope) => keepLogAndRemove(context, job, scope), KEEPING);

  const findings = joinFindings(filled.findings, compared.findings);
  await step.commit('Record what was compared', (tx) => drills.noteComparison(tx, drillId, { ...compared, findings }));
  await step('Judge what was found', () => judge(context, image.imageId, findings));
  await removeParts(context, server);
  await step.commit('Mark the drill passed', (tx) => drills.markPassed(tx, drillId));
}

/** A drill of an image of a plain server. */
export const verifyImageBy = <S extends string, P extends string>(method: ImageMethod<string, S, P>) =>
  defineWorkflow(method.workflows.prove.name, method.workflows.prove.version, DrillInput)
    .steps({ ...restoringSteps(method), ...startingSteps(2, 3, 2), ...provingSteps(method) })
    .onFailure(onFailure)
    .run((context, { drillId }) => prove(context, method, drillId, async () => undefined));

/** A drill of an image of a server with pg_durable, which answers when its worker lives. */
export const verifyDurableImageBy = <S extends string, P extends string>(method: ImageMethod<string, S, P>) =>
  defineWorkflow(method.workflows.proveDurable.name, method.workflows.proveDurable.version, DrillInput)
    .steps({
      ...restoringSteps(method),
      ...startingSteps(1, 2, 2),
      'Wait for the durable worker': 2,
      ...provingSteps(method),
    })
    .onFailure(onFailure)
    .run((context, { drillId }) =>
      prove(context, method, drillId, async (services, endpoint) => {
        const worker = durableWorkerAt(services, drillId, endpoint);
        await context.step.until('Wait for the durable worker', worker.isAliveUnlessOff, WORKER_START);
      }),
    );
