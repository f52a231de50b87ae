import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCase } from '../../support/case-server.ts';
import { eventually } from '../../support/eventually.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], { max_prepared_transactions: '5' });
});
afterAll(() => harness?.stop());

describe('a source that lives', () => {
  /** Runs the file again and again until `work` is over. */
  async function beside<T>(name: string, work: () => Promise<T>): Promise<T> {
    const living = { on: true };
    const loop = (async () => {
      while (living.on) await makeCase(source, name);
    })();
    try {
      return await work();
    } finally {
      living.on = false;
      await loop;
    }
  }

  test('is imaged whole while its tables are swapped', async () => {
    await source.query('postgres', `CREATE TABLE fixed AS SELECT i FROM generate_series(1, 100) i`);
    await makeCase(source, 'live-tables-swapped');
    const image = await beside('live-tables-swapped', () => harness.backup(source));
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const { volume, end } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await harness.startRestored(volume, source.password);
    const [found] = await copy.query(
      'postgres',
      `SELECT count(*) FILTER (WHERE relkind = 'r' AND relname ~ '^m_[0-9]+$')::int AS tables,
       count(*) FILTER (WHERE relkind = 'v' AND relname ~ '^v_[0-9]+$')::int AS views FROM pg_class`,
    );
    expect(found?.tables).toBeGreaterThanOrEqual(19);
    expect(found?.views).toBeGreaterThanOrEqual(19);
  });

  test('never has a change of its own ended for an image: the dump gives way, whoever came first', async () => {
    await source.query('postgres', 'CREATE DATABASE changing');
    const names = Array.from({ length: 40 }, (_, index) => `t_${index + 10}`);
    await source.query('changing', names.map((name) => `CREATE TABLE ${name} (a int)`).join('; '));
    const connect = async (application_name: string) => {
      const client = new pg.Client({ ...source, database: 'changing', application_name });
      await client.connect();
      return client;
    };
    const [one, other] = [await connect('one'), await connect('other')];
    /** Longer than the second after which a session looks for a deadlock, once. */
    const waits = (name: string, seconds: number) =>
      eventually(
        () =>
          source.query(
            'postgres',
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '${name}'
             AND clock_timestamp() - query_start > interval '${seconds} s'`,
          ),
        (rows) => rows.length > 0,
      );
    try {
      // The dump waits for it, has looked for a deadlock, and then is waited for.
      await one.query('BEGIN; ALTER TABLE t_49 ADD b int');
      const first = harness.backup(source);
      await waits('pg_dump', 1.3);
      await one.query('ALTER TABLE t_10 ADD b int; COMMIT');
      expect((await first).end).toMatchObject({ exitCode: 0, errors: [] });
      // It waits for the dump, which then comes to what it has changed.
      await other.query('BEGIN; ALTER TABLE t_40 ADD b int');
      await one.query('BEGIN; ALTER TABLE t_49 ADD c int');
      const second = harness.backup(source);
      await waits('pg_dump', 0);
      const change = one.query('ALTER TABLE t_10 ADD c int; COMMIT');
      await waits('one', 0);
      await other.query('COMMIT');
      await change;
      expect((await second).end).toMatchObject({ exitCode: 0, errors: [] });
    } finally {
      await one.end();
      await other.end();
      await source.query('postgres', 'DROP DATABASE changing');
    }
  });

  test('is imaged again where indexes, statistics, columns or labels change between the snapshot and the locks of the dump', async () => {
    await source.query('postgres', 'CREATE DATABASE between');
    await source.query(
      'between',
      `CREATE TYPE mood AS ENUM ('glad', 'sad');
     CREATE TABLE t (a int, b int, c int, m mood);
     CREATE INDEX dropped ON t (a); CREATE INDEX of_column ON t (c); CREATE INDEX renamed ON t (b); CREATE INDEX kept ON t (a, b);
     COMMENT ON INDEX renamed IS 'renamed'; COMMENT ON INDEX dropped IS 'dropped';
     CREATE STATISTICS dropped_statistics ON a, b FROM t; CREATE STATISTICS kept_statistics ON b, c FROM t;
     CREATE VIEW glad AS SELECT a FROM t WHERE m = 'glad';
     INSERT INTO t VALUES (1, 2, 3, 'glad')`,
    );
    const changer = new pg.Client({ ...source, database: 'between' });
    await changer.connect();
    try {
      // Not to be seen by the snapshot, which comes before the dump waits for the table.
      await changer.query(
        `BEGIN; LOCK TABLE t; DROP INDEX dropped; CREATE INDEX made ON t (b, a); ALTER INDEX renamed RENAME TO "now so";
       DROP STATISTICS dropped_statistics; CREATE STATISTICS made_statistics ON a, c FROM t;
       ALTER TABLE t RENAME c TO "new c"; ALTER TYPE mood RENAME VALUE 'glad' TO 'merry'`,
      );
      const id = randomUUID();
      const run = await harness.runner.start('backup.sh', harness.backupRun(source, id));
      await eventually(
        () =>
          source.query(
            'between',
            `SELECT FROM pg_stat_activity WHERE application_name = 'pg_dump' AND datname = 'between' AND wait_event_type = 'Lock'`,
          ),
        (rows) => rows.length > 0,
      );
      await changer.query('COMMIT');
      const end = await run.ended;
      expect(end).toMatchObject({ exitCode: 0, errors: [] });
      const said = end.lines.find((line) => line.startsWith('between: something changed')) ?? '';
      for (const catalogue of ['pg_class', 'pg_index', 'pg_attribute', 'pg_statistic_ext', 'pg_enum']) {
        expect(said).toContain(catalogue);
      }
      expect(end.results[0]?.findings).toEqual([]);
      const url = `${harness.container.url}/${id}`;
      const { volume, end: restored } = await harness.restore({ id, url, end, password: source.password });
      expect(restored).toMatchObject({ exitCode: 0, errors: [] });
      const copy = await harness.startRestored(volume, source.password);
      const definitions = `
      SELECT pg_get_indexdef(indexrelid) AS made FROM pg_index WHERE indrelid = 't'::regclass
      UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext UNION ALL SELECT pg_get_viewdef('glad'::regclass)
      UNION ALL SELECT a::text FROM glad ORDER BY made`;
      const made = await copy.query('between', definitions);
      expect(made).toEqual(await source.query('between', definitions));
      expect(made).toHaveLength(8);
    } finally {
      await changer.end();
      await source.query('postgres', 'DROP DATABASE between');
    }
  });

  test('is imaged so that it restores while its functions and views are replaced', async () => {
    const image = await beside('live-functions-replaced', () => harness.backup(source));
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const { end } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
  });
});
