import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { ROOT } from '../support/source-files.ts';

const run = promisify(execFile);
const GUIDES = path.join(ROOT, 'docs/guides');

interface Block {
  readonly text: string;
  /** Why no test runs it; null: one does. */
  readonly reason: string | null;
}

/** The commands of a page for a shell, in their order. */
async function readBlocks(file: string): Promise<readonly Block[]> {
  const page = await readFile(file, 'utf8');
  const blocks = [...page.matchAll(/^ *```sh(?: ([^\n]+))?\n([\s\S]*?)^ *```$/gm)];
  return blocks.map(([, words, text = '']) => ({ text, reason: /^not run: (.{10,})$/.exec(words ?? '')?.[1] ?? null }));
}

let home: E2eHome;
let server: E2eServer;
let directory: string;

/** Runs what a page says, as one who reads it would: `toygres` is the launcher of this checkout. */
async function follow(blocks: readonly Block[]): Promise<string> {
  const script = blocks.filter(({ reason }) => reason === null).map(({ text }) => text);
  expect(script.length).toBeGreaterThan(0);
  const env = {
    PATH: `${directory}:${process.env.PATH}`,
    HOME: directory,
    TOYGRES_URL: (server.url ?? '').replace('/graphql', ''),
    TOYGRES_TOKEN: server.token,
  };
  const { stdout } = await run('bash', ['-c', ['set -euo pipefail', ...script].join('\n')], { cwd: directory, env });
  return stdout;
}

beforeAll(async () => {
  directory = await mkdtemp('/tmp/toygres-docs-');
  await writeFile(path.join(directory, 'toygres'), `#!/bin/sh\nexec ${path.join(ROOT, 'src/toygres.sh')} "$@"\n`);
  await chmod(path.join(directory, 'toygres'), 0o755);
  home = await makeE2eHome('docs');
  server = await home.start('standalone');
});
afterAll(async () => {
  await server?.stop();
  await home?.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the pages', () => {
  test('the tutorial does what it says', async () => {
    const output = await follow(await readBlocks(path.join(ROOT, 'docs/tutorial.md')));
    expect(output).toMatch(/^1000\|750750\.00$/m);
    expect(output).toMatch(/^stays +shop-\d/m);
    expect(output).toMatch(/state: +DELETED/);
  });

  test('restoring and cloning do what they say', async () => {
    await follow([
      {
        text: 'toygres instance create shop --watch; toygres image create monday --instance shop --watch',
        reason: null,
      },
    ]);
    const output = await follow(await readBlocks(path.join(GUIDES, 'restore.md')));
    expect(output).toMatch(/"name": "monday"/);
    expect(output).toMatch(/^shop-clone: done/m);
  });

  test('the page of the command line does what it says', async () => {
    const output = await follow(await readBlocks(path.join(ROOT, 'docs/command-line.md')));
    expect(output).toMatch(/^ok: +true$/m);
    expect(output).toMatch(/"name": "line-1"/);
    expect(output).toMatch(/^line: done/m);
  });

  test('rotating does what it says', async () => {
    const output = await follow(await readBlocks(path.join(GUIDES, 'rotate.md')));
    expect(output).toMatch(/^postgresql:\/\/postgres:/m);
    expect(output).toMatch(/revokedAt: +\d{4}/);
  });

  test('guides give a reason for every command that no test runs', async () => {
    const followed = ['restore.md', 'rotate.md'];
    const guides = (await readdir(GUIDES)).filter((name) => name.endsWith('.md'));
    const silent: string[] = [];
    for (const name of guides.filter((one) => !followed.includes(one))) {
      for (const { text, reason } of await readBlocks(path.join(GUIDES, name)))
        if (reason === null && /^ *toygres /m.test(text)) silent.push(`${name}: ${text}`);
    }
    expect(guides.length).toBeGreaterThan(5);
    expect(silent).toEqual([]);
  });
});
