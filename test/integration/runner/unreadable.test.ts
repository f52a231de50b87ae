import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
});
afterAll(() => harness?.stop());

const dropped: string[] = [];
afterEach(async () => {
  for (const database of dropped.splice(0)) await source.query('postgres', `DROP DATABASE ${database}`);
});

async function make(database: string, options: string, sql: string): Promise<void> {
  await source.query('postgres', `CREATE DATABASE ${database} TEMPLATE template0 ${options}`);
  dropped.push(database);
  await source.query(database, sql);
}

/** What a function is made of is gone, and nothing tells what used it. */
const REMOVE = `DELETE FROM pg_depend WHERE refobjid = 'gone'::regproc; DROP FUNCTION gone()`;
const GONE = `CREATE FUNCTION gone() RETURNS int LANGUAGE sql AS 'SELECT 1'`;

test('a function that the source cannot read fails the image once, and the failure names it and the way out', async () => {
  const of = 'CREATE FUNCTION of_gone() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT gone(); END';
  await make('no_function', '', `${GONE}; ${of}; ${REMOVE}`);
  const { end } = await harness.backup(source);
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(
    /^the dump of database no_function failed: function public\.of_gone cannot be read.*\(ERROR: +cache lookup failed for function \d+\)\. Drop it or make it anew.*PHYSICAL/,
  );
});

test('a view that the source cannot read fails the image where no object may be lost', async () => {
  await make('no_view', '', `${GONE}; CREATE VIEW dead AS SELECT gone() AS a; ${REMOVE}`);
  const { end } = await harness.backup(source, { parameters: { TOYGRES_ACCEPT_LOSS: 'NOTHING' } });
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(
    /^database no_view: view public\.dead cannot be read on the source.*cache lookup failed.*DROP VIEW public\.dead;.*acceptLoss: OBJECTS$/,
  );
});

test('a view whose name no argument of a program can have fails it, too, by its name', async () => {
  const options = `ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'`;
  await make('no_letters', options, `${GONE}; CREATE VIEW "d\u00e9ad" AS SELECT gone() AS a; ${REMOVE}`);
  const { end } = await harness.backup(source);
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(/^the dump of database no_letters failed: view public\."d\u00e9ad" cannot be read/);
});

test('more such views than a program takes arguments fail it by the name of one of them', async () => {
  const many =
    'DO $$ BEGIN FOR i IN 1..1001 LOOP EXECUTE format($s$CREATE VIEW v%s AS SELECT gone() AS a$s$, i); END LOOP; END $$';
  await make('no_end', '', `${GONE}; ${many}; ${REMOVE}`);
  const { end } = await harness.backup(source);
  expect(end).toMatchObject({ exitCode: 78, results: [] });
  expect(end.errors.at(-1)).toMatch(/^the dump of database no_end failed: view public\.v1 cannot be read/);
});
