import type { Server } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';

const REFUSAL = 'Too many connections: close some, or try again later\n';
const ANSWER =
  'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 1\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  `Content-Length: ${REFUSAL.length}\r\n\r\n${REFUSAL}`;

/** Who is on this machine, and every proxy on it. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) !== 0 && LOOPBACK.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
}

export interface StrangersOptions {
  /** How many connections of one address may be open on which nobody has shown who it is. */
  readonly most: number;
  /** Whether an address stands for many who are no strangers to each other: a proxy. */
  readonly isExempt: (address: string) => boolean;
}

export interface Strangers {
  /** Whoever speaks on this connection has shown who it is, or is counted elsewhere. */
  know(socket: Socket): void;
}

/**
 * Bounds the connections of one address on which nobody has signed in: a descriptor is taken from everybody else by each, also by one
 * that asks for a page now and then. One too many is answered with 429 and closed.
 */
export function boundStrangers(server: Server, { most, isExempt }: StrangersOptions): Strangers {
  const byAddress = new Map<string, number>();
  const counted = new WeakMap<Socket, string>();

  const forget = (socket: Socket) => {
    const address = counted.get(socket);
    if (address === undefined) return;
    counted.delete(socket);
    const left = (byAddress.get(address) ?? 1) - 1;
    if (left > 0) byAddress.set(address, left);
    else byAddress.delete(address);
  };

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (isExempt(address)) return;
    const open = (byAddress.get(address) ?? 0) + 1;
    byAddress.set(address, open);
    counted.set(socket, address);
    socket.once('close', () => forget(socket));
    if (open > most) {
      socket.on('error', () => undefined);
      socket.end(ANSWER, () => socket.destroy());
    }
  });
  return { know: forget };
}
