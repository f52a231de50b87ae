import type { Socket } from 'node:net';
import { type FakePostgres, int16, int32, LET_IN, message, startFakePostgres } from './fake-postgres.ts';

const COLUMNS = message('T', int16(1), 'version\0', int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0));

/** Writes such pieces for as long as anybody listens. */
function pour(socket: Socket, piece: Buffer): null {
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
  return null;
}

/** A byte now and then, and never an end. */
function drip(socket: Socket): null {
  socket.write(COLUMNS.subarray(0, 5));
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write('x');
  }, 50);
  socket.once('close', () => clearInterval(timer));
  return null;
}

/** Wants the password hashed so many times before it looks at it. */
function startIterating(times: number): Promise<FakePostgres> {
  return startFakePostgres(message('R', int32(10), 'SCRAM-SHA-256\0\0'), (said) => {
    const nonce = /r=([^,]+)$/.exec(said.toString('latin1'))?.[1];
    if (nonce === undefined) return message('E', 'SFATAL\0C28P01\0Mno\0\0');
    return message('R', int32(11), `r=${nonce}more,s=${Buffer.from('salt').toString('base64')},i=${times}`);
  });
}

/** What servers do that want to harm whoever looks after them, by what it is. */
export const HOSTILITIES: Readonly<Record<string, () => Promise<FakePostgres>>> = {
  'says nothing': () => startFakePostgres(Buffer.alloc(0)),
  'lets in and says nothing more': () => startFakePostgres(LET_IN),
  'drips bytes': () => startFakePostgres(LET_IN, (_, socket) => drip(socket)),
  'sends rows without an end': () =>
    startFakePostgres(LET_IN, (_, socket) => {
      socket.write(COLUMNS);
      return pour(socket, message('D', int16(1), int32(1000), 'x'.repeat(1000)));
    }),
  'sends notices without an end': () =>
    startFakePostgres(LET_IN, (_, socket) =>
      pour(socket, message('N', 'SNOTICE\0', `M${'x'.repeat(900_000)}\0`, '\0')),
    ),
  'lies about a length': () => startFakePostgres(LET_IN, () => Buffer.concat([Buffer.from('D'), int32(500 << 20)])),
  'sends a length below zero': () => startFakePostgres(Buffer.concat([Buffer.from('R'), int32(-1)])),
  'sends a row of more columns than it has': () =>
    startFakePostgres(LET_IN, () => Buffer.concat([COLUMNS, message('D', int16(30_000), int32(4), 'abcd')])),
  'sends an error without an end': () => startFakePostgres(Buffer.concat([message('E', 'SERROR\0M')])),
  'sends errors of a megabyte without an end': () =>
    startFakePostgres(LET_IN, (_, socket) =>
      pour(socket, message('E', 'SERROR\0C42601\0', `M${'x'.repeat(1_000_000)}\0`, '\0')),
    ),
  'sends one error of a megabyte': () =>
    startFakePostgres(LET_IN, () =>
      Buffer.concat([message('E', 'SERROR\0C42601\0', `M${'x'.repeat(1_000_000)}\0`, '\0'), message('Z', 'I')]),
    ),
  'names as many columns as there can be': () =>
    startFakePostgres(LET_IN, () => {
      const column = Buffer.concat([Buffer.from('x\0'), COLUMNS.subarray(-18)]);
      return message('T', int16(32_767), ...Array<Buffer>(32_767).fill(column));
    }),
  'tells settings without an end': () =>
    startFakePostgres(Buffer.concat([message('R', int32(0)), ...Array<Buffer>(20_000).fill(message('S', 'a\0b\0'))])),
  'notifies without an end': () =>
    startFakePostgres(LET_IN, (_, socket) =>
      pour(socket, message('A', int32(1), 'channel\0', `${'x'.repeat(7_000)}\0`)),
    ),
  'is ready without an end': () => startFakePostgres(LET_IN, (_, socket) => pour(socket, message('Z', 'I'))),
  'begins to copy': () => startFakePostgres(LET_IN, () => message('G', Buffer.from([0]), int16(1), int16(0))),
  'copies without an end': () =>
    startFakePostgres(LET_IN, (_, socket) => {
      socket.write(message('H', Buffer.from([0]), int16(1), int16(0)));
      return pour(socket, message('d', 'x'.repeat(1_000)));
    }),
  'asks to log in without an end': () =>
    startFakePostgres(message('R', int32(10), 'SCRAM-SHA-256\0\0'), (_, socket) =>
      pour(socket, message('R', int32(10), 'SCRAM-SHA-256\0\0')),
    ),
  'has the password hashed two billion times': () => startIterating(2_147_483_647),
  'has the password hashed as often as it is done': () => startIterating(100_000),
  'asks for the password in the clear': () => startFakePostgres(message('R', int32(3))),
  'asks for MD5': () => startFakePostgres(message('R', int32(5), 'salt')),
  'speaks another protocol': () => startFakePostgres(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')),
};
