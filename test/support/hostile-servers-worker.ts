import { parentPort } from 'node:worker_threads';
import type { FakePostgres } from './fake-postgres.ts';
import { HOSTILITIES } from './hostile-servers.ts';

/** Three of each kind, in a thread of their own: what they spend on their malice is not spent by whoever is to bear it. */
const COPIES = 3;

const servers: FakePostgres[] = [];
for (const make of Object.values(HOSTILITIES)) {
  for (let copies = 0; copies < COPIES; copies += 1) servers.push(await make());
}
parentPort?.on('message', async (asked: 'said' | 'stop') => {
  if (asked === 'said') {
    const said = Buffer.concat(servers.flatMap(({ received }) => received));
    return parentPort?.postMessage(said.toString('latin1'));
  }
  for (const server of servers) await server.stop();
  parentPort?.close();
});
parentPort?.postMessage(servers.map(({ host, port }) => ({ host, port })));
