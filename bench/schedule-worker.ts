// A worker with schedules in a process of its own, on a platform that does nothing: schedule-worker.ts <url> <platform id>
import { workflows } from '../jobs/registry.ts';
import { createScheduler } from '../src/schedules/scheduler.ts';
import { createScheduledWork } from '../src/services/schedules/scheduled-work.ts';
import { createWorker } from '../src/workflow/worker.ts';
import { openScheduleServices } from './schedule-services.ts';

const [url = '', platformId = ''] = process.argv.slice(2);
const { commands, stop, ...parts } = await openScheduleServices(url, platformId, { schedule: true });
const worker = createWorker({ ...parts, platformId, workflows, concurrency: 4, release: 'bench' });
await worker.start();
const scheduler = createScheduler({
  ...parts,
  platformId,
  work: createScheduledWork(commands),
  checkStore: async () => undefined,
});
await scheduler.start();
process.stdout.write('started\n');
process.once('SIGTERM', async () => {
  await scheduler.stop();
  await worker.stop({ graceMs: 1000 });
  await stop();
});
