import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScriptHarness, makeProgramDirectory, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  await source.query('postgres', 'CREATE DATABASE shop');
}, 120_000);
afterAll(() => harness.stop());

/** A program that, where it is given this option, fills a pipe with what takes seconds to read, and ends with an error. */
async function makeTalkative(name: string, option: string): Promise<string> {
  const directory = await makeProgramDirectory(harness.runner);
  const program = path.join(directory, name);
  await writeFile(
    program,
    `#!/bin/bash
    case "$*" in
      *${option}*) ;;
      *) exec ${path.join(harness.runner.binDirectory, name)} "$@" ;;
    esac
    { yes x | head -n 30000; echo '${name}: error: the last of many words'; } >&2
    exit 1`,
  );
  await chmod(program, 0o755);
  return directory;
}

test('what pg_dump said last before it ended is the cause, however much is still to be read', async () => {
  const programsBefore = await makeTalkative('pg_dump', '--format=directory');
  const { end } = await harness.backup(source, { programsBefore });
  expect(end).toMatchObject({ exitCode: 1, results: [] });
  expect(end.errors.at(-1)).toMatch(/^the dump of database \w+ failed: the last of many words/);
}, 120_000);

test('so is what pg_restore said', async () => {
  const image = await harness.backup(source);
  expect(image.end.exitCode).toBe(0);
  const programsBefore = await makeTalkative('pg_restore', '--exit-on-error');
  const { end } = await harness.restore(image, { programsBefore });
  expect(end).toMatchObject({ exitCode: 1, results: [] });
  expect(end.errors.at(-1)).toMatch(/^the restore of database \w+ failed: the last of many words/);
}, 120_000);
