import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endSilent } from '../../../src/api/http/end-silent.ts';

const server = createServer((_, response) => response.end('hello'));
const sockets: Socket[] = [];
beforeEach(async () => {
  endSilent(server, 200);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
});

async function open(said: string): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (said !== '') socket.write(said);
  return socket;
}

it('a connection on which nothing is said is ended, and one that was spoken on stays', async () => {
  const spoken = await open('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  const begun = await open('G');
  await once(spoken, 'data');
  const silent = await Promise.all(Array.from({ length: 20 }, () => open('')));
  await Promise.all(silent.map((socket) => (socket.destroyed ? null : once(socket.resume(), 'close'))));
  expect([spoken.destroyed, begun.destroyed]).toEqual([false, false]);
  spoken.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  expect(String((await once(spoken, 'data'))[0])).toContain('200 OK');
});
