import { execFile, spawn } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPostgresPrograms } from '../../../src/postgres-programs/find.ts';
import { splitArchive } from '../../../src/runner/dump/archive/split-archive.ts';
import { createScriptHarness, makeProgramDirectory, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

const DATABASE = 'many "small" things';
let harness: ScriptHarness;
let source: SourceServer;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await source.query('postgres', `CREATE DATABASE "many ""small"" things" TEMPLATE template0`);
  const fill = (sql: string) => source.query(DATABASE, sql);
  await fill(`DO $do$ BEGIN FOR n IN 1..500 LOOP
    EXECUTE format('CREATE TABLE %I (id serial PRIMARY KEY, code text UNIQUE, "a ""b" int CHECK ("a ""b" > 0))', 'täble "' || n);
    EXECUTE format('INSERT INTO %I (code, "a ""b") VALUES (%L, %s), (%L, %s)', 'täble "' || n, E'\\t\\\\' || n, n, NULL, n);
  END LOOP; END $do$`);
  await fill(`CREATE TABLE empty (); CREATE TABLE no_columns (); INSERT INTO no_columns DEFAULT VALUES`);
  await fill(`CREATE TABLE large AS SELECT g, repeat(md5(g::text), 40) AS text FROM generate_series(1, 3000) g`);
  await fill(`CREATE MATERIALIZED VIEW sums AS SELECT sum(g) FROM large`);
  await fill(`SELECT lo_from_bytea(0, decode(repeat(md5(n::text), n % 7), 'hex')) FROM generate_series(1, 600) n`);
  await fill(`SELECT lo_from_bytea(4000000000, decode(repeat(md5('x'), 100000), 'hex'))`);
});

afterAll(() => harness?.stop());

const ROWS = `SELECT md5(string_agg(t, ',' ORDER BY t)) AS sum FROM (
    SELECT relname || query_to_xml(format('SELECT * FROM %I ORDER BY 1', relname), true, false, '')::text AS t
    FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace AND relname NOT IN ('empty', 'no_columns')
    UNION ALL SELECT oid || md5(lo_get(oid)) FROM pg_largeobject_metadata
    UNION ALL SELECT 'no_columns' || count(*) FROM no_columns
    UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid > 16383) all_of_it`;

test('one stream of pg_dump is split into the files that pg_dump writes into a directory, byte for byte', async () => {
  const [programs] = await findPostgresPrograms(null);
  const pgDump = path.join(programs?.directory ?? '', 'pg_dump');
  const env = { PATH: '/usr/bin:/bin', PGHOST: source.host, PGPORT: String(source.port), PGUSER: source.user };
  const login = { env: { ...env, PGPASSWORD: harness.password } };
  const database = `--dbname=dbname='many "small" things'`;
  const directory = path.join(await harness.runner.makeDirectory('dump'), 'whole');
  await promisify(execFile)(pgDump, ['-Fd', '--compress=0', '--create', '--no-sync', '-f', directory, database], login);

  const files = new Map<string, Buffer>();
  const dump = spawn(pgDump, ['-Fc', '--compress=0', '--create', database], login);
  const open = (file: string) => {
    const pieces: Buffer[] = [];
    expect(files.has(file)).toBe(false);
    return {
      write: (bytes: Buffer) => void pieces.push(bytes),
      end: async () => void files.set(file, Buffer.concat(pieces)),
    };
  };
  await splitArchive(dump.stdout, { open, openContents: () => open('toc.dat') });
  expect([...files.keys()].sort()).toEqual((await readdir(directory)).sort());
  for (const [name, content] of files) {
    const expected = await readFile(path.join(directory, name));
    // Two dumps are made at two times: the seconds and minutes of it stand behind the head.
    if (name === 'toc.dat') for (const one of [content, expected]) one.fill(0, 16, 26);
    expect(content.equals(expected), name).toBe(true);
  }
});

test('a database of very many small tables and large objects comes back whole', async () => {
  const before = await source.query(DATABASE, ROWS);
  const image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(image.end.lines.join('\n')).toContain('come as one stream');
  const restored = await harness.restore(image);
  expect(restored.end).toMatchObject({ exitCode: 0, errors: [] });
  const copy = await harness.startRestored(restored.volume);
  expect(await copy.query(DATABASE, ROWS)).toEqual(before);
});

test.each([
  ['fails in the middle', `echo 'pg_dump: error: the server went away' >&2; exit 1`, /failed: the server went away$/],
  ['ends in the middle as if it were done', 'exit 0', /is not whole/],
])(
  'a pg_dump that %s leaves no image',
  async (_, end, message) => {
    const directory = await makeProgramDirectory(harness.runner);
    const real = path.join(harness.runner.binDirectory, 'pg_dump');
    const script = `#!/bin/bash
    case "$*" in
      *--format=custom*) ${real} "$@" | head -c 2000000; ${end} ;;
      *) exec ${real} "$@" ;;
    esac`;
    await writeFile(path.join(directory, 'pg_dump'), script);
    await chmod(path.join(directory, 'pg_dump'), 0o755);
    const image = await harness.backup(source, { programsBefore: directory });
    expect(image.end).toMatchObject({ exitCode: 1, results: [] });
    expect(image.end.errors.at(-1)).toMatch(message);
    expect(image.end.errors.at(-1)).toContain('the dump of database many "small" things');
  },
  300_000,
);
