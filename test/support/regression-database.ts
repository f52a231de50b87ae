import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { SourceServer } from './source-server.ts';

const run = promisify(execFile);

/** What the tests of PostgreSQL leave behind, from a directory with its `sql`, `data`, `parallel_schedule` and `lib/regress.so`. */
export async function loadRegressionDatabase(server: SourceServer, directory: string): Promise<number> {
  const schedule = await readFile(path.join(directory, 'parallel_schedule'), 'utf8');
  const tests = [...schedule.matchAll(/^test: (.*)$/gm)].flatMap(([, names = '']) => names.trim().split(/\s+/));
  await server.query('postgres', 'CREATE DATABASE regression TEMPLATE template0');
  for (const [name, value] of Object.entries({
    lc_messages: "'C'",
    lc_monetary: "'C'",
    lc_numeric: "'C'",
    lc_time: "'C'",
    bytea_output: "'hex'",
    timezone_abbreviations: "'Default'",
  })) {
    await server.query('postgres', `ALTER DATABASE regression SET ${name} TO ${value}`);
  }
  let loaded = 0;
  for (const name of tests) {
    const file = path.join(directory, 'sql', `${name}.sql`);
    if (!existsSync(file)) continue;
    // What is refused is part of those tests.
    await run('psql', ['-X', '-q', '-d', 'regression', '-f', file], {
      cwd: directory,
      maxBuffer: 1 << 28,
      timeout: 120_000,
      env: {
        PATH: process.env.PATH,
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: server.user,
        PGPASSWORD: server.password,
        PGTZ: 'PST8PDT',
        PGDATESTYLE: 'Postgres, MDY',
        PGOPTIONS: '-c intervalstyle=postgres_verbose',
        PG_ABS_SRCDIR: directory,
        PG_ABS_BUILDDIR: directory,
        PG_LIBDIR: path.join(directory, 'lib'),
        PG_DLSUFFIX: '.so',
      },
    }).catch(() => undefined);
    loaded += 1;
  }
  return loaded;
}
