import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A proxy that has a server below a path and takes that path off, as nginx does with `location /path/ { proxy_pass .../; }`. */
export async function startPrefixProxy(
  target: string,
  prefix: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Duplex>();
  const rest = (url = '') => (url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : null);

  const server = createServer((asked, answer) => {
    const path = rest(asked.url);
    if (path === null) {
      answer.writeHead(404).end();
      return;
    }
    const passed = request({ hostname, port, path, method: asked.method, headers: asked.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.on('upgrade', (asked: IncomingMessage, socket, head) => {
    const path = rest(asked.url);
    if (path === null) {
      socket.destroy();
      return;
    }
    const onward = connect(Number(port), hostname);
    for (const end of [socket, onward]) sockets.add(end.on('error', () => end.destroy()));
    const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}`);
    onward.write(`${asked.method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}${prefix}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
