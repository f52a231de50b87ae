import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLastCause } from '../../../src/postgres-programs/server-log.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-log-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function causeIn(...lines: readonly string[]): Promise<string | null> {
  const log = path.join(directory, 'server.log');
  await writeFile(log, lines.map((line) => `2026-11-30 12:00:00.000 UTC [17] ${line}\n`).join(''));
  return readLastCause(log);
}

test('the cause of a failed start is the last error, with the detail and the hint that follow it', async () => {
  expect(
    await causeIn(
      'LOG:  starting PostgreSQL 15.18',
      'FATAL:  could not map anonymous shared memory: Cannot allocate memory',
      'HINT:  Reduce the request size, perhaps by reducing shared_buffers or max_connections.',
      'LOG:  database system is shut down',
    ),
  ).toBe(
    'could not map anonymous shared memory: Cannot allocate memory HINT: Reduce the request size, perhaps by reducing shared_buffers or max_connections.',
  );
  expect(
    await causeIn(
      'FATAL:  data directory "/data" has invalid permissions',
      'DETAIL:  Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).',
    ),
  ).toBe('data directory "/data" has invalid permissions: Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).');
});

test('nothing is added that was said to something else, nor the rows or the text of a statement', async () => {
  expect(
    await causeIn(
      'ERROR:  duplicate key value violates unique constraint "t_pkey"',
      'DETAIL:  Key (a)=(1) already exists.',
      `STATEMENT:  ALTER ROLE someone PASSWORD 'a secret'`,
      'LOG:  checkpoint starting: time',
      'HINT:  Of something else.',
    ),
  ).toBe('duplicate key value violates unique constraint "t_pkey"');
  expect(await causeIn('LOG:  database system is shut down')).toBe('database system is shut down');
  expect(await readLastCause(path.join(directory, 'none'))).toBe(null);
});
