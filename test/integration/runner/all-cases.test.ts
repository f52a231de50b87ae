import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptEnd } from '../../support/job-script.ts';
import { copyPhysically } from '../../support/physical-copy.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import { type CaseCheck, hasExtension, readServerCase, runWithPsql } from '../../support/server-case.ts';
import { type SourceServer, startSourceServer } from '../../support/source-server.ts';

const NEEDS: Readonly<Record<string, string>> = {
  'changes-to-an-extension-table': 'postgis',
  'pg-cron-in-another-database': 'pg_cron',
};
/** All that stand still: the others are run beside an image, in source-cases.test.ts. */
const NAMES = readdirSync(path.join(import.meta.dirname, '../../fixtures/cases'))
  .map((file) => path.parse(file).name)
  .filter((name) => !name.startsWith('live-'))
  .filter((name) => NEEDS[name] === undefined || hasExtension(NEEDS[name]))
  .sort();
const ROLLBACK = `ROLLBACK PREPARED 'c26-forgotten'`;

let harness: ScriptHarness;
let source: SourceServer;
const checks: (CaseCheck & { readonly name: string })[] = [];

beforeAll(async () => {
  harness = await createScriptHarness();
  const first = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums']);
  await first.query('postgres', 'ALTER SYSTEM SET max_prepared_transactions = 5');
  const cases = await Promise.all(NAMES.map(async (name) => ({ name, ...(await readServerCase(name)) })));
  for (const { file } of cases) await runWithPsql(first, file);
  await first.stop();
  const { password } = harness;
  source = await startSourceServer({ directory: path.dirname(first.dataDirectory), password, initdbArguments: null });
  for (const { name, file, checks: own } of cases) {
    if (['pg-cron-in-another-database', 'forgotten-prepared-transaction'].includes(name)) {
      await runWithPsql(source, file, { after_restart: '1' });
    }
    expect(own.length, name).toBeGreaterThan(0);
    for (const check of own) checks.push({ name, ...check });
  }
});
afterAll(async () => {
  await source?.stop();
  await harness?.stop();
});

/** The names of the cases that do not answer on the copy as they do on the source. */
async function differing(copy: SourceServer): Promise<string[]> {
  const found: string[] = [];
  for (const { name, database, sql } of checks) {
    const [there, here] = [await source.query(database, sql), await copy.query(database, sql)];
    if (JSON.stringify(there) !== JSON.stringify(here)) found.push(name);
  }
  return found;
}

type Finding = { readonly code: string; readonly severity: string; readonly object: string | null };
const saidBy = ({ results }: ScriptEnd) =>
  ((results[0]?.findings ?? []) as Finding[])
    .map(({ code, severity, object }) => `${severity} ${code} ${object}`)
    .sort();
/** What is said of packages that this machine has. */
const ifHere = (extension: string, said: string) => (hasExtension(extension) ? [said] : []);

test('a server that holds all of them comes back from a PHYSICAL image as it was', async () => {
  const { taken, restored, volume } = await copyPhysically(harness, source);
  const open = `INFO PREPARED_TRANSACTION_OPEN 'c26-forgotten'`;
  expect(saidBy(taken)).toEqual([open]);
  expect(saidBy(restored)).toEqual([...ifHere('pg_cron', 'INFO BACKGROUND_WORK_HELD cron.job'), open].sort());
  const copy = await harness.startRestored(volume, source.password);
  for (const server of [source, copy]) await server.query('c26', ROLLBACK);
  expect(await differing(copy)).toEqual([]);
  await copy.stop();
});

test('and from a LOGICAL one, with a finding for each thing that cannot come back', async () => {
  const image = await harness.backup(source, { parameters: { TOYGRES_ACCEPT_LOSS: 'ROWS' } });
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(saidBy(image.end)).toEqual(
    [
      ...ifHere('pg_cron', 'INFO BACKGROUND_WORK_HELD cron.job'),
      'CRITICAL ROWS_NOT_LOADABLE public.notes',
      'CRITICAL ROWS_NOT_LOADABLE public.wide',
      'INFO MEANING_MAY_CHANGE public.kinds',
      'INFO MEANING_MAY_CHANGE public.moved',
      'INFO MEANING_MAY_CHANGE public.paired',
      'WARNING MATERIALIZED_VIEW_EMPTY public.kept',
    ].sort(),
  );
  const parameters = { TOYGRES_ACCEPT_LOSS: 'ROWS', TOYGRES_BACKGROUND_WORK: 'HOLD' };
  const { volume, end } = await harness.restore(image, { parameters });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  expect(saidBy(end)).toEqual(
    [
      ...ifHere('pg_cron', 'INFO BACKGROUND_WORK_HELD cron.job'),
      ...ifHere('postgis', 'WARNING EXTENSION_OBJECT_CHANGED public.spatial_ref_sys'),
      'CRITICAL ROWS_NOT_LOADABLE public.notes',
      'CRITICAL ROWS_NOT_LOADABLE public.wide',
      'WARNING CONSTRAINT_NOT_VALID children_parent_fkey on public.children',
      'WARNING MATERIALIZED_VIEW_EMPTY public.kept',
    ].sort(),
  );
  const copy = await harness.startRestored(volume, source.password);
  expect(await differing(copy)).toEqual([
    'bytes-that-are-no-utf8',
    ...(hasExtension('postgis') ? ['changes-to-an-extension-table'] : []),
    'rows-wider-than-a-page',
  ]);
});
