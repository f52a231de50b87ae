import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from '../../../src/guarded-postgres/session.ts';
import { copyingIn } from '../../../src/runner/dump/table-progress.ts';
import { eventually } from '../../support/eventually.ts';
import { createScriptRunner, type ScriptRunner } from '../../support/job-script.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

let runner: ScriptRunner;
let server: SourceServer;
beforeAll(async () => {
  runner = await createScriptRunner();
  const directory = await runner.makeDirectory('source');
  server = await startSourceServer({ directory, password: 'a password', initdbArguments: ['--locale=C.UTF-8'] });
});
afterAll(async () => {
  await server?.stop();
  await runner?.stop();
});

// As pg_dump does with the rows of spatial_ref_sys that users added: its progress names no table.
test('a look at what is copied passes by the copy of a query', async () => {
  const clients = [1, 2].map(() => new pg.Client({ ...server, database: 'postgres' }));
  const [holder, copier] = clients;
  const session = await openSession(server, { database: 'postgres', major: 15 });
  try {
    for (const client of clients) await client.connect();
    await holder?.query('SELECT pg_advisory_lock(1)');
    const copied = copier?.query(`COPY (SELECT pg_advisory_lock(1)) TO '/dev/null'`);
    const [own] = await server.query('postgres', `SELECT oid::int FROM pg_database WHERE datname = 'postgres'`);
    await eventually(
      () => server.query('postgres', 'SELECT relid::int FROM pg_stat_progress_copy'),
      ([copy]) => copy?.relid === 0,
    );
    expect(await session.ask(copyingIn(Number(own?.oid)))).toEqual([]);
    await holder?.query('SELECT pg_advisory_unlock(1)');
    await copied;
  } finally {
    await session.close();
    for (const client of clients) await client.end();
  }
});
