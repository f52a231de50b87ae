import { afterEach, expect, test } from 'vitest';
import { startBaseBackup } from '../../../src/runner/physical/take/base-backup.ts';
import { openReplication, type ReplicationSession } from '../../../src/runner/physical/take/replication-session.ts';
import { eventually } from '../../support/eventually.ts';
import { type FakePostgres, int16, int32, LET_IN, message, startFakePostgres } from '../../support/fake-postgres.ts';

const MOST_BYTES = 400 * 2 ** 20;
/** What is kept of it, and what the system keeps of a connection. */
const MOST_ON_ITS_WAY = 64 * 2 ** 20;
const WISH = { label: 'of a test', maxRateKilobytes: null };
const text = (value: string) => Buffer.concat([int32(value.length), Buffer.from(value)]);
const row = (...fields: readonly string[]) => message('D', int16(fields.length), ...fields.map(text));
const COLUMN = Buffer.concat([Buffer.from('c\0'), int32(0), int16(0), int32(25), int16(-1), int32(-1), int16(0)]);
const columns = (count: number) => message('T', int16(count), ...Array<Buffer>(count).fill(COLUMN));
const START = Buffer.concat([columns(2), row('0/100028', '1'), message('C', 'SELECT\0')]);
const PLACES = Buffer.concat([
  columns(3),
  message('D', int16(3), int32(-1), int32(-1), text('1000')),
  message('C', 'S\0'),
]);
const COPY = message('H', Buffer.from([0]), int16(0));
const part = (letter: string, ...bytes: readonly (Buffer | string)[]) => message('d', letter, ...bytes);
const BASE = part('n', 'base.tar\0\0');

let server: FakePostgres | null = null;
let session: ReplicationSession | null = null;
/** How much the server has written. */
let written = () => 0;
afterEach(async () => {
  session?.close();
  await server?.stop();
});

/** A server that answers BASE_BACKUP with these bytes, then with those of `withoutEnd` for as long as anybody reads. */
async function open(begin: Buffer, withoutEnd: Buffer): Promise<ReplicationSession> {
  server = await startFakePostgres(LET_IN, (_, socket) => {
    written = () => socket.bytesWritten;
    socket.write(begin);
    const more = () => {
      while (!socket.destroyed && withoutEnd.length > 0 && socket.write(withoutEnd));
    };
    socket.on('drain', more);
    more();
    return null;
  });
  session = await openReplication({ host: server.host, port: server.port, user: 'postgres', password: 'a password' });
  return session;
}

/** How much more memory this process had at most while the work was done. */
async function memoryOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = 0;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before);
  }, 20);
  try {
    await work();
    return most;
  } finally {
    clearInterval(looking);
  }
}

const many = (one: Buffer) => Buffer.concat(Array<Buffer>(Math.ceil(65_536 / one.length)).fill(one));

test.each<[string, Buffer, Buffer]>([
  ['rows', columns(2), many(row('0/100028', '1'))],
  ['rows of a megabyte', columns(2), row('x'.repeat(1_000_000), '1')],
  ['tablespaces', Buffer.concat([START, columns(3)]), many(row('16384', '/elsewhere', '1'))],
])('%s without end are refused, and fill no memory', async (_, begin, withoutEnd) => {
  const opened = await open(begin, withoutEnd);
  const bytes = await memoryOf(() => expect(startBaseBackup(opened, WISH, [null])).rejects.toThrow(/rows without end/));
  expect(bytes).toBeLessThan(MOST_BYTES);
});

test.each<[string, Buffer]>([
  ['archives', many(BASE)],
  ['pieces without a byte', many(part('d'))],
  ['words of progress', many(part('p', Buffer.alloc(8)))],
  ['bytes', part('d', Buffer.alloc(65_536))],
])('%s without end wait at the server while nobody takes them', async (_, withoutEnd) => {
  const opened = await open(Buffer.concat([START, PLACES, COPY, BASE]), withoutEnd);
  const parts = (await startBaseBackup(opened, WISH, [null])).parts()[Symbol.asyncIterator]();
  for (let taken = 0; taken < 2_000; taken += 1) await parts.next();
  const until = written();
  let before = -1;
  await eventually(
    async () => {
      const grown = written() - before;
      before = written();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return grown;
    },
    (grown) => grown === 0,
    300_000,
  );
  expect(written() - until).toBeLessThan(MOST_ON_ITS_WAY);
  // And goes on when somebody does.
  for (let taken = 0; written() === before && taken < 2_000_000; taken += 1) await parts.next();
  expect(written()).toBeGreaterThan(before);
});

test.each<[string, Buffer, RegExp]>([
  [
    'a place of the log that is none',
    Buffer.concat([columns(2), row('nowhere', '1'), PLACES, COPY, BASE]),
    /place of its log/,
  ],
  ['a timeline that is none', Buffer.concat([columns(2), row('0/28', '-1'), PLACES, COPY, BASE]), /which timeline/],
  [
    'a tablespace that leads elsewhere',
    Buffer.concat([START, columns(3), row('../../x', '/elsewhere', '1'), COPY, BASE]),
    /tablespaces that PostgreSQL cannot have/,
  ],
  [
    'a tablespace twice',
    Buffer.concat([START, columns(3), row('16384', '/a', '1'), row('16384', '/b', '1'), COPY, BASE]),
    /tablespaces that PostgreSQL cannot have/,
  ],
  ['a part that is none', Buffer.concat([START, PLACES, COPY, part('x', 'y')]), /a form that PostgreSQL does not have/],
])('%s is refused', async (_, begin, words) => {
  await expect(open(begin, Buffer.alloc(0)).then((opened) => startBaseBackup(opened, WISH, [null]))).rejects.toThrow(
    words,
  );
});

test('sizes beyond all measure are no sizes', async () => {
  const places = Buffer.concat([columns(3), message('D', int16(3), int32(-1), int32(-1), text('9'.repeat(400)))]);
  const opened = await open(Buffer.concat([START, places, COPY, BASE]), Buffer.alloc(0));
  expect((await startBaseBackup(opened, WISH, [null])).bytesTotal).toBe(0);
});
