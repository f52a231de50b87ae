import { fillingSteps, fillVolume, takeDownRestore } from './images/fill-volume.ts';
import type { ImageMethod } from './images/image-method.ts';
import { InstanceInput } from './inputs.ts';
import { reopenRestore, settleInstanceFailed } from './records-at-end.ts';
import { bringUpServer, bringUpSteps } from './servers/bring-up.ts';
import { durableWorkerAt, WORKER_START } from './servers/durable-worker.ts';
import type { Endpoint } from './servers/readiness.ts';
import { serverOf } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/**
 * A new server with pg_durable from an image. Functions to be cancelled are cancelled by the job, before any worker runs;
 * those to be resumed go on when the worker is alive, and only then the instance is RUNNING.
 */
export const restoreDurableInstanceBy = <S extends string>(method: ImageMethod<string, S>) =>
  defineWorkflow(method.workflows.fillDurable.name, method.workflows.fillDurable.version, InstanceInput)
    .steps({ ...fillingSteps(method), ...bringUpSteps(3, 4, 3, 1, { 'Wait for the durable worker': 4 }) })
    .onFailure({
      undo: (context, { instanceId }) => takeDownRestore(context, instanceId),
      settle: settleInstanceFailed,
      reopen: reopenRestore,
    })
    .run(async (context, { instanceId }) => {
      const { step } = context;
      const server = serverOf(context, instanceId);
      const { filled } = await fillVolume(context, method, instanceId, server);
      const untilWorkerLives = async (endpoint: Endpoint) => {
        const worker = durableWorkerAt(context, instanceId, endpoint);
        await step.until('Wait for the durable worker', worker.isAliveUnlessOff, WORKER_START);
      };
      await bringUpServer(context, instanceId, server, untilWorkerLives, filled.findings);
    });
