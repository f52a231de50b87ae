import { execFile } from 'node:child_process';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptEnd } from '../../../support/job-script.ts';
import { copyPhysically } from '../../../support/physical-copy.ts';
import { createScriptHarness, type ScriptHarness } from '../../../support/script-harness.ts';
import { hasExtension } from '../../../support/server-case.ts';
import { ROOT } from '../../../support/source-files.ts';
import { type SourceServer, startSourceServer } from '../../../support/source-server.ts';
import type { HeldCase } from './held-case.ts';
import { HELD_CASES } from './held-cases.ts';

type Method = 'LOGICAL' | 'PHYSICAL';
interface MadeCase extends HeldCase {
  readonly database: string;
}

const CASES: readonly MadeCase[] = HELD_CASES.map((one, at) => ({ ...one, database: `held_${at + 1}` }));
const HERE = CASES.filter(({ needs }) => needs === undefined || hasExtension(needs));
const QUIET = { max_logical_replication_workers: '0' };

let harness: ScriptHarness;
let source: SourceServer;
let elsewhere: string;
const copies: Partial<Record<Method, SourceServer>> = {};
const said: Record<Method, readonly string[]> = { LOGICAL: [], PHYSICAL: [] };

/** Statement by statement, as people do. */
async function run(database: string, sql: string): Promise<void> {
  const { host, port, user, password } = source;
  const login = ['-h', host, '-p', String(port), '-U', user, '-d', database];
  const running = promisify(execFile)('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', ...login, '-f', '-'], {
    env: { PATH: process.env.PATH, PGPASSWORD: password, PGOPTIONS: '-c client_min_messages=error' },
  });
  running.child.stdin?.end(`${sql.replaceAll('DATABASE current', `DATABASE ${database}`)};\n`);
  await running;
}

beforeAll(async () => {
  harness = await createScriptHarness();
  elsewhere = await mkdtemp(path.join(tmpdir(), 'toygres-elsewhere-'));
  const { identity } = harness.runner;
  if (identity !== null) await chown(elsewhere, identity.uid, identity.gid);
  const first = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8', '--data-checksums']);
  const cron = CASES.find(({ needs }) => needs === 'pg_cron');
  await first.query('postgres', 'ALTER SYSTEM SET max_prepared_transactions = 5');
  await first.query('postgres', 'ALTER SYSTEM SET wal_level = logical');
  if (hasExtension('pg_cron')) {
    await first.query('postgres', 'ALTER SYSTEM SET shared_preload_libraries = pg_cron');
    const set = `cron.database_name = '${cron?.database}'`;
    // Without its library the setting must be there in the session.
    const client = new pg.Client({ ...first, database: 'postgres' });
    await client.connect();
    await client.query(`SET ${set}`);
    await client.query(`ALTER SYSTEM SET ${set}`);
    await client.end();
  }
  await first.stop();
  const { password } = harness;
  const directory = path.dirname(first.dataDirectory);
  source = await startSourceServer({ directory, password, initdbArguments: null, settings: QUIET });
  await run('postgres', `CREATE TABLESPACE elsewhere LOCATION '${elsewhere}'`);
  const unmade: string[] = [];
  for (const { row, database, server, make } of HERE) {
    await run('postgres', `${server ?? ''}; CREATE DATABASE ${database} TEMPLATE template0`);
    await run(database, make ?? '').catch((cause: unknown) => unmade.push(`${database} (${row}): ${String(cause)}`));
  }
  for (const { database, spoil } of HERE)
    if (spoil !== undefined) await run('postgres', spoil.replaceAll('DB', database));
  expect(unmade).toEqual([]);
  await bringLogical();
  await bringPhysical();
}, 900_000);
afterAll(async () => {
  await source?.stop();
  await harness?.stop();
  await rm(elsewhere, { recursive: true, force: true });
});

test('its page says something of every catalogue of the server', async () => {
  const page = await readFile(path.join(ROOT, 'docs/what-an-image-holds.md'), 'utf8');
  const catalogues = await source.query(
    'postgres',
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND oid < 16384 ORDER BY 1`,
  );
  expect(catalogues.length).toBeGreaterThan(60);
  expect(catalogues.map(({ name }) => String(name)).filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual(
    [],
  );
});

type Finding = { readonly code: string; readonly severity: string; readonly database: string; readonly object: string };
const saidBy = (...ends: readonly ScriptEnd[]) =>
  ends
    .flatMap(({ results }) => (results[0]?.findings ?? []) as Finding[])
    .map(({ code, severity, database, object }) => `${database ?? ''}/${severity} ${code} ${object}`);

async function bringLogical(): Promise<void> {
  const image = await harness.backup(source, { parameters: { TOYGRES_ACCEPT_LOSS: 'ROWS' } });
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const parameters = {
    TOYGRES_ACCEPT_LOSS: 'ROWS',
    TOYGRES_BACKGROUND_WORK: 'HOLD',
    TOYGRES_ALLOW_EXTENSION_UPGRADE: 'true',
  };
  const { volume, end } = await harness.restore(image, { parameters });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  said.LOGICAL = saidBy(image.end, end);
  copies.LOGICAL = await harness.startRestored(volume, source.password, QUIET);
}

async function bringPhysical(): Promise<void> {
  const { taken: image, restored: end, volume } = await copyPhysically(harness, source);
  said.PHYSICAL = saidBy(image, end);
  copies.PHYSICAL = await harness.startRestored(volume, source.password, QUIET);
}

const inWords = ({ database, logical = [], beside = [], physical = [] }: MadeCase, method: Method) =>
  (method === 'LOGICAL' ? [...logical, ...beside] : physical).map((one) =>
    one.startsWith('/') ? one : `${database}/${one.replaceAll('DB', database)}`,
  );

describe.each<Method>(['LOGICAL', 'PHYSICAL'])('a %s copy', (method) => {
  test.each(HERE)('$row: $database', async (one) => {
    const { database, check, becomes, becomesPhysical } = one;
    const there = await source.query(database, check);
    const changed = method === 'LOGICAL' ? becomes : becomesPhysical;
    if (changed !== undefined) expect(changed).not.toEqual(there);
    expect(await copies[method]?.query(database, check)).toEqual(changed ?? there);
    expect([...new Set(said[method].filter((text) => text.startsWith(`${database}/`)))].sort()).toEqual(
      inWords(one, method)
        .filter((text) => !text.startsWith('/'))
        .sort(),
    );
  });

  test('has nothing else said of it', () => {
    const expected = new Set(HERE.flatMap((one) => inWords(one, method)));
    expect([...new Set(said[method])].filter((text) => !expected.has(text))).toEqual([]);
    expect([...expected].filter((text) => !said[method].includes(text))).toEqual([]);
  });
});
