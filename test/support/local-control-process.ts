import type { JobSpec } from '../../jobs/ports/platform/jobs.ts';
import type { ServerSpec } from '../../jobs/ports/platform/servers.ts';
import { openLocalState } from './local-state.ts';

/** What the test tells a control plane that runs as a process of its own. */
export interface ControlOrders {
  readonly directory: string;
  readonly servers: readonly ServerSpec[];
  readonly jobs: readonly JobSpec[];
  readonly password: string;
}

const orders = JSON.parse(process.argv[2] ?? '') as ControlOrders;
const platform = await openLocalState(orders.directory, 3);
for (const spec of orders.servers) {
  await platform.ensureVolume(spec);
  await platform.ensureSecret(spec, { username: 'postgres', password: orders.password });
  await platform.ensureConfiguration(spec);
  await platform.ensureServer(spec);
}
for (const spec of orders.jobs) await platform.ensureJob(spec);
process.stdout.write('done\n');
// Stays until it is killed, as a control plane would.
setInterval(() => undefined, 60_000);
