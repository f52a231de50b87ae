// A worker that dies: victim.ts <file with its orders>. It holds each run at its moment, and kills itself when all are
// there. To the records a held run is one whose worker is about to die. Or it freezes: then it lets them go when it is
// woken, and ends when it has nothing left to say.
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { workflows } from '../../jobs/registry.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createLogger } from '../../src/log/logger.ts';
import { createWorker } from '../../src/workflow/worker.ts';
import { type Meddling, observed, observedQueue, observedServices } from './moments.ts';
import type { Orders } from './orders.ts';
import { openParts } from './parts.ts';
import { storyCounter } from './story-counter.ts';

const [file = ''] = process.argv.slice(2);
const { environment, ending, appointments, failing } = JSON.parse(await readFile(file, 'utf8')) as Orders;
const { core, stops } = await openParts(environment);
const awaited = new Set(Object.keys(appointments));
const everybodyIsThere = Promise.withResolvers<void>();
const woken = Promise.withResolvers<void>();
const stories = storyCounter();
/** The verbs that death meets at work begin so that each has had its time when it comes. */
const longestMs = Math.max(0, ...Object.values(appointments).map(({ afterMs }) => afterMs));

const observe: Meddling['observe'] = async (operationId, moment) => {
  const appointment = appointments[operationId];
  if (appointment?.moment !== moment) return;
  if (awaited.delete(operationId)) process.stdout.write(`${operationId}\n`);
  if (awaited.size === 0) everybodyIsThere.resolve();
  await everybodyIsThere.promise;
  if (!moment.includes(': amid ')) return woken.promise;
  await new Promise((resolve) => setTimeout(resolve, longestMs - appointment.afterMs));
};
const meddling: Meddling = { observe, failing: new Set(failing), timeoutMs: 600_000 };
const worker = createWorker({
  ...core,
  // Runs that are held in a transaction hold a connection, too.
  database: openDatabase({ url: core.database.url, maxConnections: 40 }),
  boss: observedQueue(core.boss, observe, (id) => appointments[id]?.moment === 'run: taken'),
  platformId: core.platform.id,
  services: observedServices(core.services, observe),
  workflows: workflows.map((workflow) => stories.counted(observed(workflow, meddling))),
  concurrency: 100,
  release: 'test',
  log: createLogger('silent'),
});
await worker.start();
await everybodyIsThere.promise;
await delay(longestMs);
process.kill(process.pid, ending === 'die' ? 'SIGKILL' : 'SIGSTOP');

woken.resolve();
await stories.untilQuiet();
await worker.stop({ graceMs: 20_000 });
await stops.disposeAsync();
process.exit(0);
