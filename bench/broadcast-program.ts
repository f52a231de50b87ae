// Sends the same bytes to every socket as soon as a transaction has said so, and does nothing else: broadcast-program.ts <url>
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { BROADCAST_CHANNEL } from './follow-events.ts';

const [url = ''] = process.argv.slice(2);
const client = new pg.Client({ connectionString: url });
await client.connect();
const server = createServer();
const sockets = new WebSocketServer({ server });
client.on('notification', ({ payload = '' }) => {
  const bytes = Buffer.from(payload);
  for (const socket of sockets.clients) socket.send(bytes, { binary: false });
});
await client.query(`LISTEN ${BROADCAST_CHANNEL}`);
process.on('message', () => {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ rss, heapUsed, external, cpuSeconds: (user + system) / 1e6 });
});
process.once('SIGTERM', async () => {
  for (const socket of sockets.clients) socket.terminate();
  server.close();
  await client.end();
  process.exit();
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
});
