import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boundStrangers, isLoopback, type Strangers } from '../../../src/api/http/bound-strangers.ts';

const MOST = 5;
let strangers: Strangers;
const server = createServer((request, response) => {
  if (request.headers.authorization !== undefined) strangers.know(request.socket);
  response.end('hello');
});
strangers = boundStrangers(server, { most: MOST, isExempt: (address) => address.endsWith('127.0.0.2') });
const sockets: Socket[] = [];
beforeEach(async () => {
  await once(server.listen(0, '0.0.0.0'), 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function open(localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', localAddress });
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, header = ''): Promise<string> {
  const answer = once(socket, 'data');
  socket.write(`GET / HTTP/1.1\r\nHost: here\r\n${header}\r\n`);
  return String((await answer)[0]).split('\r\n', 1)[0] ?? '';
}
const OK = 'HTTP/1.1 200 OK';

it('connections of strangers are bounded by address, and one that is closed makes room', async () => {
  const first = await Promise.all(Array.from({ length: MOST }, () => open()));
  for (const socket of first) expect(await ask(socket)).toBe(OK);
  const late = await open();
  const [said] = await once(late, 'data');
  expect(String(said)).toMatch(/^HTTP\/1\.1 429 .*Retry-After: 1\r\n/s);
  expect(await ask(await open('127.0.0.3'))).toBe(OK);
  first[0]?.destroy();
  await expect.poll(async () => ask(await open()).catch(() => '')).toBe(OK);
});

it('whoever has shown who it is takes no room of strangers, and neither does a proxy', async () => {
  for (let nth = 0; nth < 3 * MOST; nth += 1) expect(await ask(await open(), 'Authorization: x\r\n')).toBe(OK);
  for (let nth = 0; nth < 3 * MOST; nth += 1) expect(await ask(await open('127.0.0.2'))).toBe(OK);
  expect(await ask(await open())).toBe(OK);
});

it('tells this machine from others', () => {
  expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', ''].map(isLoopback)).toEqual([false, false, false, false]);
});
