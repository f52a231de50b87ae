import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareFacts } from '../../../support/compare-servers.ts';
import type { ScriptEnd } from '../../../support/job-script.ts';
import { createScriptHarness, type ScriptHarness } from '../../../support/script-harness.ts';
import { hasExtension, runWithPsql } from '../../../support/server-case.ts';
import { readServerFacts } from '../../../support/server-facts.ts';
import type { SourceServer } from '../../../support/source-server.ts';

const DIRECTORY = path.join(import.meta.dirname, '../../../fixtures/odd-servers');

/** A database as somebody has it, and what is said of it: all else of the copy is as on the source. */
interface OddDatabase {
  readonly database: string;
  readonly file: string;
  readonly finds: readonly string[];
  readonly differs: readonly string[];
}

const said = (text: string, word: string) =>
  [...text.matchAll(new RegExp(`^-- ${word}: (.*)$`, 'gm'))].map(([, one = '']) => one).sort();

async function readDatabases(): Promise<OddDatabase[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => name !== 'server.sql').sort();
  const all = await Promise.all(
    names.map(async (name) => {
      const file = path.join(DIRECTORY, name);
      const text = await readFile(file, 'utf8');
      // What this machine may lack.
      if (!said(text, 'needs').every((one) => hasExtension(one))) return [];
      return { database: path.parse(name).name, file, finds: said(text, 'finds'), differs: said(text, 'differs') };
    }),
  );
  return all.flat();
}

const DATABASES = await readDatabases();

let harness: ScriptHarness;
let source: SourceServer;
let elsewhere: string;
let differences: readonly string[];
let findings: readonly string[];

beforeAll(async () => {
  harness = await createScriptHarness();
  elsewhere = await mkdtemp(path.join(tmpdir(), 'toygres-elsewhere-'));
  const { identity } = harness.runner;
  if (identity !== null) await chown(elsewhere, identity.uid, identity.gid);
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C.UTF-8']);
  await runWithPsql(source, path.join(DIRECTORY, 'server.sql'), { elsewhere });
  for (const { database, file } of DATABASES) {
    await source.query('postgres', `CREATE DATABASE "${database}" TEMPLATE template0`);
    await runWithPsql(source, file, {}, database);
  }
  const parameters = { TOYGRES_ACCEPT_LOSS: 'ROWS', TOYGRES_ALLOW_EXTENSION_UPGRADE: 'true' };
  const image = await harness.backup(source, { parameters });
  expect(image.end).toMatchObject({ exitCode: 0, errors: [] });
  const { volume, end } = await harness.restore(image, { parameters });
  expect(end).toMatchObject({ exitCode: 0, errors: [] });
  findings = [...foundBy(image.end), ...foundBy(end)];
  const copy = await harness.startRestored(volume, source.password);
  differences = compareFacts(await readServerFacts(source), await readServerFacts(copy));
});
afterAll(async () => {
  await harness?.stop();
  await rm(elsewhere, { recursive: true, force: true });
});

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly database: string | null;
  readonly object: string | null;
}
const foundBy = ({ results }: ScriptEnd) =>
  ((results[0]?.findings ?? []) as Found[]).map(
    ({ code, severity, database, object }) => `${database ?? ''}: ${severity} ${code} ${object}`,
  );
/** `missing: shop: table x` is of shop, as well as `shop: table x`. */
const OF = /^(missing: |extra: )?(.*?): ([\s\S]*)$/;
/** What is so on either side is for people. */
const shortly = (what: string) => what.replace(/( \(|: was )[\s\S]*$/, '');
const of = (lines: readonly string[], database: string) =>
  lines.flatMap((line) => {
    const [, how = '', name, what] = OF.exec(line) ?? [];
    return name === database ? [`${how}${what}`] : [];
  });

describe('what comes back of', () => {
  test.each(DATABASES)('$database', ({ database, finds, differs }) => {
    const different = of(differences, database);
    expect(different.map(shortly).sort(), different.join('\n')).toEqual(differs);
    expect([...new Set(of(findings, database))].sort()).toEqual(finds);
  });

  test('the server is what it was, and nothing else is said of it', () => {
    const known = new Set(DATABASES.map(({ database }) => database));
    const isOfNone = (line: string) => !known.has(OF.exec(line)?.[2] ?? '');
    expect(differences.filter(isOfNone)).toEqual([]);
    expect(findings.filter(isOfNone)).toEqual([]);
  });
});
