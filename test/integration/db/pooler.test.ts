import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../../src/db/database.ts';
import { createListener } from '../../../src/db/listener.ts';
import { migrateDatabase } from '../../../src/db/migrate.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { hasPooler, type Pooler, startPooler } from '../../support/pooler.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const log = createLogger('silent');

describe.skipIf(!hasPooler)('behind a pooler that gives sessions to transactions', () => {
  let cms: TestDatabase;
  let pooler: Pooler;
  beforeAll(async () => {
    cms = await createTestDatabase();
    pooler = await startPooler(inject('postgresUrl'));
  });
  afterAll(async () => {
    await pooler.stop();
    await cms.stop();
  });

  it('one start after the other migrates: none leaves a lock on a session that it does not own', async () => {
    const url = pooler.through(cms.url);
    for (let starts = 0; starts < 4; starts += 1) await migrateDatabase(url, { lockMs: 1000 });
    const { rows } = await cms.database.pool.query(
      `SELECT count(*)::int AS locks FROM pg_locks WHERE locktype = 'advisory' AND objid = (7203411950274 & 4294967295)::oid
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(rows[0].locks).toBe(0);
  });

  it('sessions mean what they are to mean, and leave nothing on those of others', async () => {
    const database = openDatabase({ url: pooler.through(cms.url), pooled: true });
    await database.pool.query(
      `ALTER ROLE CURRENT_USER IN DATABASE "${new URL(cms.url).pathname.slice(1)}" SET DateStyle = 'SQL, DMY'`,
    );
    const looks = await Promise.all(
      Array.from({ length: 8 }, () =>
        database.pool.query(
          `SELECT '2026-11-13'::date::text AS day, current_setting('TimeZone') AS zone, current_setting('search_path') AS path`,
        ),
      ),
    );
    await database.stop();
    for (const { rows } of looks) expect(rows[0]).toEqual({ day: '2026-11-13', zone: 'UTC', path: '"$user", public' });
  });

  it('a listener proves that it hears nothing there, and that it does past it', async () => {
    const notify = (channel: string, payload: string) =>
      cms.database.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);
    const times = { heartbeatMs: 20, heartbeatTimeoutMs: 300 };
    const behind = createListener({ url: pooler.through(cms.url), log, notify, ...times });
    const past = createListener({ url: cms.url, log, notify, ...times });
    await Promise.all([behind.start(), past.start()]);
    await expect.poll(() => past.hears).toBe(true);
    await expect.poll(() => behind.hears).toBe(false);
    await Promise.all([behind.stop(), past.stop()]);
    expect([behind.hears, past.hears]).toEqual([null, null]);
  });
});
