import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inside } from '../../../src/db/database.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { findReadiness } from '../../../src/services/checks/diagnostics.ts';
import { eventually } from '../../support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let cms: TestDatabase;
beforeEach(async () => {
  cms = await createTestDatabase();
});
afterEach(() => cms.stop());

const write = () =>
  cms.database.transaction(async (tx) => {
    await inside(tx).execute(`INSERT INTO cms.idempotency_keys (caller, mutation, key, input_digest, outcome)
      VALUES ('admin', 'createImage', gen_random_uuid()::text, '', '{}')`);
  });

/** What /ready says of the records, and diagnostics with the same words. */
async function readiness() {
  const parts = {
    database: cms.database,
    queue: { check: async () => undefined },
    store: { check: async () => undefined },
    logger: createLogger('silent'),
  };
  return (await findReadiness(parts, 'everything')).find(({ name }) => name === 'database');
}

/** As in a failover: the sessions that there are end, and the next ones can change nothing. */
async function setReadOnly(isOn: boolean): Promise<void> {
  const { pool } = cms.database;
  const name = new URL(cms.url).pathname.slice(1);
  await pool.query(`SET default_transaction_read_only = off`);
  await pool.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = ${isOn ? 'on' : 'off'}`);
  await pool
    .query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()')
    .catch(() => undefined);
  await eventually(
    () =>
      pool.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    (answers) => answers,
  );
}

describe('records that cannot be written', () => {
  it('because their server takes no changes are UNAVAILABLE with that cause, which readiness tells, and come back by themselves', async () => {
    await write();
    expect((await readiness())?.ok).toBe(true);
    await setReadOnly(true);
    await expect(write()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/takes no changes/),
    });
    expect(await readiness()).toMatchObject({ ok: false, detail: expect.stringMatching(/read only/) });
    await setReadOnly(false);
    await write();
    expect((await readiness())?.ok).toBe(true);
  });

  it('because the disk of their server is full are so, too, though all is read well', async () => {
    const { pool } = cms.database;
    await pool.query(`CREATE FUNCTION public.fill() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER fill BEFORE INSERT ON cms.idempotency_keys FOR EACH ROW EXECUTE FUNCTION public.fill()`);
    await expect(write()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/disk .* full/),
    });
    expect(await readiness()).toMatchObject({ ok: false, detail: expect.stringMatching(/disk .* full/) });
    await pool.query('DROP TRIGGER fill ON cms.idempotency_keys');
    await write();
    expect((await readiness())?.ok).toBe(true);
  });
});
