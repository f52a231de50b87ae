import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Finding } from '../../../../jobs/ports/job-protocol.ts';
import { openSession, type Session } from '../../../../src/guarded-postgres/session.ts';
import { readServerIdentity } from '../../../../src/postgres-programs/identity.ts';
import {
  rebuildDependentIndexes,
  USED_COLLATIONS,
  type UsedCollation,
} from '../../../../src/runner/physical/copy/collations.ts';
import { type SourceServer, startSourceServer } from '../../../support/source-server.ts';

let directory = '';
let server: SourceServer;
let session: Session;
let findings: Finding[];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'toygres-collations-'));
  const identity = await readServerIdentity();
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
  server = await startSourceServer({ directory, password: 'a good password', initdbArguments: ['--locale=C.UTF-8'] });
  for (const statement of [
    `CREATE COLLATION "Deutsch" (provider = icu, locale = 'de-DE')`,
    `CREATE TABLE words (plain text, german text COLLATE "Deutsch", number int)`,
    `INSERT INTO words SELECT md5(g::text), md5(g::text), g FROM generate_series(1, 1000) g`,
    'CREATE INDEX by_plain ON words (plain)',
    'CREATE INDEX by_german ON words (german)',
    `CREATE INDEX "by ""expression""" ON words ((plain || 'x' < german COLLATE "Deutsch"))`,
    'CREATE INDEX by_number ON words (number)',
    'CREATE FUNCTION lowered(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT lower(t) $$',
    'CREATE FUNCTION calls(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN lowered(t); END $$',
    `CREATE INDEX by_helper ON words (calls(german) COLLATE "Deutsch")`,
    'CREATE SCHEMA "own, names"',
    'CREATE FUNCTION "own, names".hidden(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT lower(t) $$',
    'CREATE FUNCTION "own, names".uses(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN hidden(t); END $$',
    `ALTER DATABASE postgres SET search_path = 'own, names', public`,
    `SET search_path = 'own, names', public; CREATE INDEX by_path ON words (uses(german) COLLATE "Deutsch")`,
    'CREATE FUNCTION broken(t text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT t $$',
    `CREATE INDEX by_broken ON words (broken(german) COLLATE "Deutsch")`,
    "CREATE OR REPLACE FUNCTION broken(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE 'is broken'; END $$",
    `CREATE TABLE parts (name text COLLATE "Deutsch") PARTITION BY RANGE (name)`,
  ]) {
    await server.query('postgres', statement);
  }
  session = await openSession(server, { database: 'postgres', major: 15 });
});
afterAll(async () => {
  await session?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  findings = [];
});

const nodeOf = async (index: string) =>
  (await server.query('postgres', `SELECT pg_relation_filenode('${index}'::regclass)::text AS node`))[0]?.node;
const report = { finding: (found: Finding) => void findings.push(found), log: () => undefined };
const rebuild = (onSource: readonly UsedCollation[]) => rebuildDependentIndexes(session, report, 'postgres', onSource);

describe('a copy on a machine that sorts text otherwise', () => {
  test('is told by the collations that its order depends on, with their versions', async () => {
    const used = await session.ask(USED_COLLATIONS);
    expect(used.map(({ name }) => name)).toContain('Deutsch');
    expect(used.find(({ name }) => name === 'Deutsch')?.version).toMatch(/^\d/);
  });

  test('has nothing built anew where the versions are the same', async () => {
    await rebuild(await session.ask(USED_COLLATIONS));
    expect(findings).toEqual([]);
  });

  test('has every index that depends on it built anew and named, and no other', async () => {
    const used = await session.ask(USED_COLLATIONS);
    const onSource = used.map((one) => (one.name === 'Deutsch' ? { ...one, version: '1.2.3' } : one));
    const [german, expression, plain, number] = await Promise.all(
      ['by_german', '"by ""expression"""', 'by_plain', 'by_number'].map(nodeOf),
    );
    await rebuild(onSource);
    expect(findings.map(({ code, object }) => [code, object])).toEqual([
      ['INDEX_REBUILT', 'public."by ""expression"""'],
      ['INDEX_LEFT_OUT', 'public.by_broken'],
      ['INDEX_REBUILT', 'public.by_german'],
      ['INDEX_REBUILT', 'public.by_helper'],
      ['INDEX_REBUILT', 'public.by_path'],
      ['MEANING_MAY_CHANGE', 'public.parts'],
    ]);
    expect(findings[2]?.message).toContain('Deutsch (1.2.3 there');
    expect(await nodeOf('by_german')).not.toBe(german);
    expect(await nodeOf('"by ""expression"""')).not.toBe(expression);
    expect([await nodeOf('by_plain'), await nodeOf('by_number')]).toEqual([plain, number]);
  });

  test('has those that cannot be built anew left unused, and looks names up in pg_catalog alone afterwards', async () => {
    const states = await server.query(
      'postgres',
      `SELECT indexrelid::regclass::text AS name, indisvalid AND indisready AS used FROM pg_index
       WHERE indexrelid IN ('by_broken'::regclass, 'by_path'::regclass) ORDER BY 1`,
    );
    expect(states).toEqual([
      { name: 'by_broken', used: false },
      { name: 'by_path', used: true },
    ]);
    const row = z.tuple([z.string()]);
    expect(await session.ask({ sql: 'SHOW search_path', row })).toEqual([['pg_catalog']]);
  });

  test("has all indexes of the database's own collation built anew when that one is another", async () => {
    const [plain, number] = [await nodeOf('by_plain'), await nodeOf('by_number')];
    await rebuild([{ oid: '0', name: 'de_DE.UTF-8', version: '2.31' }]);
    expect(findings.map(({ object }) => object)).toContain('public.by_plain');
    expect(await nodeOf('by_plain')).not.toBe(plain);
    expect(await nodeOf('by_number')).toBe(number);
  });
});
