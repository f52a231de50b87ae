import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ServerLogin } from './server-facts.ts';

const DIRECTORY = path.join(import.meta.dirname, '..', 'fixtures', 'cases');
const run = promisify(execFile);

/** A value that must be the same on the source and on the copy. */
export interface CaseCheck {
  readonly database: string;
  readonly sql: string;
}

/** A server as people have it: statements that make it, and what must be the same afterwards. */
export interface ServerCase {
  readonly file: string;
  readonly checks: readonly CaseCheck[];
  /** What would be better still. */
  readonly better: readonly CaseCheck[];
}

function checksOf(text: string, word: string): CaseCheck[] {
  const line = new RegExp(`^-- ${word}\\[([^\\]]+)\\]: (.*)$`, 'gm');
  return [...text.matchAll(line)].map(([, database = '', sql = '']) => ({ database, sql }));
}

/** The case of `test/fixtures/cases/NAME.sql`. */
export async function readServerCase(name: string): Promise<ServerCase> {
  const file = path.join(DIRECTORY, `${name}.sql`);
  const text = await readFile(file, 'utf8');
  return { file, checks: checksOf(text, 'check'), better: checksOf(text, 'better') };
}

/** Runs a file of SQL as people do, with psql. */
export async function runWithPsql(
  login: ServerLogin,
  file: string,
  variables: Readonly<Record<string, string>> = {},
  database = 'postgres',
): Promise<void> {
  const set = Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', login.host, '-p', String(login.port), '-U', login.user];
  await run('psql', [...options, ...set, '-d', database, '-f', file], {
    env: { PATH: process.env.PATH, PGPASSWORD: login.password },
    maxBuffer: 64 << 20,
  });
}

/** Whether Debian's package of an extension is on this machine: without it its cases cannot be made. */
export function hasExtension(name: string, major = 15): boolean {
  return existsSync(`/usr/share/postgresql/${major}/extension/${name}.control`);
}
