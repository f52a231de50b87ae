import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type E2eHome, type E2eServer, makeE2eHome } from '../support/e2e-server.ts';
import { ROOT } from '../support/source-files.ts';

const run = promisify(execFile);

let home: E2eHome;
let server: E2eServer;
let directory: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = await makeE2eHome('clients');
  server = await home.start('standalone');
  directory = await mkdtemp('/tmp/toygres-clients-');
  const url = (server.url ?? '').replace('/graphql', '');
  environment = { PATH: process.env.PATH, HOME: directory, TOYGRES_URL: url, TOYGRES_TOKEN: server.token };
});
afterAll(async () => {
  await server?.stop();
  await home?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The one block of that language on a page. */
async function readBlock(page: string, language: string): Promise<string> {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  expect(blocks).toHaveLength(1);
  return blocks[0]?.[1] ?? '';
}

/** Runs a program in a project that has toygres among its packages, as npm would put it there. */
async function runProgram(name: string, text: string): Promise<string> {
  await mkdir(path.join(directory, 'node_modules'), { recursive: true });
  await symlink(ROOT, path.join(directory, 'node_modules/toygres')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await writeFile(path.join(directory, 'package.json'), '{"type": "module"}');
  await writeFile(path.join(directory, name), text);
  const { stdout } = await run(process.execPath, [name], { cwd: directory, env: environment });
  return stdout;
}

test('the program in TypeScript runs as it stands', async () => {
  const output = await runProgram('typed.ts', await readBlock('docs/clients.md', 'ts'));
  expect(output).toMatch(/^100 /m);
  expect(output).toContain('The image is uploaded');
  expect(output).toMatch(/^0 alerts$/m);
});

test('the ten lines of the README run as they stand', async () => {
  const document = '{ instances(first: 1) { nodes { id } } }';
  await runProgram(
    'before.ts',
    `import { connect } from 'toygres/client';
     await using toygres = connect({ url: process.env.TOYGRES_URL ?? '', token: process.env.TOYGRES_TOKEN ?? '' });
     await toygres.request('${document}');
     await toygres.waitForOperation((await toygres.createInstance({ name: 'shop' })).operation);`,
  );
  const block = await readBlock('README.md', 'ts');
  expect(block).toContain("'http://127.0.0.1:8080'");
  expect(block.trim().split('\n').length).toBeLessThanOrEqual(10);
  await runProgram('readme.ts', block.replace("'http://127.0.0.1:8080'", "process.env.TOYGRES_URL ?? ''"));
  const made = await runProgram(
    'after.ts',
    `import { connect } from 'toygres/client';
     await using toygres = connect({ url: process.env.TOYGRES_URL ?? '', token: process.env.TOYGRES_TOKEN ?? '' });
     console.log((await toygres.findInstance({ name: 'rehearsal' }))?.state);`,
  );
  expect(made).toBe('RUNNING\n');
});

test('the shell of curl runs as it stands', async () => {
  const script = `set -euo pipefail\n${await readBlock('docs/clients.md', 'sh')}`;
  const { stdout } = await run('bash', ['-c', script], { cwd: directory, env: environment });
  const states = [...stdout.matchAll(/"state":"SUCCEEDED","percent":100/g)];
  // The last event came twice, as it was asked for.
  expect(states).toHaveLength(2);
  expect(stdout).toMatch(/"name":"curled","state":"RUNNING","endpoint":\{"connectionString":"postgresql:/);
});

/** A Python of its own with what the page says to install; null where there is none to be had. */
async function makePython(requirement: string): Promise<string | null> {
  const place = path.join(directory, 'venv');
  try {
    await run('python3', ['-m', 'venv', place]);
  } catch {
    return null;
  }
  await run(path.join(place, 'bin/pip'), ['install', '--quiet', requirement]);
  return path.join(place, 'bin/python');
}

test('the program in Python runs as it stands', async ({ skip }) => {
  const page = await readFile(path.join(ROOT, 'docs/clients.md'), 'utf8');
  const [, requirement] = /pip install "([^"]+)"/.exec(page) ?? [];
  const python = await makePython(requirement ?? '');
  skip(python === null, 'there is no python3 with venv');
  const block = await readBlock('docs/clients.md', 'python');
  const { stdout } = await run(python ?? '', ['-c', block], { cwd: directory, env: environment });
  expect(stdout).toMatch(/^100(\.0)? SUCCEEDED /m);
  expect(stdout).toMatch(/^CONFLICT$/m);
});
