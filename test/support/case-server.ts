import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './source-files.ts';
import type { SourceServer } from './source-server.ts';

const CASES = path.join(ROOT, 'test/fixtures/cases');

/** Makes what a file of test/fixtures/cases describes on a server. */
export async function makeCase(
  server: SourceServer,
  name: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const options = Object.entries(variables).flatMap(([key, value]) => ['-v', `${key}=${value}`]);
  const file = path.join(CASES, `${name}.sql`);
  await promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', ...options, '-f', file], {
    env: {
      PATH: process.env.PATH ?? '',
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGPASSWORD: server.password,
    },
  });
}

/** The check of such a file: a database, and a statement that must answer the same on source and copy. */
export async function readCaseCheck(name: string): Promise<{ readonly database: string; readonly sql: string }> {
  const text = await readFile(path.join(CASES, `${name}.sql`), 'utf8');
  const [, database = '', sql = ''] = /^-- check\[(.+?)\]: (.*)$/m.exec(text) ?? [];
  return { database, sql };
}
