// A worker in a process of its own: nothing-worker.ts <database url> <platform id>
import type { WorkflowServices } from '../jobs/workflow/context.ts';
import { openDatabase } from '../src/db/database.ts';
import { createListener } from '../src/db/listener.ts';
import { createLogger } from '../src/log/logger.ts';
import { startBoss } from '../src/workflow/queue/boss.ts';
import { createWorker } from '../src/workflow/worker.ts';
import { nothing, waiting } from './nothing-workflow.ts';

const [url = '', platformId = ''] = process.argv.slice(2);
const log = createLogger('warn');
const database = openDatabase({ url });
const boss = await startBoss({ url, log });
const listener = createListener({ url, log });
await listener.start();
const worker = createWorker({
  database,
  boss,
  listener,
  workflows: [nothing, waiting],
  // The workflows touch none of them.
  services: {} as WorkflowServices,
  platformId,
  concurrency: 4,
  log,
  release: 'bench',
});
await worker.start();
process.stdout.write('started\n');
process.once('SIGTERM', async () => {
  await worker.stop({ graceMs: 1000 });
  await listener.stop();
  await boss.stop({ graceful: false });
  await database.stop();
});
