import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { int16, int32, message } from './fake-postgres.ts';

/** A message of the server: its letter, and the body behind the length. */
export interface ServerMessage {
  readonly type: string;
  readonly body: Buffer;
}

/** What goes on instead of a message: bytes, and behind `begin` the same again and again for as long as anybody reads. */
export type Meddling =
  | Buffer
  | {
      readonly withoutEnd: Buffer;
      readonly begin?: Buffer;
      /** How long it waits between two of them. Default: not at all. */
      readonly everyMs?: number;
    };

/** What a proxy changes of what a server says. */
export interface Plan {
  /** Whose sessions: by the name of the application in their startup message. Default: `toygres` alone. */
  readonly of?: RegExp;
  /** Which messages, by their letter. Default: rows. */
  readonly types?: string;
  /** How many of these, of all connections, go on as they came before. Default: none. */
  readonly from?: number;
  meddle(one: ServerMessage): Meddling;
}

/** A server that answers as a real one does, but for what it is told to say instead. */
export interface MeddlingProxy {
  readonly port: number;
  /** Holds from now on, and counts anew. */
  set(plan: Plan): void;
  /** How many messages it has changed since. */
  readonly meddled: number;
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

const APPLICATION = /(?:^|\0)application_name\0([^\0]*)\0/;

/** What has come and makes no whole message yet; pieces are put together once, however many there are. */
function createCutter() {
  let [pieces, size, wanted]: [Buffer[], number, number] = [[], 0, 5];
  return function* take(chunk: Buffer): Generator<ServerMessage> {
    pieces.push(chunk);
    size += chunk.length;
    while (size >= wanted) {
      const whole = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
      const end = 1 + whole.readInt32BE(1);
      [pieces, wanted] = [[whole], end];
      if (size < end) return;
      [pieces, size, wanted] = [[whole.subarray(end)], size - end, 5];
      yield { type: String.fromCharCode(whole.readUInt8(0)), body: whole.subarray(5, end) };
    }
  };
}

/** Stands before a server that speaks without TLS, and says what it says until a plan is set. */
export async function startMeddlingProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<MeddlingProxy> {
  const sockets = new Set<Socket>();
  let plan: Plan = { meddle: asItCame };
  let [seen, meddled] = [0, 0];

  function pour(near: Socket, { begin, withoutEnd, everyMs }: Exclude<Meddling, Buffer>): void {
    if (begin !== undefined) near.write(begin);
    if (everyMs !== undefined) {
      const timer = setInterval(() => near.write(withoutEnd), everyMs);
      near.once('close', () => clearInterval(timer));
      return;
    }
    const more = () => {
      while (!near.destroyed && near.write(withoutEnd));
    };
    near.on('drain', more);
    more();
  }

  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.on('close', () => far.destroy());
    // What the server said last goes on before its end does.
    far.on('close', () => near.end());
    let application = '';
    near.once('data', (startup) => {
      application = APPLICATION.exec(startup.toString('latin1', 8))?.[1] ?? '';
    });
    near.on('data', (chunk) => far.write(chunk));
    const take = createCutter();
    far.on('data', (chunk) => {
      for (const one of take(chunk)) {
        const { of = /^toygres$/, types = 'D', from = 0, meddle } = plan;
        const isMeant = of.test(application) && types.includes(one.type) && ++seen > from;
        if (isMeant) meddled += 1;
        const instead = isMeant ? meddle(one) : asItCame(one);
        if (!Buffer.isBuffer(instead)) {
          far.pause();
          return pour(near, instead);
        }
        if (!near.write(instead)) {
          far.pause();
          near.once('drain', () => far.resume());
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    set: (next) => {
      [plan, seen, meddled] = [next, 0, 0];
    },
    get meddled() {
      return meddled;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
  };
}
