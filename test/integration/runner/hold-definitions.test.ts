import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from '../../../src/guarded-postgres/session.ts';
import { readServerIdentity } from '../../../src/postgres-programs/identity.ts';
import { holdDefinitions } from '../../../src/runner/dump/hold-definitions.ts';
import { eventually } from '../../support/eventually.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

let directory = '';
let server: SourceServer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-hold-'));
  const identity = await readServerIdentity();
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  server = await startSourceServer({ directory, password: 'a good password', initdbArguments: ['--locale=C'] });
});
afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function connect(application_name: string): Promise<pg.Client> {
  const client = new pg.Client({ ...server, database: 'postgres', application_name });
  await client.connect();
  return client;
}

const waits = (name: string, seconds: number) =>
  eventually(
    () =>
      server.query(
        'postgres',
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '${name}'
           AND clock_timestamp() - query_start > interval '${seconds} s'`,
      ),
    (rows) => rows.length > 0,
  );

test.each([
  // Each of the two is among what is locked; the second is looked at last.
  ['pg_class', 'ALTER TABLE half SET (fillfactor = 50)'],
  ['pg_depend', 'CREATE FUNCTION half() RETURNS int LANGUAGE sql RETURN 1'],
])(
  'a change that has %s and waits for another one is not ended when that one waits for definitions',
  async (_, change) => {
    await server.query('postgres', 'CREATE TABLE half (a int); CREATE TABLE between (a int)');
    const [first, second] = [await connect('first'), await connect('second')];
    const watch = await openSession(server, { database: 'postgres', major: 15 });
    try {
      await first.query('BEGIN; LOCK TABLE between');
      await second.query(`BEGIN; ${change}`);
      const waiting = second.query('LOCK TABLE between');
      // It looks for a deadlock after a second, once, while all three would stand in a circle.
      await waits('second', 0.85);
      const held = holdDefinitions(watch, () => undefined);
      const made = first.query('CREATE TABLE made (a int)');
      await waits('second', 1.1);
      await made;
      await first.query('COMMIT');
      await waiting;
      await second.query('COMMIT');
      await (await held)();
      expect(await server.query('postgres', `SELECT to_regclass('made') IS NOT NULL AS made`)).toEqual([
        { made: true },
      ]);
    } finally {
      await watch.close();
      for (const one of [first, second]) await one.end();
      await server.query('postgres', 'DROP TABLE IF EXISTS half, between, made; DROP FUNCTION IF EXISTS half()');
    }
  },
);

test('while definitions are held rows come and go, and after two seconds it is over without anybody who lets go', async () => {
  await server.query('postgres', 'CREATE TABLE lively (n int)');
  const [writing, making] = [await connect('writing'), await connect('making')];
  const watch = await openSession(server, { database: 'postgres', major: 15 });
  const held = `SELECT count(*)::int AS locks FROM pg_locks WHERE mode = 'ShareLock' AND relation < 16384`;
  try {
    const release = await holdDefinitions(watch, () => undefined);
    expect(await server.query('postgres', held)).not.toEqual([{ locks: 0 }]);
    // Who had to wait for what is held would fail of it.
    await writing.query(`SET lock_timeout = '1s'; INSERT INTO lively VALUES (1)`);
    let [rows, made] = [1, false];
    const whenMade = making.query('CREATE TABLE later ()').then(() => {
      made = true;
    });
    await waits('making', 0);
    while (!made) {
      await writing.query('INSERT INTO lively VALUES (1)');
      rows += 1;
    }
    await whenMade;
    expect(await server.query('postgres', held)).toEqual([{ locks: 0 }]);
    expect(await server.query('postgres', 'SELECT count(*)::int AS rows FROM lively')).toEqual([{ rows }]);
    // Too late to do anything, and harmless.
    await release();
    await writing.query('DROP TABLE lively, later');
  } finally {
    await watch.close();
    for (const one of [writing, making]) await one.end();
  }
});

test('definitions are held between changes that follow each other without a pause', async () => {
  const changing = await connect('changing');
  const watch = await openSession(server, { database: 'postgres', major: 15 });
  const living = { on: true };
  const loop = (async () => {
    while (living.on) await changing.query('BEGIN; CREATE TEMP TABLE t (a int); DROP TABLE t; COMMIT');
  })();
  try {
    const said: string[] = [];
    const release = await holdDefinitions(watch, (text) => said.push(text));
    expect(said).toEqual(['definitions are kept from changing for two seconds at most']);
    await release();
  } finally {
    living.on = false;
    await loop;
    await watch.close();
    await changing.end();
  }
});
