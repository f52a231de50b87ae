import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { openSession } from '../../../src/guarded-postgres/session.ts';
import type { ScriptEnd } from '../../support/job-script.ts';
import { copyPhysically } from '../../support/physical-copy.ts';
import { createScriptHarness, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

/** Every encoding that a server of PostgreSQL can have, with letters of it. */
const LETTERS: Readonly<Record<string, string>> = {
  EUC_CN: '中文啊',
  EUC_JIS_2004: 'あ漢',
  EUC_JP: 'あ漢ﾊ',
  EUC_KR: '한글',
  EUC_TW: '中文',
  ISO_8859_5: 'Жук',
  ISO_8859_6: 'عرب',
  ISO_8859_7: 'Ωμέ',
  ISO_8859_8: 'שלום',
  KOI8R: 'Жук',
  KOI8U: 'Їжак',
  LATIN1: 'größé',
  LATIN2: 'Łódź',
  LATIN3: 'ĉĝ',
  LATIN4: 'ķļ',
  LATIN5: 'ğş',
  LATIN6: 'ŋþ',
  LATIN7: 'ļž',
  LATIN8: 'ŵŷ',
  LATIN9: '€œ',
  LATIN10: 'șț',
  MULE_INTERNAL: 'あé',
  SQL_ASCII: 'ÿé\u0080',
  UTF8: '☃漢é',
  WIN866: 'Жук',
  WIN874: 'ไทย',
  WIN1250: 'Łódź€',
  WIN1251: 'Жук€',
  WIN1252: 'größ€',
  WIN1253: 'Ωμέ€',
  WIN1254: 'ğş€',
  WIN1255: 'שלום€',
  WIN1256: 'عرب€',
  WIN1257: 'ļž€',
  WIN1258: 'ơư€',
};
/** Bytes that the server takes for letters, and that stand for none of Unicode. */
const NAMELESS: Readonly<Record<string, string>> = {
  EUC_JP: 'f5a1',
  EUC_KR: 'c9a1',
  EUC_TW: '8ea7a1a1',
  WIN1252: '81',
  WIN1255: 'd9',
  ISO_8859_7: 'ff',
};
/** As bytes, where PostgreSQL makes none of them of Unicode. */
const BYTES: Readonly<Record<string, string>> = {
  MULE_INTERNAL: '92a4a281e9',
  SQL_ASCII: 'ffe980',
};
/** Of encodings that are known nowhere else: byte by byte. */
const SHOWN: Readonly<Record<string, string>> = {
  EUC_TW: 'ÄãÅÆ',
  MULE_INTERNAL: '\u0092¤¢\u0081é',
};
const OF_MANY_BYTES = /^EUC_|^MULE|^UTF8/;

let harness: ScriptHarness;
let source: SourceServer;

beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  for (const encoding of Object.keys(LETTERS)) {
    await source.query('postgres', `CREATE DATABASE "of ${encoding}" TEMPLATE template0 ENCODING '${encoding}'`);
    const session = await open(source, encoding);
    try {
      await session.run(await make(encoding));
    } finally {
      await session.close();
    }
  }
});
afterAll(() => harness?.stop());

/** What asks in the encoding of the database, whatever bytes it has: node's other clients know UTF-8 alone. */
function open(server: SourceServer, encoding: string) {
  return openSession(server, { database: `of ${encoding}`, major: 15 });
}

/** A schema, tables, a view, types and functions with such letters in their names and in what they hold, in ASCII alone. */
async function make(encoding: string): Promise<string> {
  const [row] = await source.query(
    'postgres',
    BYTES[encoding] === undefined
      ? `SELECT encode(convert_to('${LETTERS[encoding]}', '${encoding}'), 'hex') AS hex`
      : `SELECT '${BYTES[encoding]}' AS hex`,
  );
  const letters = (hex: unknown) => `convert_from('\\x${String(hex)}', '${encoding}')`;
  const nameless = NAMELESS[encoding];
  return `DO $do$ DECLARE w text := ${letters(row?.hex)}; BEGIN
    SET LOCAL check_function_bodies = off;
    EXECUTE format('CREATE SCHEMA %I', w);
    EXECUTE format('CREATE TYPE %I.%I AS ENUM (%L, %L)', w, w || ' e', w, w || '2');
    EXECUTE format('CREATE TABLE %1$I.%2$I (%1$I int PRIMARY KEY, v text, CONSTRAINT %3$I CHECK (v <> %4$L))', w, w || ' t', w || ' c', w || 'x');
    EXECUTE format('INSERT INTO %I.%I VALUES (1, %L), (2, %L)', w, w || ' t', w, w || E'\\t\\n\\\\' || w);
    EXECUTE format('COMMENT ON TABLE %I.%I IS %L', w, w || ' t', w);
    EXECUTE format('CREATE FUNCTION %I.%I(%I int) RETURNS text LANGUAGE sql IMMUTABLE AS %L', w, w || ' f', w, 'SELECT ' || quote_literal(w));
    EXECUTE format('CREATE FUNCTION pg_catalog.%I() RETURNS text LANGUAGE sql AS %L', w || ' p', 'SELECT ' || quote_literal(w));
    EXECUTE format('CREATE VIEW %1$I.%2$I AS SELECT v || %3$L AS %1$I, %1$I.%4$I(1) AS f FROM %1$I.%5$I', w, w || ' v', w, w || ' f', w || ' t');
    EXECUTE format('CREATE TABLE %1$I.%2$I (a int CONSTRAINT %2$I REFERENCES %1$I.%3$I)', w, w || ' k', w || ' t');
    SET LOCAL session_replication_role = replica;
    EXECUTE format('INSERT INTO %I.%I VALUES (4711)', w, w || ' k');
    CREATE TABLE public.bytes (id int, v text);
    ${OF_MANY_BYTES.test(encoding) ? '' : `INSERT INTO public.bytes SELECT b, convert_from(set_byte('\\x00', 0, b), '${encoding}') FROM generate_series(1, 255) b;`}
    ${
      nameless === undefined
        ? ''
        : `INSERT INTO public.bytes VALUES (1000, ${letters(nameless)});
    EXECUTE format('CREATE TABLE public.%I (a int)', ${letters(nameless)});
    EXECUTE format('CREATE FUNCTION pg_catalog.%I() RETURNS int LANGUAGE sql AS %L', ${letters(nameless)}, 'SELECT 1');`
    }
  END $do$`;
}

const hex = (expression: string) => `encode(textsend((${expression})::text), 'hex')`;
const OWN = `>= 16384`;
/** All names and texts of the catalogue that users made, as the bytes that they are. */
const NAMES = `
  SELECT 'schema', ${hex('nspname')} FROM pg_namespace WHERE oid ${OWN} AND nspname !~ '^pg_t'
  UNION ALL SELECT 'relation', ${hex('relname')} FROM pg_class WHERE oid ${OWN} AND relname !~ '^pg_toast'
  UNION ALL SELECT 'column', ${hex('attname')} FROM pg_attribute WHERE attrelid ${OWN}
  UNION ALL SELECT 'function', ${hex(`proname || ' ' || prosrc || ' ' || coalesce(proargnames::text, '')`)} FROM pg_proc WHERE oid ${OWN}
  UNION ALL SELECT 'constraint', ${hex(`conname || ' ' || replace(pg_get_constraintdef(oid), ' NOT VALID', '')`)} FROM pg_constraint WHERE oid ${OWN}
  UNION ALL SELECT 'view', ${hex('pg_get_viewdef(oid)')} FROM pg_class WHERE relkind = 'v' AND oid ${OWN}
  UNION ALL SELECT 'label', ${hex('enumlabel')} FROM pg_enum WHERE oid ${OWN}
  UNION ALL SELECT 'comment', ${hex('description')} FROM pg_description WHERE objoid ${OWN}
  UNION ALL SELECT 'byte ' || id, ${hex('v')} FROM public.bytes
  ORDER BY 1, 2`;
const ROWS = `
  DO $do$ BEGIN EXECUTE (SELECT format('CREATE TEMP VIEW seen AS SELECT t.v, %I.%I(1) AS f FROM %I.%I t',
      n.nspname, n.nspname || ' f', n.nspname, n.nspname || ' t')
    FROM pg_namespace n WHERE n.oid ${OWN} AND nspname !~ '^pg_t'); END $do$`;
const pair = z.tuple([z.string(), z.string()]);

async function bytesOf(server: SourceServer, encoding: string) {
  const session = await open(server, encoding);
  try {
    const names = await session.ask({ sql: NAMES, row: pair });
    await session.run(ROWS);
    const rows = await session.ask({ sql: `SELECT ${hex('v')}, ${hex('f')} FROM seen ORDER BY 1`, row: pair });
    return { names, rows };
  } finally {
    await session.close();
  }
}

/** The encodings whose database is another one on the copy. */
async function differing(copy: SourceServer): Promise<readonly string[]> {
  const found: string[] = [];
  for (const encoding of Object.keys(LETTERS)) {
    const there = await bytesOf(source, encoding);
    expect(there.rows, encoding).toHaveLength(2);
    expect(there.names.length, encoding).toBeGreaterThan(14);
    if (JSON.stringify(there) !== JSON.stringify(await bytesOf(copy, encoding))) found.push(encoding);
  }
  return found;
}

type Finding = { readonly code: string; readonly database: string; readonly object: string };
const findingsOf = ({ results }: ScriptEnd) => (results[0]?.findings ?? []) as Finding[];

test('names and values of every encoding come back from a LOGICAL image byte for byte, and findings tell them in letters', async () => {
  const image = await harness.backup(source);
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  expect(findingsOf(image.end)).toEqual([]);
  const { volume, end } = await harness.restore(image);
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  const told = findingsOf(end).map(({ code, database, object }) => `${code} ${database}: ${object}`);
  expect(told.sort()).toEqual(
    Object.entries(LETTERS)
      .map(([encoding, letters]) => [encoding, (SHOWN[encoding] ?? letters).replace(/\p{Cc}/gu, ' ')])
      .map(([encoding, said]) => `CONSTRAINT_NOT_VALID of ${encoding}: "${said} k" on "${said}"."${said} k"`)
      .sort(),
  );
  const copy = await harness.startRestored(volume);
  expect(await differing(copy)).toEqual([]);
});

test('and from a PHYSICAL one', async () => {
  const { volume } = await copyPhysically(harness, source);
  const copy = await harness.startRestored(volume, source.password);
  expect(await differing(copy)).toEqual([]);
});
