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
  if (!isHere) return;
  harness = await createScriptHarness();
  const first = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  const { file } = await readServerCase('pg-cron-in-another-database');
  await runWithPsql(first, file);
  await first.stop();
  const { password } = harness;
  source = await startSourceServer({ directory: path.dirname(first.dataDirectory), password, initdbArguments: null });
  await runWithPsql(source, file, { after_restart: '1' });
  image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
}, 180_000);
afterAll(async () => {
  await source?.stop();
  await harness?.stop();
});

test.runIf(isHere)(
  'pg_cron comes back in the database where it was, with its jobs held, and told how to let them run',
  async () => {
    const { end, volume } = await harness.restore(image);
    expect(end).toMatchObject({ exitCode: 0, errors: [] });
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
  120_000,
);

test.runIf(isHere)(
  'its jobs run where that is asked for',
  async () => {
    const { end, volume } = await harness.restore(image, { parameters: { TOYGRES_BACKGROUND_WORK: 'RUN' } });
    expect(end).toMatchObject({ exitCode: 0, errors: [], results: [{ findings: [] }] });
    const copy = await harness.startRestored(volume);
    expect(await copy.query('c13', 'SELECT bool_and(active) AS active FROM cron.job')).toEqual([{ active: true }]);
  },
  120_000,
);
