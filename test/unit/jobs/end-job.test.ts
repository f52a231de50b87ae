import { expect, it } from 'vitest';
import { keepLogAndRemove } from '../../../jobs/platform-jobs/end-job.ts';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';

it('a job that never came to run, because its start was cut off, is removed with what was laid out for it', async () => {
  const done: string[] = [];
  const services = {
    platform: {
      readJob: async () => ({ state: 'ABSENT', attempts: 0 }),
      removeJob: async ({ id }: { id: string }) => void done.push(`removed ${id}`),
    },
    store: { writeJobLog: async () => void done.push('a log was kept') },
    jobs: { update: async () => void done.push('a record was changed') },
  } as unknown as WorkflowServices;
  const ref = { id: 'job', namespace: 'some', name: 'restore-orders' };
  await keepLogAndRemove(services, ref, { attempt: 1, signal: new AbortController().signal, report: () => undefined });
  expect(done).toEqual(['removed job']);
});
