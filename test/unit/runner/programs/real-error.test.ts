import { describe, expect, test } from 'vitest';
import { ServerError } from '../../../../src/guarded-postgres/server-error.ts';
import { describeError } from '../../../../src/runner/postgres/describe-error.ts';
import { describeEnd, firstError } from '../../../../src/runner/programs/real-error.ts';
import { readSourceFiles } from '../../../support/source-files.ts';

describe('the cause that is told of a program that failed', () => {
  const at = '2026-01-02 03:04:05.678 GMT [4711]';

  test('has the hint of a server, whatever it puts before its lines and says behind them', () => {
    const lines = [
      `${at} LOG:  starting PostgreSQL`,
      `${at} FATAL:  invalid value for parameter "wal_level": "foo"`,
      `${at} HINT:  Available values: minimal, replica, logical.`,
      `${at} LOG:  database system is shut down`,
    ];
    const told =
      'FATAL:  invalid value for parameter "wal_level": "foo" HINT: Available values: minimal, replica, logical.';
    expect(firstError(lines)).toBe(told);
    expect(firstError(lines.map((line) => line.replace(`${at} `, '')))).toBe(told);
  });

  test('has the detail and the hint of initdb and of the server that it runs', () => {
    expect(
      firstError([
        'running bootstrap script ... ',
        `${at} FATAL:  could not create shared memory segment: Cannot allocate memory`,
        `${at} DETAIL:  Failed system call was shmget(key=1, size=56, 03600).`,
        `${at} HINT:  This error usually means that memory is short.`,
        'child process exited with exit code 1',
        'initdb: removing contents of data directory "/d"',
      ]),
    ).toBe(
      'FATAL:  could not create shared memory segment: Cannot allocate memory: Failed system call was shmget(key=1, size=56, 03600). HINT: This error usually means that memory is short.',
    );
    expect(firstError(['initdb: error: invalid locale name "xx"', 'initdb: hint: Name another.'])).toBe(
      'invalid locale name "xx" HINT: Name another.',
    );
  });

  test('has what the server said to pg_dump, with the detail that comes a line later', () => {
    expect(
      firstError([
        'pg_dump: error: Dumping the contents of table "t" failed: PQgetResult() failed.',
        'pg_dump: detail: Error message from server: ERROR:  out of memory',
        'DETAIL:  Cannot enlarge string buffer containing 1073741815 bytes by 10 more bytes.',
        'pg_dump: detail: Command was: COPY public.t (a) TO stdout;',
      ]),
    ).toBe(
      'Dumping the contents of table "t" failed: PQgetResult() failed.: out of memory: Cannot enlarge string buffer containing 1073741815 bytes by 10 more bytes.',
    );
  });

  test('has no hint of another message', () => {
    expect(firstError(['ERROR:  the cause', 'WARNING:  another', 'HINT:  Of that one.'])).toBe('ERROR:  the cause');
    expect(firstError(['ERROR:  the cause', 'ERROR:  another', 'DETAIL:  Of that one.'])).toBe('ERROR:  the cause');
    expect(firstError(['nothing', 'HINT: like an error'])).toBe('HINT: like an error');
  });

  test('is told the same of how it ended', () => {
    const errorLines = ['pg_restore: error: no', 'HINT:  Yes.'];
    expect(describeEnd({ name: 'pg_restore', exitCode: 1, signal: null, output: '', errorLines })).toBe(
      'no HINT: Yes.',
    );
  });
});

describe('what a server answers', () => {
  test('is told with its detail and its hint', () => {
    const refused = new ServerError({ severity: 'ERROR', code: '42P01', message: 'no', detail: 'More.', hint: 'Do.' });
    expect(describeError(refused)).toBe('ERROR:  no: More. HINT: Do.');
  });

  /** Of files that have to do with its answers: whose message is taken alone, and why no hint is lost by that. */
  const TAKEN_ALONE: Readonly<Record<string, string>> = {
    'src/runner/backup/check-login.ts error.message': 'of a session that was lost: asked for what it holds',
    'src/runner/physical/take/base-backup-query.ts error.message': 'of what is no answer of a server',
    'src/runner/physical/take/base-backup.ts error.message': 'asked for what it holds',
    'src/runner/physical/take/replication-session.ts error.message': 'of what is no answer of a server',
    'src/runner/postgres/describe-error.ts error.message': 'of what is no answer of a server',
    'src/runner/restore/load-databases.ts error.message': 'of a session that was lost, and of a table of contents',
    'src/runner/restore/load-roles.ts error.message': 'of a file that is none of ours',
    'src/runner/verify/physical/read-rows.ts refusal.message': 'asked for what it holds',
  };

  test('is told in all of its words wherever a program beside the data does', () => {
    const taken = readSourceFiles()
      .filter(({ path, text }) => path.startsWith('src/runner/') && /\b(?:ServerError|refusalOf)\b/.test(text))
      .flatMap(({ path, text }) => [
        ...[...text.matchAll(/\b(\w+)\.message\b/g)].map(([, of]) => `${path} ${of}.message`),
        ...[...text.matchAll(/\{[^{}=]*\bmessage\b[^{}=]*\} = (\w+)/g)].map(([, of]) => `${path} ${of}`),
      ]);
    expect([...new Set(taken)].sort()).toEqual(Object.keys(TAKEN_ALONE).sort());
  });
});
