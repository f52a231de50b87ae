import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { startBoss } from '../../../src/workflow/queue/boss.ts';

const name = `service_role_${randomUUID().slice(0, 8)}`;
let admin: pg.Client;
const urlOf = (role: string) => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  url.username = role;
  url.password = 'x';
  return url.href;
};
const asRole = async <T>(role: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: urlOf(role) });
  await client.connect();
  return work(client).finally(() => client.end());
};

beforeEach(async () => {
  admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`CREATE ROLE ${name}_owner LOGIN PASSWORD 'x'; CREATE ROLE ${name}_service LOGIN PASSWORD 'x'`);
  await admin.query(`CREATE DATABASE ${name} OWNER ${name}_owner`);
});
afterEach(async () => {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.query(`DROP ROLE ${name}_owner, ${name}_service`);
  await admin.end();
});

test('migrated by another role, the service does its work and can only add to the audit log', async () => {
  const [owner, service] = [`${name}_owner`, `${name}_service`];
  for (let times = 0; times < 2; times += 1) await migrateDatabase(urlOf(owner), { serviceUrl: urlOf(service) });
  const boss = await startBoss({ url: urlOf(service), log: createLogger('silent') });
  await boss.stop({ graceful: false });
  await asRole(service, async (client) => {
    const { rows } = await client.query(
      `INSERT INTO cms.audit_entries (id, actor_kind, actor_name, action, outcome) VALUES ($1, 'SYSTEM', 'x', 'a', 'ALLOWED') RETURNING id`,
      [randomUUID()],
    );
    expect(rows).toHaveLength(1);
    for (const statement of [
      `UPDATE cms.audit_entries SET action = 'b'`,
      'DELETE FROM cms.audit_entries',
      'TRUNCATE cms.audit_entries',
      'ALTER TABLE cms.audit_entries DISABLE TRIGGER ALL',
      'DROP TABLE cms.audit_entries',
      'CREATE OR REPLACE FUNCTION cms.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    ]) {
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
    expect((await client.query('SELECT count(*)::int AS n FROM cms.audit_entries')).rows[0].n).toBe(1);
    expect((await client.query('DELETE FROM cms.idempotency_keys')).rowCount).toBe(0);
  });
});
