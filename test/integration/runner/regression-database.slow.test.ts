import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareServers } from '../../support/compare-servers.ts';
import { copyPhysically } from '../../support/physical-copy.ts';
import { loadRegressionDatabase } from '../../support/regression-database.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

/**
 * `sql`, `data` and `parallel_schedule` of `src/test/regress` in PostgreSQL's source, and `lib` with regress.so made of its
 * regress.c, autoinc.so and refint.so: apt-get source postgresql-15. Its server must be able to write to `results` there.
 */
const directory = process.env.TOYGRES_REGRESSION ?? '';
/** A materialized view that is older than what it reads: a LOGICAL copy refreshes it, and says so. */
const REFRESHED = /^regression: rows of public\.mvtest_bb: /;
/** Tables with a column of what a server counts, such as the one that has each type of the system, and those of BRIN. */
const COUNTING = `
  SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
    AND columns.udt_name ~ '^_?(xid|xid8|pg_snapshot|txid_snapshot|pg_lsn)$' GROUP BY 1 ORDER BY 1`;
const IN_PLACE = { allow_in_place_tablespaces: 'on' };

let harness: ScriptHarness;
let source: SourceServer;

beforeAll(async () => {
  if (directory === '') return;
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C'], {
    max_prepared_transactions: '2',
    max_locks_per_transaction: '256',
    autovacuum: 'off',
    ...IN_PLACE,
  });
  expect(await loadRegressionDatabase(source, directory)).toBeGreaterThan(150);
}, 900_000);
afterAll(() => harness?.stop());

test.runIf(directory !== '')(
  `the database of PostgreSQL's own tests comes back from a LOGICAL image without a finding but of what was stale and of counters`,
  async () => {
    const image = await harness.backup(source);
    expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
    const told = (image.end.results[0]?.findings ?? []) as { code: string; severity: string; object: string }[];
    const counting = (await source.query('regression', COUNTING)).map(({ name }) => String(name));
    expect(told.map(({ code, severity, object }) => `${severity} ${code} ${object}`).sort()).toEqual(
      counting.map((name) => `INFO MEANING_MAY_CHANGE ${name}`).sort(),
    );
    const { volume, end } = await harness.restore(image);
    expect(end).toMatchObject({
      exitCode: 0,
      errors: [],
      results: [{ findings: [{ code: 'MATERIALIZED_VIEW_REFRESHED', severity: 'INFO', object: 'public.mvtest_bb' }] }],
    });
    const copy = await harness.startRestored(volume, undefined, IN_PLACE);
    expect((await compareServers(source, copy)).filter((one) => !REFRESHED.test(one))).toEqual([]);
    await copy.stop();
  },
  900_000,
);

test.runIf(directory !== '')(
  'and from a PHYSICAL one as it was, but for what no log is kept of',
  async () => {
    const { taken: image, volume } = await copyPhysically(harness, source);
    const findings = (image.results[0]?.findings ?? []) as { code: string; object: string }[];
    expect([...new Set(findings.map(({ code }) => code))]).toEqual(['UNLOGGED_TABLE_EMPTY']);
    // A sequence of such a table begins anew.
    const emptied = new Set(
      findings.flatMap(({ object }) => ['rows of', 'sequence'].map((of) => `regression: ${of} ${object}`)),
    );
    const copy = await harness.startRestored(volume, source.password, IN_PLACE);
    const differences = await compareServers(source, copy);
    expect(differences.filter((one) => !emptied.has(one.slice(0, one.indexOf(': was '))))).toEqual([]);
    await copy.stop();
  },
  900_000,
);
