// A worker in a process of its own, for tests that kill it: worker-program.ts <database url> <platform id>
// <version of the workflow>
import { appendFile } from 'node:fs/promises';
import type { WorkflowServices } from '../../../jobs/workflow/context.ts';
import { openDatabase } from '../../../src/db/database.ts';
import { createListener } from '../../../src/db/listener.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';
import { createWorker } from '../../../src/workflow/worker.ts';
import { tracedOf } from './traced-workflow.ts';

const [url = '', platformId = '', version = ''] = process.argv.slice(2);
const log = createLogger('warn');
const database = openDatabase({ url });
const boss = await startBoss({ url, log });
const listener = createListener({ url, log });
await listener.start();
const platform: Partial<WorkflowServices['platform']> = {
  stopServer: ({ resourceName }) => appendFile(resourceName, `Changed ${process.pid}\n`),
};
const worker = createWorker({
  database,
  boss,
  listener,
  workflows: [tracedOf(version)],
  services: { platform } as WorkflowServices,
  platformId,
  concurrency: 2,
  log,
  release: 'test',
});
await worker.start();
process.stdout.write('started\n');
process.once('SIGTERM', async () => {
  await worker.stop({ graceMs: 1000 });
  await listener.stop();
  await boss.stop({ graceful: false });
  await database.stop();
});
