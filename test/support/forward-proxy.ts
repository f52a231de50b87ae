import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A company's HTTP proxy, the only one that knows the way to a store. */
export interface ForwardProxy {
  readonly port: number;
  readonly url: string;
  /** What was asked for through it: `GET http://...`, `CONNECT host:port`. */
  readonly asked: readonly string[];
  /** From now on everything is answered with this; null: it lets through. `silence`: it says nothing. */
  answer(status: number | 'silence' | null): void;
  stop(): Promise<void>;
}

/** Whatever name is asked for leads to `targetPort` of this machine. */
export async function startForwardProxy(targetPort: number): Promise<ForwardProxy> {
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  let answer: number | 'silence' | null = null;

  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (answer === 'silence') return;
    if (answer !== null || !URL.canParse(incoming.url ?? '')) {
      response.writeHead(answer ?? 400).end();
      return;
    }
    const { pathname, search } = new URL(incoming.url ?? '');
    const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = incoming.headers;
    // An emulator takes the first part of a name for the account.
    headers.host = `127.0.0.1:${targetPort}`;
    const outgoing = request(
      { host: '127.0.0.1', port: targetPort, path: pathname + search, method: incoming.method, headers },
      (given) => {
        response.writeHead(given.statusCode ?? 502, given.statusMessage ?? '', given.headers);
        given.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  server.on('connect', (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    if (answer === 'silence') return;
    if (answer !== null) {
      socket.end(`HTTP/1.1 ${answer} No\r\nConnection: close\r\n\r\n`);
      return;
    }
    const onward = connect(targetPort, '127.0.0.1', () => socket.write('HTTP/1.1 200 Go\r\n\r\n'));
    for (const end of [socket, onward]) sockets.add(end.on('error', () => end.destroy()));
    socket.pipe(onward).pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    answer(status) {
      answer = status;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}
