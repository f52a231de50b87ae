import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createScriptHarness, makeProgramDirectory, type ScriptHarness } from '../../support/script-harness.ts';
import type { SourceServer } from '../../support/source-server.ts';

let harness: ScriptHarness;
let source: SourceServer;
let image: Awaited<ReturnType<ScriptHarness['backup']>>;
beforeAll(async () => {
  harness = await createScriptHarness();
  source = await harness.makeSource(['--encoding=UTF8', '--locale=C']);
  await source.query('postgres', 'CREATE DATABASE shop');
  image = await harness.backup(source);
  expect(image.end.exitCode).toBe(0);
});
afterAll(() => harness.stop());

/** How a tool may say last why it failed. */
const WAYS = {
  'much that is still to be read': (error: string) => `{ yes x | head -n 30000; echo '${error}'; } >&2`,
  'no end of its line': (error: string) => `printf '%s' '${error}' >&2`,
  'no end of its line, and a worker that is silent': (error: string) => `printf '%s' '${error}' >&2
    sleep 30 >/dev/null &`,
  // What it leaves behind ends when nobody reads it any more.
  'a worker that goes on speaking': (error: string) => `echo '${error}' >&2
    (while sleep 0.2; do echo 'still here' >&2; done) >/dev/null &`,
};

/** Puts a program before the real one: where it is given this option it fails, with last words of that way. */
async function makeFailing(name: string, option: string, way: keyof typeof WAYS): Promise<string> {
  const directory = await makeProgramDirectory(harness.runner);
  const program = path.join(directory, name);
  await writeFile(
    program,
    `#!/bin/bash
    case "$*" in
      *${option}*) ;;
      *) exec ${path.join(harness.runner.binDirectory, name)} "$@" ;;
    esac
    ${WAYS[way](`${name}: error: the last of many words`)}
    exit 1`,
  );
  await chmod(program, 0o755);
  return directory;
}

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('the last words of a tool with %s are the cause', (way) => {
  test('of a backup', async () => {
    const programsBefore = await makeFailing('pg_dump', '--format=directory', way);
    const { end } = await harness.backup(source, { programsBefore });
    expect(end).toMatchObject({ exitCode: 1, results: [] });
    expect(end.errors.at(-1)).toMatch(/^the dump of database \w+ failed: the last of many words/);
  });

  test('of a restore', async () => {
    const programsBefore = await makeFailing('initdb', '--pwfile', way);
    const { end } = await harness.restore(image, { programsBefore });
    expect(end).toMatchObject({ exitCode: 1, results: [] });
    expect(end.errors.at(-1)).toMatch(/^the new cluster could not be made: the last of many words/);
  });
});
