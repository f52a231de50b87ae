import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createE2eClient, type E2eClient } from '../support/e2e-client.ts';
import { query } from '../support/e2e-home-services.ts';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import type { ServerLogin } from '../support/server-facts.ts';

let home: E2eHome;
let server: E2eServer;
let api: E2eClient;
let id: string;
let login: ServerLogin;

beforeAll(async () => {
  home = await makeE2eHome('disorder');
  server = await home.start();
  api = createE2eClient(server);
  const parameters = [
    { name: 'max_connections', value: '20' },
    { name: 'max_locks_per_transaction', value: '10' },
  ];
  const created = await api.createInstance({ name: 'crowded', parameters });
  id = created.id;
  await api.untilOver(created.operationId);
  login = await api.login(id);
});

afterAll(async () => {
  await api?.stop();
  await server?.stop();
  await home?.stop();
});

async function openSessions(count: number): Promise<pg.Client[]> {
  const sessions = Array.from({ length: count }, () => new pg.Client({ ...login, database: 'postgres' }));
  for (const one of sessions) await one.connect();
  return sessions;
}

async function preflightNotices(): Promise<readonly string[]> {
  const { runPreflight } = await api.request<{
    runPreflight: { notices: readonly string[]; operation: { id: string } };
  }>('mutation { runPreflight(input: {}) { notices operation { id } } }');
  await api.untilOver(runPreflight.operation.id);
  return runPreflight.notices;
}

test('a preflight names the server that has too few connections and locks left for an image, with the setting to raise', async () => {
  expect(await preflightNotices()).toEqual([]);
  await query(
    login,
    'postgres',
    `DO $$ BEGIN FOR i IN 1..210 LOOP EXECUTE format('CREATE TABLE t_%s ()', i); COMMIT; END LOOP; END $$`,
  );
  const sessions = await openSessions(17);
  try {
    expect(await preflightNotices()).toEqual([
      'crowded: 3 of 20 connections are free, and an image takes 4; a database has 210 tables, and there is room for 200 locks (raise max_locks_per_transaction).',
    ]);
  } finally {
    for (const one of sessions) await one.end();
  }
  await query(
    login,
    'postgres',
    `DO $$ BEGIN FOR i IN 1..210 LOOP EXECUTE format('DROP TABLE t_%s', i); COMMIT; END LOOP; END $$`,
  );
  expect(await preflightNotices()).toEqual([]);
});

test('while an image is taken the events of its operation name what was found last', async () => {
  await query(login, 'postgres', 'CREATE TABLE twice AS SELECT 1 AS n FROM generate_series(1, 2)');
  await expect(query(login, 'postgres', 'CREATE UNIQUE INDEX CONCURRENTLY broken ON twice (n)')).rejects.toThrow(
    /could not create unique index/,
  );
  // The dump waits for it, and says nothing else for a while.
  const [holder] = await openSessions(1);
  await holder?.query('BEGIN; LOCK TABLE twice');
  const { operationId } = await api.createImage({ name: 'told', instanceId: id });
  await api.untilStep(
    operationId,
    'Dump the databases',
    (progress) =>
      progress?.message ===
      'found INDEX_LEFT_OUT: postgres: public.broken: index public.broken is not valid on the source, and a dump leaves it out',
  );
  await holder?.end();
  await api.untilOver(operationId);
});
