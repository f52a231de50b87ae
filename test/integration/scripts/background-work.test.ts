import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness, type TakenImage } from '../../support/script-harness.ts';
import { hasExtension, readServerCase, runWithPsql } from '../../support/server-case.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

/** apt-get install postgresql-15-cron */
const isHere = hasExtension('pg_cron');
let harness: ScriptHarness;
let source: SourceServer;
let image: TakenImage;

beforeAll(async () => {
  harness = await createScriptHarness();
  if (!isHere) return;
  const first = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  const { file } = await readServerCase('pg-cron-in-another-database');
  await runWithPsql(first, file);
  await first.stop();
  const { password } = harness;
  source = await startSourceServer({ directory: path.dirname(first.dataDirectory), password, initdbArguments: null });
  await runWithPsql(source, file, { after_restart: '1' });
  image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
});
afterAll(async () => {
  await source?.stop();
  await harness?.stop();
});

test.runIf(isHere)(
  'pg_cron comes back in the database where it was, with its jobs held, and told how to let them run',
  async () => {
    const { end, volume } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(end.results[0]?.notices).toContain(
      'database c13: 2 jobs of pg_cron are held: they are there and inactive; to let them run: UPDATE cron.job SET active = true WHERE jobid IN (1, 2);',
    );
    const remedy = 'UPDATE cron.job SET active = true WHERE jobid IN (1, 2);';
    expect(end.results[0]?.findings).toEqual([
      {
        code: 'BACKGROUND_WORK_HELD',
        severity: 'INFO',
        database: 'c13',
        object: 'cron.job',
        message: '2 jobs of pg_cron are held: they are there and inactive',
        remedy,
      },
    ]);
    const copy = await harness.startRestored(volume);
    const { checks } = await readServerCase('pg-cron-in-another-database');
    for (const { database, sql } of checks) {
      expect(await copy.query(database, sql)).toEqual(await source.query(database, sql));
    }
    expect(await copy.query('c13', 'SELECT bool_or(active) AS active FROM cron.job')).toEqual([{ active: false }]);
    await copy.query('c13', remedy);
    expect(await copy.query('c13', 'SELECT bool_and(active) AS active FROM cron.job')).toEqual([{ active: true }]);
  },
  300_000,
);

test.runIf(isHere)(
  'its jobs run where that is asked for',
  async () => {
    const { end, volume } = await harness.restore(image, { parameters: { TOYGRES_BACKGROUND_WORK: 'RUN' } });
    expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ findings: [] }] });
    const copy = await harness.startRestored(volume);
    expect(await copy.query('c13', 'SELECT bool_and(active) AS active FROM cron.job')).toEqual([{ active: true }]);
  },
  300_000,
);

test('subscriptions are held with the source there, and run where that is asked for as they did', async () => {
  const own = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], {
    max_logical_replication_workers: '0',
  });
  const connection = `CONNECTION 'host=203.0.113.1 dbname=x' PUBLICATION p WITH (connect = false)`;
  await own.query('postgres', `CREATE SUBSCRIPTION "it takes" ${connection.replace(')', ", slot_name = 'taking')")}`);
  await own.query('postgres', `CREATE SUBSCRIPTION idle ${connection}`);
  await own.query('postgres', `ALTER SUBSCRIPTION "it takes" ENABLE`);
  const taken = await harness.backup(own);
  expect(taken.end).toMatchObject({ exitCode: 0, errors: [] });
  const enabledAfter = async (wish: string) => {
    const { end, volume } = await harness.restore(taken, { parameters: { TOYGRES_BACKGROUND_WORK: wish } });
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    const copy = await harness.startRestored(volume, own.password, { max_logical_replication_workers: '0' });
    const rows = await copy.query('postgres', 'SELECT subname FROM pg_subscription WHERE subenabled');
    await copy.stop();
    const found = end.results[0]?.findings as { code: string; object: string }[];
    const told = ((end.results[0]?.notices ?? []) as string[]).filter((text) => text.includes('subscription'));
    return {
      told,
      enabled: rows.map(({ subname }) => subname),
      held: found.map(({ code, object }) => `${code} ${object}`),
    };
  };
  expect(taken.end.results[0]?.findings).toEqual([
    {
      code: 'BACKGROUND_WORK_HELD',
      severity: 'INFO',
      database: 'postgres',
      object: 'pg_subscription',
      message: '1 enabled subscription: a restore decides whether changes are taken in the copy as well',
      remedy: null,
    },
  ]);
  expect(await enabledAfter('HOLD')).toEqual({
    told: [
      'database postgres: 2 subscriptions are held: they are there and disabled; to let what ran on the source run: ALTER SUBSCRIPTION "it takes" ENABLE;',
    ],
    enabled: [],
    held: ['BACKGROUND_WORK_HELD idle', 'BACKGROUND_WORK_HELD "it takes"'],
  });
  expect(await enabledAfter('RUN')).toEqual({
    told: ['database postgres: subscription "it takes" is enabled here as on the source'],
    enabled: ['it takes'],
    held: [],
  });
});

test.runIf(isHere)(
  'pg_cron comes back in the database that a parameter of the server names, and the parameter is told',
  async () => {
    const settings = { shared_preload_libraries: 'pg_cron', 'cron.database_name': 'of jobs' };
    const given = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8'], settings);
    await given.query('postgres', 'CREATE DATABASE "of jobs"');
    await given.query('of jobs', 'CREATE EXTENSION pg_cron');
    await given.query('of jobs', `SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1')`);
    const taken = await harness.backup(given);
    expect(taken.end).toMatchObject({ exitCode: 0, errors: [] });
    const { end, volume } = await harness.restore(taken);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
    expect(end.results[0]?.findings).toMatchObject([{ code: 'BACKGROUND_WORK_HELD', database: 'of jobs' }]);
    expect(end.results[0]?.notices).toContain(
      'setting cron.database_name was given to the source by its parameters or its files, which are no part of an image: give it to the instance as a parameter where it is to hold here',
    );
    const copy = await harness.startRestored(volume, given.password, settings);
    const job = 'SELECT jobname, schedule, command, active FROM cron.job';
    expect(await copy.query('of jobs', job)).toEqual([
      { jobname: 'nightly', schedule: '0 3 * * *', command: 'SELECT 1', active: false },
    ]);
  },
  300_000,
);
