import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/log/logger.ts';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import type { WatchedInstance } from '../../../src/stores/upkeep/health.ts';
import { checkServer } from '../../../src/upkeep/health/check-server.ts';
import { eventually } from '../../support/eventually.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';

let harness: ScriptHarness;
beforeAll(async () => {
  harness = await createScriptHarness();
});
afterAll(() => harness?.stop());

test('a server with fewer locks than its dump takes is dumped with as few as can be, and is told the setting that has enough', async () => {
  const settings = { max_locks_per_transaction: '10', max_connections: '20' };
  const source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], settings);
  await source.query('postgres', 'CREATE DATABASE crowded');
  await source.query(
    'crowded',
    'DO $$ BEGIN FOR i IN 1..120 LOOP EXECUTE format($s$CREATE TABLE t%s (id serial)$s$, i); END LOOP; END $$',
  );
  const { end } = await harness.backup(source);
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(end.lines).toContain(
    'Tables are dumped one after the other, over one connection: that takes the fewest locks',
  );
  expect(end.results[0]?.notices).toEqual([
    'database crowded: its dump locks 240 tables and sequences, and the server has room for 200 locks for sure: where it runs out ' +
      'of them, ALTER SYSTEM SET max_locks_per_transaction = 24 and a restart make room',
  ]);
});

test('a server with few connections is dumped with fewer, and is found healthy meanwhile', async () => {
  const small = await harness.makeSource(['--encoding=UTF8', '--locale=C'], {
    max_connections: '10',
    superuser_reserved_connections: '1',
    max_wal_senders: '0',
  });
  await small.query('postgres', 'CREATE TABLE held (n int)');
  const sessions = Array.from({ length: 4 }, () => new pg.Client({ ...small, database: 'postgres' }));
  for (const one of sessions) await one.connect();
  const [holder, looking] = sessions;
  await holder?.query('BEGIN; LOCK TABLE held');
  const taking = harness.backup(small, { parameters: { TOYGRES_PARALLEL: '16' } });
  const sessionsOf = async (where: string) =>
    Number((await looking?.query(`SELECT count(*) FROM pg_stat_activity WHERE ${where}`))?.rows[0]?.count);
  await eventually(
    () => sessionsOf(`wait_event_type = 'Lock'`),
    (waiting) => waiting > 0,
  );
  const { host, port, password } = small;
  const dependencies = {
    platform: { readServer: () => Promise.reject(new Error('the platform is asked about servers that do not answer')) },
    probe: createServerProbe(),
    secrets: { decrypt: () => password },
    log: createLogger('silent'),
    timeoutMs: 10_000,
  };
  const watched: WatchedInstance = {
    id: 'small',
    name: 'small',
    namespace: 'test',
    resourceName: 'small',
    imageType: 'STOCK',
    endpoint: { host, port, dnsName: null },
    encryptedPassword: '',
    revision: 1,
  };
  for (let look = 0; look < 5; look += 1) {
    expect(await checkServer(dependencies, watched)).toMatchObject({ status: 'HEALTHY', message: null });
  }
  expect(await sessionsOf(`backend_type = 'client backend'`)).toBeGreaterThanOrEqual(8);
  for (const one of sessions) await one.end();
  const { end } = await taking;
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(end.lines.some((line) => /^Only \d of 10 connections are free: \d tables .* instead of 16$/.test(line))).toBe(
    true,
  );
});
