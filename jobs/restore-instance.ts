import { fillingSteps, fillVolume, takeDownRestore } from './images/fill-volume.ts';
import type { ImageMethod } from './images/image-method.ts';
import { InstanceInput } from './inputs.ts';
import { reopenRestore, settleInstanceFailed } from './records-at-end.ts';
import { bringUpServer, bringUpSteps } from './servers/bring-up.ts';
import { serverOf } from './servers/server-steps.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new server from an image: a job fills its volume before it starts. The image is only read. */
export const restoreInstanceBy = <S extends string>(method: ImageMethod<string, S>) =>
  defineWorkflow(method.workflows.fill.name, method.workflows.fill.version, InstanceInput)
    .steps({ ...fillingSteps(method), ...bringUpSteps(4, 5, 5, 1) })
    .onFailure({
      undo: (context, { instanceId }) => takeDownRestore(context, instanceId),
      settle: settleInstanceFailed,
      reopen: reopenRestore,
    })
    .run(async (context, { instanceId }) => {
      const server = serverOf(context, instanceId);
      const { filled } = await fillVolume(context, method, instanceId, server);
      await bringUpServer(context, instanceId, server, undefined, filled.findings);
    });
