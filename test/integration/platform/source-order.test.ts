import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServerProbe } from '../../../src/platform/server-probe.ts';
import { eventually } from '../../support/eventually.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C'], {
    max_connections: '20',
    max_prepared_transactions: '2',
    max_locks_per_transaction: '10',
  });
});
afterAll(() => harness?.stop());

it('what would keep an image waiting, or fail it, is counted', async () => {
  const { host, port, user, password } = source;
  const ask = () => createServerProbe().readOrder({ host, port }, { username: user, password }, { timeoutMs: 5_000 });
  const order = { connections: 20, locks: 220, tables: 0, prepared: 0, holding: 0, closed: 0 };
  expect(await ask()).toMatchObject(order);
  await source.query('postgres', `CREATE DATABASE "shop; --" TEMPLATE template0`);
  await source.query(
    'shop; --',
    `DO $$ BEGIN FOR i IN 1..230 LOOP EXECUTE format('CREATE TABLE t_%s ()', i); COMMIT; END LOOP; END $$`,
  );
  await source.query('postgres', 'CREATE DATABASE closed ALLOW_CONNECTIONS false');
  await source.query('postgres', `BEGIN; CREATE TABLE made (); PREPARE TRANSACTION 'forgotten'`);
  const found = await eventually(ask, ({ prepared }) => prepared > 0);
  expect(found).toMatchObject({ ...order, tables: 230, prepared: 1, closed: 1 });
  expect(found.freeConnections).toBeGreaterThan(10);
  await source.query('postgres', `ROLLBACK PREPARED 'forgotten'`);
});
