import { reopenInstance, settleInstanceFailed } from './parts/creation-end.ts';
import { cancelJobs, KEEPING, keepLogAndRemove, removeJobs } from './parts/end-job.ts';
import { readImageToRestore } from './parts/image-to-restore.ts';
import { InstanceInput } from './parts/inputs.ts';
import { READINESS } from './parts/readiness.ts';
import { parseRestoreResult, restoreJob } from './parts/restore-job.ts';
import { CONNECTION_TEST, MAKING, serverOf, takeDownServer } from './parts/server.ts';
import { VERIFYING } from './parts/verify-upload.ts';
import { startJob, watchJob } from './parts/watch-job.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** A new server from an image: a job fills its volume before it starts. The image is only read. */
export const restoreInstance = defineWorkflow('restore-instance', '1.0.0', InstanceInput)
  .steps({
    'Look up the image': 2,
    'Create the volume': 1,
    'Create the secret': 1,
    'Create the configuration': 1,
    'Start the restore job': 1,
    'Download the image': 18,
    'Check the files': 4,
    'Restore the databases': 50,
    'Gather statistics': 6,
    'Keep the job log': 1,
    'Start the server': 4,
    'Wait until the server is ready': 5,
    'Test the connection': 5,
    'Mark the instance running': 1,
  })
  .onFailure({
    undo: async (context, { instanceId }) => {
      await cancelJobs(context);
      await takeDownServer(context, instanceId);
      await removeJobs(context);
    },
    settle: settleInstanceFailed,
    reopen: reopenInstance,
  })
  .run(async (context, { instanceId }) => {
    const { step, instances } = context;
    const image = await step('Look up the image', () => readImageToRestore(context, instanceId), VERIFYING);
    const server = serverOf(context, instanceId);
    await step('Create the volume', server.ensureVolume, MAKING);
    await step('Create the secret', server.ensureSecret);
    await step('Create the configuration', server.ensureConfiguration);

    const restore = restoreJob(context, instanceId, image);
    const job = await step('Start the restore job', (scope) => startJob(context, restore, scope));
    const watch = watchJob(context, restore, job);
    await step.until('Download the image', watch.past('download'), watch.patience);
    await step.until('Check the files', watch.past('check'), watch.patience);
    await step.until('Restore the databases', watch.past('restore'), watch.patience);
    await step.until('Gather statistics', watch.succeeded('analyze', parseRestoreResult), watch.patience);
    await step('Keep the job log', (scope) => keepLogAndRemove(context, job, scope), KEEPING);

    await step('Start the server', server.start, MAKING);
    const endpoint = await step.until('Wait until the server is ready', server.ready, READINESS);
    await step('Test the connection', server.connectAt(endpoint), CONNECTION_TEST);
    await step.commit('Mark the instance running', (tx) => instances.markRunning(tx, instanceId, endpoint));
  });
