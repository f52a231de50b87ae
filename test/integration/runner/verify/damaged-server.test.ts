import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { openSession, type Session } from '../../../../src/guarded-postgres/session.ts';
import { readServerIdentity } from '../../../../src/postgres-programs/identity.ts';
import { lookThrough } from '../../../../src/runner/verify/amcheck/look-through.ts';
import { readRows } from '../../../../src/runner/verify/physical/read-rows.ts';
import { oidsOf, settleDoubts } from '../../../../src/runner/verify/physical/settle-doubts.ts';
import { claimHuge, type Damage, damageFile, lengthen, overwrite } from '../../../support/damage-cluster.ts';
import { type SourceServer, startSourceServer } from '../../../support/source-server.ts';

const PASSWORD = 'a good password';
const WORD = 'a word by which its page is found';
let directory = '';
let server: SourceServer;
let session: Session;
let findings: Finding[];
let logged: string[];

const start = (initdbArguments: readonly string[] | null) =>
  startSourceServer({ directory, password: PASSWORD, initdbArguments, settings: { autovacuum: 'off' } });
const query = async (sql: string) => (await server.query('postgres', sql))[0] ?? {};

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-damaged-'));
  const identity = await readServerIdentity();
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  server = await start(['--data-checksums', '--encoding=UTF8', '--locale=C.UTF-8']);
});
afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  findings = [];
  logged = [];
  await query('CREATE TABLE sound AS SELECT g AS id, md5(g::text) AS word FROM generate_series(1, 3000) g');
  await query('CREATE INDEX sound_words ON sound (word)');
});
afterEach(async () => {
  await session?.close();
  await server.query('postgres', 'DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public');
});

/** Changes the file of a relation below the server. */
async function damage(relation: string, how: Damage): Promise<void> {
  const { file } = await query(`SELECT pg_relation_filepath('${relation}') AS file`);
  await query('CHECKPOINT');
  await server.stop();
  await damageFile(server.dataDirectory, String(file), how);
  server = await start(null);
}

/** What a drill of a PHYSICAL image does with one database of its server. */
async function drill() {
  session = await openSession(server, { database: 'postgres', major: 15 });
  const report = { finding: (one: Finding) => void findings.push(one), log: (line: string) => void logged.push(line) };
  const about = { database: 'postgres', report };
  const read = await readRows(session, { ...about, onTable: () => undefined });
  const looked = await lookThrough(session, { ...about, isThorough: true, withToast: oidsOf(read.doubts) });
  const more = await settleDoubts(session, read.doubts, looked, about);
  return { rows: read.rows + more, tables: read.tables, doubts: read.doubts.length, looked };
}
const told = () => findings.map(({ code, severity, object }) => [code, severity, object]);

describe('a server that is sound', () => {
  test('is read and looked through whole, and nothing is told', async () => {
    const { rows, tables, looked } = await drill();
    expect({ rows, tables, findings }).toEqual({ rows: 3000, tables: 1, findings: [] });
    expect(looked?.indexes).toBeGreaterThan(100);
    expect(looked?.soundTables.size).toBe(looked?.tables);
    expect(looked?.tables).toBeGreaterThan(60);
    expect(logged.join()).toContain(`found ${looked?.tables} of ${looked?.tables} tables sound`);
    expect(await query(`SELECT count(*)::int AS left FROM pg_extension WHERE extname = 'amcheck'`)).toEqual({
      left: 0,
    });
  });

  test('may hold rows that no text is large enough for, and each of their values is read', async () => {
    await query(`CREATE TABLE wide AS SELECT 1 AS id, 'postgres=r/postgres'::aclitem AS item,
      convert_to(repeat('wide', 140000000), 'UTF8') AS word`);
    const { rows, doubts } = await drill();
    expect({ rows, doubts, findings }).toEqual({ rows: 3001, doubts: 1, findings: [] });
    expect(logged.join()).toContain('public.wide are larger than a text can be');
  });

  test('may have indexes and views whose functions find what they call by search_path', async () => {
    await query(`
      CREATE FUNCTION inner_word(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower($1)';
      CREATE FUNCTION outer_word(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT inner_word($1)';
      CREATE INDEX by_outer ON sound (outer_word(word));
      CREATE MATERIALIZED VIEW seen AS SELECT * FROM sound;
      CREATE INDEX seen_by_outer ON seen (outer_word(word))`);
    expect((await drill()).rows).toBe(6000);
    expect(findings).toEqual([]);
  });

  test('may refuse every definition to who changes it, and keeps doing so', async () => {
    await query(`
      CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'nothing is changed here'; END $$;
      CREATE EVENT TRIGGER no_changes ON ddl_command_start EXECUTE FUNCTION refuse();
      CREATE EVENT TRIGGER never_changes ON ddl_command_start EXECUTE FUNCTION refuse();
      ALTER EVENT TRIGGER never_changes ENABLE ALWAYS`);
    expect((await drill()).looked).not.toBeNull();
    expect(findings).toEqual([]);
    await expect(query('CREATE TABLE t ()')).rejects.toThrow('nothing is changed here');
    expect(
      await query(`SELECT string_agg(evtenabled::text, '' ORDER BY evtname) AS all FROM pg_event_trigger`),
    ).toEqual({
      all: 'AO',
    });
    await query('DROP EVENT TRIGGER no_changes; DROP EVENT TRIGGER never_changes');
  });

  test('is told of where an index could not be held against its rows', async () => {
    await query(`
      CREATE FUNCTION moody(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
      CREATE INDEX by_mood ON sound (moody(word));
      CREATE OR REPLACE FUNCTION moody(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$`);
    await drill();
    expect(told()).toEqual([['CHECK_LEFT_OUT', 'INFO', 'public.by_mood']]);
    expect(findings[0]?.message).toMatch(/was looked through, and not held against the rows.*not today/);
  });
});

describe('a server whose files are damaged below their checksums', () => {
  beforeEach(async () => {
    await query(`CREATE TABLE kept AS SELECT g AS id, CASE g WHEN 7 THEN '${WORD}' ELSE md5(g::text) END AS word
      FROM generate_series(1, 500) g`);
  });

  test('is found out by a row that is shorter than what it holds, though every row can be read', async () => {
    await damage('kept', lengthen(WORD, 60));
    expect((await drill()).rows).toBeGreaterThanOrEqual(3500);
    expect(told()).toEqual([['DATA_DAMAGED', 'CRITICAL', 'public.kept']]);
    expect(findings[0]?.message).toMatch(/table public.kept is damaged: block \d+: attribute/);
  });

  test('is found out by a value that says to be larger than any can be', async () => {
    await query(`CREATE TABLE packed AS SELECT repeat('packed', 5000) AS word`);
    await damage('packed', claimHuge(30_000));
    await drill();
    expect(told()).toEqual([['DATA_DAMAGED', 'CRITICAL', 'public.packed']]);
    expect(findings[0]?.message).toContain('invalid memory alloc request size');
  });

  test('is found out by what is stored apart of a row and is not there', async () => {
    await query(`CREATE TABLE far AS SELECT string_agg(md5(g::text), '') AS word FROM generate_series(1, 2000) g`);
    const { toast } = await query(`SELECT reltoastrelid::regclass::text AS toast FROM pg_class WHERE relname = 'far'`);
    await damage(String(toast), (content) => content.fill(0, content.length - 8192));
    await drill();
    expect(findings.map(({ code, severity }) => [code, severity])).toContainEqual(['DATA_DAMAGED', 'CRITICAL']);
    expect(findings.map(({ object }) => object)).toContain('public.far');
  });

  test('is found out by an index that lacks a row', async () => {
    await query('CREATE INDEX kept_words ON kept (word)');
    await damage('kept', overwrite(WORD, WORD.toUpperCase()));
    await drill();
    expect(told()).toEqual([['DATA_DAMAGED', 'CRITICAL', 'public.kept_words']]);
    expect(findings[0]).toMatchObject({ remedy: 'REINDEX INDEX public.kept_words;' });
  });

  test('is found out by a sequence that holds nothing', async () => {
    await query('CREATE SEQUENCE counted; SELECT nextval($$counted$$)');
    await damage('counted', (content) => content.fill(0));
    await drill();
    expect(findings).toMatchObject([{ code: 'DATA_DAMAGED', severity: 'CRITICAL', object: 'public.counted' }]);
  });

  test('is found out by a page of a large object', async () => {
    await query(`SELECT lo_from_bytea(4711, convert_to(repeat('${WORD}', 100), 'UTF8'))`);
    await damage('pg_largeobject', claimHuge(2048));
    await drill();
    expect(findings.map(({ code, severity }) => [code, severity])).toContainEqual(['DATA_DAMAGED', 'CRITICAL']);
    await query('DELETE FROM pg_largeobject; SELECT lo_unlink(4711)');
  });
});
