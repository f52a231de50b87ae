import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { findPostgresPrograms } from '../../../src/postgres-programs/find.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';

const log = createLogger('silent');
let home: string;
let stateDirectory: string;
let database: EmbeddedPostgres;
const start = async () => {
  const identity = await readServerIdentity();
  return startEmbeddedPostgres({ stateDirectory, programs: await findPostgresPrograms(null), identity, log });
};
const inside = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
};

beforeAll(async () => {
  home = await mkdtemp('/tmp/toygres-role-');
  await chmod(home, 0o755);
  stateDirectory = path.join(home, 'state');
  database = await start();
});
afterAll(async () => {
  await database?.stop();
  await rm(home, { recursive: true, force: true });
});

test('a home of an earlier release, whose one role owned everything, is worked on by the role of the service', async () => {
  // As it was made before there was another role, with a queue and a job in it.
  await migrateDatabase(database.ownerUrl);
  const before = await startBoss({ url: database.ownerUrl, log });
  await before.createQueue('kept');
  await before.send('kept', { of: 'before' });
  await before.stop({ graceful: false });
  await database.stop();

  database = await start();
  await migrateDatabase(database.ownerUrl, { serviceUrl: database.url });
  const after = await startBoss({ url: database.url, log });
  expect((await after.fetch('kept')).map(({ data }) => data)).toEqual([{ of: 'before' }]);
  await after.createQueue('another');
  await after.stop({ graceful: false });
  const owned = `
    SELECT count(*)::int AS others FROM pg_class
    WHERE relnamespace = 'pgboss'::regnamespace AND pg_get_userbyid(relowner) <> 'toygres_service'`;
  expect(await inside(database.url, async (client) => (await client.query(owned)).rows)).toEqual([{ others: 0 }]);
});

test('the service can add to the audit log, and neither change it nor make itself able to', async () => {
  await inside(database.url, async (client) => {
    await client.query(
      `INSERT INTO cms.audit_entries (id, actor_kind, actor_name, action, outcome) VALUES ($1, 'SYSTEM', 'x', 'a', 'ALLOWED')`,
      [randomUUID()],
    );
    for (const statement of [
      `UPDATE cms.audit_entries SET action = 'b'`,
      'DELETE FROM cms.audit_entries',
      'TRUNCATE cms.audit_entries',
      'ALTER TABLE cms.audit_entries DISABLE TRIGGER ALL',
      'DROP TABLE cms.audit_entries',
      'SET ROLE toygres',
      'ALTER ROLE toygres_service SUPERUSER',
      `COPY (SELECT 1) TO PROGRAM 'true'`,
    ]) {
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });
});

test('its password is a secret of its own, kept over starts, and stands in no log of the server', async () => {
  const file = path.join(stateDirectory, 'cms/service-password');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const password = (await readFile(file, 'utf8')).trim();
  expect(decodeURIComponent(new URL(database.url).password)).toBe(password);
  const { url } = database;
  await database.stop();
  database = await start();
  expect(database.url).toBe(url);
  expect(await readFile(path.join(stateDirectory, 'cms/server.log'), 'utf8')).not.toContain(password);
});
