import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { int16, int32, message } from './fake-postgres.ts';

/** A message of the server: its letter, and the body behind the length. */
export interface ServerMessage {
  readonly type: string;
  readonly body: Buffer;
}

/** What goes on instead of a message; `without end` is sent for as long as anybody reads. */
export type Meddling = Buffer | { readonly withoutEnd: Buffer };

/** A server that answers as a real one does, but for what it says of rows. */
export interface MeddlingProxy {
  readonly port: number;
  /** From the row of this number on, of all connections, `meddle` says what goes on in the place of a row. */
  set(fromRow: number, meddle: (row: ServerMessage) => Meddling): void;
  stop(): Promise<void>;
}

/** The message as it came. */
export function asItCame({ type, body }: ServerMessage): Buffer {
  return message(type, body);
}

/** A row with each of its columns changed; null is a null. */
export function changeColumns({ body }: ServerMessage, change: (value: string | null) => string | null): Buffer {
  const columns: Buffer[] = [];
  const count = body.readInt16BE(0);
  for (let [at, index] = [2, 0]; index < count; index += 1) {
    const length = body.readInt32BE(at);
    at += 4;
    const value = length < 0 ? null : body.toString('latin1', at, at + length);
    at += Math.max(0, length);
    const changed = change(value);
    columns.push(changed === null ? int32(-1) : Buffer.concat([int32(changed.length), Buffer.from(changed, 'latin1')]));
  }
  return message('D', int16(count), ...columns);
}

/** Stands before a server that speaks without TLS; `only` names the application whose sessions it meddles with. */
export async function startMeddlingProxy(
  target: { readonly host: string; readonly port: number },
  only: string,
): Promise<MeddlingProxy> {
  const sockets = new Set<Socket>();
  let [from, seen] = [Number.POSITIVE_INFINITY, 0];
  let meddle: (row: ServerMessage) => Meddling = asItCame;

  function pour(near: Socket, piece: Buffer): void {
    const more = () => {
      while (!near.destroyed && near.write(piece));
    };
    near.on('drain', more);
    more();
  }

  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    let waiting = Buffer.alloc(0);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let isMeant = false;
    near.once('data', (startup) => {
      isMeant = startup.includes(`application_name\0${only}\0`);
    });
    near.pipe(far);
    far.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 5 && waiting.length > waiting.readInt32BE(1)) {
        const end = 1 + waiting.readInt32BE(1);
        const one = { type: String.fromCharCode(waiting.readUInt8(0)), body: waiting.subarray(5, end) };
        waiting = waiting.subarray(end);
        const isMeddled = isMeant && one.type === 'D' && ++seen > from;
        const instead = isMeddled ? meddle(one) : asItCame(one);
        if (Buffer.isBuffer(instead)) near.write(instead);
        else {
          far.pause();
          return pour(near, instead.withoutEnd);
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set: (fromRow, other) => {
      [from, seen, meddle] = [fromRow, 0, other];
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  };
}
