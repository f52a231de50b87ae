import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JobSpec } from '../../../jobs/ports/platform/jobs.ts';
import { type ControlPlane, openControlPlane } from './control-plane.ts';
import { createHooks } from './meddling.ts';

const { hooks, meddling } = createHooks();
let plane: ControlPlane;
let source: string;
let image: string;
let before: readonly string[];

beforeAll(async () => {
  plane = await openControlPlane(meddling);
  const created = await plane.createInstance({ name: 'source' });
  expect(await plane.ended(created.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  source = created.instanceId;
  const first = await plane.connect(source);
  await first.query(`CREATE ROLE seller LOGIN PASSWORD 'a-seller''s password'`);
  await first.query(`CREATE ROLE sellers; GRANT sellers TO seller; ALTER ROLE seller SET work_mem TO '5MB'`);
  await first.query('CREATE DATABASE shop OWNER seller');
  await first.end();
  const shop = await plane.connect(source, { database: 'shop' });
  await shop.query(`
    CREATE TYPE mood AS ENUM ('sad', 'glad');
    CREATE TABLE orders (id serial PRIMARY KEY, word text CHECK (word IN ('one', 'two', 'three')), at timestamptz DEFAULT now());
    INSERT INTO orders (word) SELECT (ARRAY['one', 'two', 'three'])[n % 3 + 1] FROM generate_series(1, 3000) n;
    CREATE TABLE moods (m mood, n int) PARTITION BY HASH (m);
    CREATE TABLE moods_0 PARTITION OF moods FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE moods_1 (n int, m mood);
    ALTER TABLE moods ATTACH PARTITION moods_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO moods SELECT (ARRAY['sad', 'glad'])[n % 2 + 1]::mood, n FROM generate_series(1, 500) n;
    CREATE TABLE odd ("a ""b"", c" text, plain bytea, twice int GENERATED ALWAYS AS (2 * half) STORED, half int);
    INSERT INTO odd VALUES (E'tab\\t and \\\\. and \\n', '\\x00ff', DEFAULT, 4), (NULL, NULL, DEFAULT, NULL), ('\\.', '', DEFAULT, 0);
    CREATE TABLE nothing ();
    INSERT INTO nothing DEFAULT VALUES;
    CREATE VIEW glad AS SELECT n FROM moods WHERE m IN ('glad') AND n::text IN ('1', '2', '3');
    CREATE MATERIALIZED VIEW words AS SELECT word, count(*) FROM orders GROUP BY word;
    CREATE INDEX ON orders (word);
    CREATE FUNCTION half(int) RETURNS int LANGUAGE sql RETURN $1 / 2;
    GRANT SELECT ON orders TO sellers;
    COMMENT ON TABLE orders IS 'what was ordered';
    SELECT lo_from_bytea(4711, decode(repeat('00ff10', 3000), 'hex'));
    SELECT lo_create(4712);
    SELECT lo_from_bytea(4713, 'a gap begins');
    SELECT lo_put(4713, 5000000, 'and ends');
    ALTER LARGE OBJECT 4711 OWNER TO seller;
    GRANT SELECT ON LARGE OBJECT 4712 TO sellers WITH GRANT OPTION;
    COMMENT ON LARGE OBJECT 4712 IS 'it''s empty';
    CREATE SCHEMA df;
    CREATE TABLE df.instances AS SELECT 'a schema of this name is no extension' AS word;
    CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'nothing is changed here'; END $$;
    CREATE EVENT TRIGGER no_changes ON ddl_command_start EXECUTE FUNCTION refuse();
    CREATE EVENT TRIGGER never_changes ON ddl_command_start EXECUTE FUNCTION refuse();
    ALTER EVENT TRIGGER never_changes ENABLE ALWAYS`);
  await shop.end();
  const taken = await plane.createImage('proven', source);
  expect(await plane.ended(taken.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  image = taken.imageId;
  before = await plane.objects();
});
afterEach(() => hooks.clear());
afterAll(() => plane?.stop());

/** Does something to the server of a drill before it is compared. */
function meddleWith(statements: string): void {
  hooks.platform.ensureJob = async (real, spec: JobSpec) => {
    if (spec.kind === 'verify') {
      const { PGHOST: host, PGPORT: port, PGUSER: user } = spec.parameters;
      const client = new pg.Client({
        host,
        port: Number(port),
        user,
        password: spec.secrets.password,
        database: 'shop',
      });
      await client.connect();
      await client.query('SET session_replication_role = replica; ALTER EVENT TRIGGER never_changes DISABLE');
      await client.query(
        `SET session_replication_role = origin; ALTER EVENT TRIGGER no_changes DISABLE; ${statements}`,
      );
      await client.query('ALTER EVENT TRIGGER no_changes ENABLE; ALTER EVENT TRIGGER never_changes ENABLE ALWAYS');
      await client.end();
    }
    return real();
  };
}

async function drill(imageId = image) {
  const begun = await plane.verifyImage(imageId);
  const operation = await plane.ended(begun.operationId);
  return { operation, drill: await plane.drill(begun.drillId) };
}

describe('a drill of a logical image', () => {
  it('passes when all of it came back, says how long that took, and leaves nothing behind', async () => {
    const { operation, drill: ended } = await drill();
    expect(operation).toMatchObject({ state: 'SUCCEEDED', failure: null });
    // 3000 and 500 and 3 and 1 and 1 in five tables.
    expect(ended).toMatchObject({
      state: 'PASSED',
      failure: null,
      findings: [],
      tablesCompared: 5,
      rowsCompared: 3505,
      operationId: operation.id,
      imageId: image,
    });
    expect(ended.databasesCompared).toBe((await plane.image(image)).databases.length);
    expect(ended.recoverySeconds).toBeGreaterThan(0);
    expect(ended.finishedAt?.getTime()).toBeGreaterThan(ended.startedAt.getTime());
    expect(await plane.objects()).toEqual(before);
  });

  it.each([
    [
      'a row that is gone',
      'DELETE FROM orders WHERE id = 7',
      'ROWS_DIFFER',
      'public.orders',
      'has 2999 rows instead of 3000',
    ],
    [
      'a value that is another',
      `UPDATE orders SET word = 'two' WHERE id = 3`,
      'ROWS_DIFFER',
      'public.orders',
      'not the same',
    ],
    ['a row of a partition', 'UPDATE moods SET n = n + 1 WHERE n = 7', 'ROWS_DIFFER', 'public.moods', 'not the same'],
    ['a table that is gone', 'DROP TABLE odd', 'ROWS_DIFFER', 'public.odd', 'is not there'],
    ['a page of a large object', `SELECT lo_put(4711, 5000, 'x')`, 'ROWS_DIFFER', null, 'large objects'],
    ['an empty large object', 'SELECT lo_unlink(4712)', 'ROWS_DIFFER', null, 'are not there: 4712'],
    ['where a large object ends', `SELECT lo_put(4713, 5000008, '\\x00')`, 'ROWS_DIFFER', null, 'other content'],
    [
      'whose a large object is',
      'ALTER LARGE OBJECT 4711 OWNER TO postgres',
      'OWNER_CHANGED',
      '4711',
      'instead of seller',
    ],
    [
      'a grant on a large object',
      'REVOKE GRANT OPTION FOR SELECT ON LARGE OBJECT 4712 FROM sellers',
      'PRIVILEGE_LEFT_OUT',
      '4712',
      'lacks role sellers SELECT WITH GRANT OPTION',
    ],
    ['a row in a schema df', `UPDATE df.instances SET word = 'x'`, 'ROWS_DIFFER', 'df.instances', 'not the same'],
    ['a sequence', `SELECT setval('orders_id_seq', 5)`, 'SEQUENCE_DIFFERS', 'public.orders_id_seq', 'stands at 5'],
    ['a view', 'CREATE OR REPLACE VIEW glad AS SELECT n FROM moods', 'DEFINITION_DIFFERS', 'public.glad', 'VIEW'],
    ['an index', 'DROP INDEX orders_word_idx', 'INDEX_LEFT_OUT', 'public.orders_word_idx', 'is not there'],
    ['a grant', 'REVOKE SELECT ON orders FROM sellers', 'PRIVILEGE_LEFT_OUT', 'public.orders', 'is not there'],
    ['a role', 'ALTER ROLE seller CREATEROLE', 'ROLE_DIFFERS', 'seller', 'role seller'],
    ['a membership', 'REVOKE sellers FROM seller', 'ROLE_DIFFERS', 'seller', 'is not in sellers'],
  ])(
    'fails for %s',
    async (_what, statement, code, object, words) => {
      meddleWith(statement);
      const { operation, drill: ended } = await drill();
      expect(ended).toMatchObject({ state: 'FAILED', failure: { code: 'STEP_FAILED', step: 'Judge what was found' } });
      expect(ended.findings).toContainEqual(
        expect.objectContaining({ code, object, message: expect.stringContaining(words) }),
      );
      expect(operation).toMatchObject({ state: 'FAILED' });
      expect(operation.failure?.message).toContain('did not come back as it was');
      expect(await plane.objects()).toEqual(before);
    },
    300_000,
  );

  it('is proven well by rows that lie in another order', async () => {
    meddleWith(
      'CREATE TABLE o AS SELECT * FROM orders ORDER BY id DESC; DELETE FROM orders; INSERT INTO orders SELECT * FROM o; DROP TABLE o',
    );
    expect((await drill()).drill).toMatchObject({ state: 'PASSED', findings: [] });
  });

  it('is CANCELLED by whoever asked for it, says nothing of the image, and leaves nothing behind', async () => {
    const begun = await plane.verifyImage(image);
    await plane.untilStep(begun.operationId, 'Restore the databases', 'RUNNING');
    await plane.cancel(begun.operationId);
    expect(await plane.ended(begun.operationId)).toMatchObject({ state: 'CANCELLED' });
    expect(await plane.drill(begun.drillId)).toMatchObject({ state: 'CANCELLED', failure: null, findings: [] });
    expect(await plane.objects()).toEqual(before);
  });
});
