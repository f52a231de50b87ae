import { describe, expect, test } from 'vitest';
import { LARGE_OBJECTS } from '../../../../src/runner/catalogue/tables.ts';
import { createContentsReader, findMissing } from '../../../../src/runner/dump/contents.ts';
import { createTableProgress, shareDone } from '../../../../src/runner/dump/table-progress.ts';
import { isTooLarge } from '../../../../src/runner/dump/too-large.ts';
import { createToolWords } from '../../../../src/runner/dump/tool-words.ts';

const table = (oid: number, name: string, sizeBytes = 100, rows = 10) => ({ oid, name, sizeBytes, rows });

describe('what pg_dump says', () => {
  test('of its work is no error, whatever objects are called', () => {
    const words = createToolWords('pg_dump');
    expect(words.take('pg_dump: dumping contents of table "public.error: fatal"')).toBe(false);
    expect(words.cause()).toBe('');
  });

  test('of an error comes with the detail and the hint of the server', () => {
    const words = createToolWords('pg_dump');
    for (const line of [
      'pg_dump: error: query failed: ERROR:  out of shared memory',
      'HINT:  You might need to increase max_locks_per_transaction.',
      'pg_dump: detail: Query was: LOCK TABLE public.a IN ACCESS SHARE MODE',
    ]) {
      expect(words.take(line)).toBe(true);
    }
    expect(words.cause()).toBe(
      'query failed: ERROR:  out of shared memory HINT: You might need to increase max_locks_per_transaction.',
    );
  });

  test('without an end is kept in part, its first error above all', () => {
    const words = createToolWords('pg_dump');
    words.take('pg_dump: error: the cause');
    for (let nth = 0; nth < 5_000; nth += 1) words.take(`x ${nth}`);
    expect(words.cause()).toBe('the cause');
  });
});

describe('a row is too large for any dump', () => {
  const causeOf = (...ofServer: readonly string[]) => {
    const words = createToolWords('pg_dump');
    const [first = '', ...rest] = ofServer;
    words.take('pg_dump: error: Dumping the contents of table "t" failed: PQgetResult() failed.');
    words.take(`pg_dump: detail: Error message from server: ERROR:  ${first}`);
    for (const line of rest) words.take(line);
    words.take('pg_dump: detail: Command was: COPY public.t (a) TO stdout;');
    return words.cause();
  };
  const enlarge = 'DETAIL:  Cannot enlarge string buffer containing 1073741815 bytes by 10 more bytes.';

  test.each([
    ['15', 'out of memory', enlarge],
    ['18', 'string buffer exceeds maximum allowed length (1073741823 bytes)', enlarge],
    ['one value of any', 'invalid memory alloc request size 1073741824'],
  ])('in the words of %s', (_, ...ofServer) => {
    expect(isTooLarge(causeOf(...ofServer))).toBe(true);
  });

  test.each([
    [['out of memory', 'DETAIL:  Failed on request of size 1048576 in memory context "COPY".']],
    [['out of memory']],
  ])('and is not where memory is short: %j', (ofServer) => {
    expect(isTooLarge(causeOf(...ofServer))).toBe(false);
  });
});

describe('a table of contents', () => {
  const read = (...lines: readonly string[]) => {
    const reader = createContentsReader();
    for (const line of lines) reader.take(line);
    return reader.read();
  };
  const whole = read(';', '3301; 0 16389 TABLE DATA public a postgres', '3302; 0 16390 TABLE DATA public b postgres');

  test('is whole when every table is listed and has its file', () => {
    const tables = [table(1, 'public.a'), table(2, 'public.b')];
    expect(findMissing(whole, new Set(['3301.dat.gz', '3302.dat.gz', 'toc.dat']), tables)).toBeNull();
    expect(findMissing(whole, new Set(['3301.dat.gz', '33.dat.gz']), tables)).toBe('lacks the file of entry 3302');
    expect(findMissing(whole, new Set(['3301.dat.gz', '3302.dat.gz']), [...tables, table(3, 'public.c')])).toBe(
      'holds the rows of 2 tables instead of 3',
    );
  });

  test('has large objects when the database has them', () => {
    const listed = read('3305; 0 0 BLOBS - BLOBS ');
    expect(findMissing(listed, new Set(), [table(LARGE_OBJECTS, '')])).toBeNull();
    expect(findMissing(read(), new Set(), [table(LARGE_OBJECTS, '')])).toBe('lacks the large objects');
  });
});

describe('progress of tables', () => {
  test('grows with the rows of a table and never reaches its end while it is read', () => {
    const one = table(1, 'a', 1_000, 100);
    const shares = [0, 50, 90, 100, 200, 10_000].map((rows) => shareDone(one, { table: 1, bytes: 0, rows }));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThan(1);
    expect(shareDone(table(1, 'a', 0, 0), { table: 1, bytes: 0, rows: 0 })).toBe(0);
  });

  test('counts a table as dumped when it was begun and no copy reads it any more', () => {
    const progress = createTableProgress([table(1, 'public.a', 300), table(2, 'public.b', 100)], 'shop');
    expect(progress.take('pg_dump: dumping contents of table "public.a"')).toBe('public.a');
    expect(progress.look([])).toBe(0);
    expect(progress.look([{ table: 1, bytes: 0, rows: 5 }])).toBeCloseTo(0.375);
    expect(progress.look([])).toBeCloseTo(0.75);
    expect(progress.look([{ table: 4711, bytes: 1, rows: 1 }])).toBeCloseTo(0.75);
    expect(progress.label).toBe('public.a');
  });
});
