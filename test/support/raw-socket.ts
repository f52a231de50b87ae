import { once } from 'node:events';
import WebSocket from 'ws';

export interface RawSocket {
  readonly socket: WebSocket;
  send(message: unknown): void;
  /** The next message, in the order in which they came. */
  receive(): Promise<{ readonly type: string; readonly id?: string; readonly payload?: unknown }>;
  /** The code and reason that the server closes with. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** A WebSocket without a client library, for what no library would send. */
export async function openSocket(url: string, protocol = 'graphql-transport-ws'): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol);
  const messages: Buffer[] = [];
  const waiting: ((message: Buffer) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const next = waiting.shift();
    if (next === undefined) messages.push(data);
    else next(data);
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: Number(code), reason: String(reason) }));
  await once(socket, 'open');
  return {
    socket,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    async receive() {
      const message = messages.shift() ?? (await new Promise<Buffer>((resolve) => waiting.push(resolve)));
      return JSON.parse(String(message));
    },
  };
}
