import { PreflightInput } from './inputs.ts';
import { cancelJobs, KEEPING, keepLogAndRemove, removeJobs } from './platform-jobs/end-job.ts';
import { startJob, watchJob } from './platform-jobs/watch-job.ts';
import { namingLinks, parsePreflightResult, preflightJob, removeTrials } from './preflight/preflight-job.ts';
import { defineWorkflow } from './workflow/define-workflow.ts';

/** Tries from where jobs run all that they depend on. Its failure names the broken link and how to mend it. */
export const runPreflight = defineWorkflow('run-preflight', '1.0.0', PreflightInput)
  .steps({
    'Start the preflight job': 10,
    'Check the tools': 20,
    'Check the identity': 10,
    'Write to the blob store': 25,
    'Read it back': 25,
    'Keep the job log': 5,
    'Remove what was written': 5,
  })
  .onFailure({
    undo: async (context) => {
      await cancelJobs(context);
      await removeTrials(context);
      await removeJobs(context);
    },
    settle: async () => undefined,
  })
  .run(async (context, input) => {
    const { step, store } = context;
    const preflight = preflightJob(context, input);
    const start = namingLinks((scope) => startJob(context, preflight, scope));
    const job = await step('Start the preflight job', start);
    const watch = watchJob(context, preflight, job);
    await step.until('Check the tools', namingLinks(watch.past('tools')), watch.patience);
    await step.until('Check the identity', namingLinks(watch.past('identity')), watch.patience);
    await step.until('Write to the blob store', namingLinks(watch.past('write')), watch.patience);
    const read = namingLinks(watch.succeeded('read', parsePreflightResult));
    await step.until('Read it back', read, watch.patience);
    await step('Keep the job log', (scope) => keepLogAndRemove(context, job, scope), KEEPING);
    await step('Remove what was written', async () => void (await store.removeTrial(job.id)));
  });
