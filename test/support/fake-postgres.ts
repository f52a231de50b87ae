import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that speaks PostgreSQL's protocol as a test wants it to. */
export interface FakePostgres {
  readonly host: string;
  readonly port: number;
  /** What clients sent after their startup messages. */
  readonly received: Buffer[];
  stop(): Promise<void>;
}

/** One message: its letter, and the body behind the length. */
export function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const LET_IN = Buffer.concat([
  message('R', int32(0)),
  message('S', 'server_version\0', '15.18\0'),
  message('K', int32(7), int32(8)),
  message('Z', 'I'),
]);

/** The answer to a statement: rows of these columns, null or bytes. */
export function rowsAnswer(rows: readonly (readonly (Buffer | string | null)[])[]): Buffer {
  const width = rows[0]?.length ?? 1;
  const column = (index: number) =>
    Buffer.concat([Buffer.from(`c${index}\0`), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
  const value = (one: Buffer | string | null) => {
    if (one === null) return int32(-1);
    const bytes = Buffer.from(one);
    return Buffer.concat([int32(bytes.length), bytes]);
  };
  return Buffer.concat([
    message('T', int16(width), ...Array.from({ length: width }, (_, index) => column(index))),
    ...rows.map((row) => message('D', int16(row.length), ...row.map(value))),
    message('C', `SELECT ${rows.length}\0`),
    message('Z', 'I'),
  ]);
}

/** Answers a startup with `greeting`, and whatever comes then with what `reply` gives for it. */
export async function startFakePostgres(
  greeting: Buffer,
  reply: (said: Buffer, socket: Socket) => Buffer | null = () => null,
): Promise<FakePostgres> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let begun = false;
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      if (!begun) {
        begun = true;
        socket.write(greeting);
        return;
      }
      received.push(chunk);
      const answer = reply(chunk, socket);
      if (answer !== null) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    received,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
